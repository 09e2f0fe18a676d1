import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import { type FeatureCopy, followFeatures } from '@hermes/feature-counting/feature-copy';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import type { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import { runPerProject } from '@hermes/service-kit/project-workers';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { Provider, Type } from '@nestjs/common';
import type { Pool } from 'pg';
import { CountedFeaturesRepository } from './counted-features.ts';
import { FillTroubles } from './fill-troubles.ts';
import { FillWatch } from './fill-watch.ts';
import { RuleFeaturesController } from './features.controller.ts';

/** What features as facts of rules add to the service. */
export interface RuleFeaturesPart {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  readonly counted: CountedFeaturesRepository;
  readonly troubles: FillTroubles;
  /** A project's published features; undefined until they have been read. */
  readonly published: (project: string) => FeatureSet | undefined;
  /** Begins to look after fills: the database is there. */
  start(): void;
}

/** Which features there are, which are counted for rules, and how far they are filled. */
export function openRuleFeatures(
  runtime: Pick<ServiceRuntime, 'control' | 'kafka' | 'logger' | 'onShutdown' | 'ready'>,
  pool: Pool,
  redis: () => RedisOrCluster | undefined,
  publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>,
): RuleFeaturesPart {
  const { control, kafka, logger } = runtime;
  const counted = new CountedFeaturesRepository(pool);
  const troubles = new FillTroubles();
  const copies = runPerProject(runtime, 'features', (project): Promise<FeatureCopy> =>
    followFeatures(kafka, project, logger),
  );
  return {
    controllers: [RuleFeaturesController],
    providers: [
      { provide: CountedFeaturesRepository, useValue: counted },
      { provide: FillTroubles, useValue: troubles },
    ],
    counted,
    troubles,
    published: (project) => copies.get(project)?.newest(),
    start: () => {
      const watch = new FillWatch({
        partitionsOf: (project) => control.project(project)?.partitions,
        features: counted,
        redis,
        publish: (project) => publisher.publishSoon(project),
        logger,
      });
      runtime.onShutdown('fills', () => watch.close());
    },
  };
}
