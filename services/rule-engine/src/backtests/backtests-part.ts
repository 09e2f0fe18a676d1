import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { listsNamed } from '@hermes/rules/lists-named';
import type { HistorySetting } from '@hermes/service-kit/history/history-client';
import type { ProjectWorkers } from '@hermes/service-kit/project-workers';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { Provider, Type } from '@nestjs/common';
import type { Pool } from 'pg';
import type { RuleEngineConfig } from '../config.ts';
import type { RunningProject } from '../evaluation/project.ts';
import type { ListCopies } from '../lists/lists-copy.ts';
import type { DraftPlacing } from '../rules/draft-placing.ts';
import { BacktestRunner } from './backtest-runner.ts';
import { BacktestSources } from './backtest-sources.ts';
import { startBacktestThread } from './backtest-thread.ts';
import { NewRuleBacktestsController, RuleBacktestsController } from './backtests.controller.ts';
import { BacktestsRepository } from './backtests.repository.ts';
import { BacktestsService } from './backtests.service.ts';

/** The projects that the process has taken up. */
type RunningProjects = Pick<ProjectWorkers<RunningProject>, 'running' | 'get'>;

/** What runs over the past add to the service. */
export interface BacktestsPart {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  readonly backtests: BacktestsRepository;
  /** Begins to do what is waiting: the database is there. */
  start(projects: RunningProjects): void;
}

export function openBacktests(
  runtime: Pick<ServiceRuntime<RuleEngineConfig>, 'config' | 'control' | 'logger' | 'onShutdown'>,
  pool: Pool,
  placing: DraftPlacing,
  history: HistorySetting,
  lists: Pick<ListCopies, 'recordsOf'>,
  publishedOf: (project: string) => FeatureSet | undefined,
): BacktestsPart {
  const { config, control, logger } = runtime;
  const backtests = new BacktestsRepository(pool);
  const service = new BacktestsService({
    backtests,
    sources: new BacktestSources(pool),
    placing,
    projectOf: (id) => control.project(id),
    publishedOf,
    nowMs: () => Date.now(),
  });
  return {
    controllers: [RuleBacktestsController, NewRuleBacktestsController],
    providers: [{ provide: BacktestsService, useValue: service }],
    backtests,
    start: (projects) => {
      const runner = new BacktestRunner({
        backtests,
        start: ({ setting }) => {
          const { project, candidate, live } = setting;
          const asked = [candidate, ...(live === null ? [] : [live])].flatMap(({ conditions }) =>
            listsNamed(conditions),
          );
          const records = lists.recordsOf(project, [...new Set(asked)]);
          return startBacktestThread({ setting, history, lists: records }, config.RULE_ENGINE_BACKTEST_HEAP_MB);
        },
        projects: () => projects.running().map(({ id }) => id),
        // Of a project that has gone meanwhile nothing is kept.
        isErased: (project, who, atMs) => projects.get(project)?.isErased(who, atMs) ?? true,
        logger,
      });
      runtime.onShutdown('backtests', () => runner.close());
    },
  };
}
