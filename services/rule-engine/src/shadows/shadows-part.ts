import type { ClickHouseClient } from '@clickhouse/client';
import type { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import type { Provider, Type } from '@nestjs/common';
import type { Pool } from 'pg';
import type { DecisionsRepository } from '../decisions/decisions.repository.ts';
import type { DecisionsService } from '../decisions/decisions.service.ts';
import { ComparisonRepository } from './comparison.repository.ts';
import { ShadowsController } from './shadows.controller.ts';
import { ShadowsRepository } from './shadows.repository.ts';
import { ShadowsService } from './shadows.service.ts';

/** What versions in the shadow of the one in force add to the service. */
export interface ShadowsPart {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
}

export function openShadows(
  pool: Pool,
  clickhouse: ClickHouseClient,
  publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>,
  decisions: DecisionsRepository,
  service: Pick<DecisionsService, 'keptSince'>,
): ShadowsPart {
  const shadows = new ShadowsService({
    shadows: new ShadowsRepository(pool),
    publisher,
    comparison: new ComparisonRepository(clickhouse, decisions),
    decisions: service,
  });
  return { controllers: [ShadowsController], providers: [{ provide: ShadowsService, useValue: shadows }] };
}
