import type { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { Provider, Type } from '@nestjs/common';
import type { Pool } from 'pg';
import type { DraftPlacing } from './draft-placing.ts';
import { DraftsController } from './drafts.controller.ts';
import { DraftsRepository } from './drafts.repository.ts';
import { DraftsService } from './drafts.service.ts';
import { RuleHistoryController } from './history.controller.ts';
import { RuleHistoryRepository } from './history.repository.ts';
import { RuleHistoryService } from './history.service.ts';
import { ScheduleSweep } from './schedule-sweep.ts';
import { SchedulesRepository } from './schedules.repository.ts';
import { RuleSettingsRepository } from './settings.repository.ts';

/** What the life of rules adds to the service. */
export interface RuleLifePart {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  /** Begins to publish what is due: the database is there. */
  start(): void;
}

/** Drafts, their review and their time, versions and audit. Evaluation knows nothing of it. */
export function openRuleLife(
  runtime: Pick<ServiceRuntime, 'logger' | 'onShutdown'>,
  pool: Pool,
  publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>,
  placing: DraftPlacing,
): RuleLifePart {
  const schedules = new SchedulesRepository(pool);
  const drafts = new DraftsService(new DraftsRepository(pool), schedules, publisher, placing);
  const history = new RuleHistoryService(new RuleHistoryRepository(pool), new RuleSettingsRepository(pool), publisher);
  return {
    controllers: [DraftsController, RuleHistoryController],
    providers: [
      { provide: DraftsService, useValue: drafts },
      { provide: RuleHistoryService, useValue: history },
    ],
    start: () => {
      const sweep = new ScheduleSweep(schedules, publisher, runtime.logger);
      runtime.onShutdown('schedules', () => sweep.close());
    },
  };
}
