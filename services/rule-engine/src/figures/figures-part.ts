import type { ClickHouseClient } from '@clickhouse/client';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { Provider, Type } from '@nestjs/common';
import type { Pool } from 'pg';
import type { RuleEngineConfig } from '../config.ts';
import type { DecisionsRepository } from '../decisions/decisions.repository.ts';
import { CountsRepository } from './counts.repository.ts';
import { CountsWriter } from './counts-writer.ts';
import { FiguresController } from './figures.controller.ts';
import { FiguresRepository } from './figures.repository.ts';
import { RuleCounts } from './rule-counts.ts';

/** What figures add to the service. */
export interface FiguresPart {
  /** Told of each event of which rules were asked. */
  readonly counts: RuleCounts;
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
}

/** What versions of rules came to. */
export function openFigures(
  runtime: Pick<ServiceRuntime<RuleEngineConfig>, 'logger' | 'config' | 'onShutdown'>,
  clickhouse: ClickHouseClient,
  pool: Pool,
  decisions: DecisionsRepository,
): FiguresPart {
  const counts = new RuleCounts();
  const repository = new CountsRepository(clickhouse, runtime.config.RULE_ENGINE_DECISION_MONTHS);
  const writer = new CountsWriter(counts, repository, runtime.logger);
  runtime.onShutdown('counts of rules', () => writer.close());
  const figures = new FiguresRepository({ clickhouse, pool, decisions, counts: repository });
  return {
    counts,
    controllers: [FiguresController],
    providers: [{ provide: FiguresRepository, useValue: figures }],
  };
}
