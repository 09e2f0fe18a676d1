import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { Provider, Type } from '@nestjs/common';
import type { Pool } from 'pg';
import { SnoozesController } from './snoozes.controller.ts';
import { SnoozesRepository } from './snoozes.repository.ts';

const SWEEP_EVERY_MS = 600_000;

/** What snoozes add to the service. */
export interface SnoozesPart {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  /** Begins to forget what is over: the database is there. */
  start(): void;
}

/** For whom rules do not fire for a while. */
export function openSnoozes(
  runtime: Pick<ServiceRuntime, 'logger' | 'onShutdown'>,
  pool: Pool,
  publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>,
): SnoozesPart {
  const snoozes = new SnoozesRepository(pool);
  return {
    controllers: [SnoozesController],
    providers: [
      { provide: SnoozesRepository, useValue: snoozes },
      { provide: DefinitionPublisher, useValue: publisher },
    ],
    start: () => {
      const sweep = (): void =>
        void snoozes.sweep().catch((error: unknown) => {
          if (!isPostgresAway(error)) runtime.logger.error({ err: error }, 'snoozes that are over could not be swept');
        });
      const timer = setInterval(sweep, SWEEP_EVERY_MS);
      runtime.onShutdown('snoozes', async () => clearInterval(timer));
      sweep();
    },
  };
}
