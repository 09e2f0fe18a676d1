import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { migrated } from '@hermes/service-kit/migrate';
import { runPerProject } from '@hermes/service-kit/project-workers';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import { EventCatalogue } from '@hermes/stream-runtime/event-catalogue';
import type { Provider, Type } from '@nestjs/common';
import type { Pool } from 'pg';
import type { ProfileStoreConfig } from '../config.ts';
import type { HistoryClient } from '@hermes/service-kit/history/history-client';
import { SegmentsController } from '../segments/segments.controller.ts';
import { SegmentsRepository } from '../segments/segments.repository.ts';
import { SegmentsService } from '../segments/segments.service.ts';
import { LeaseSweep } from '../subscriptions/lease-sweep.ts';
import { SubscriptionsController } from '../subscriptions/subscriptions.controller.ts';
import { SubscriptionsRepository } from '../subscriptions/subscriptions.repository.ts';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.ts';
import { openFeaturePublisher } from './feature-publication.ts';
import { FeaturesController } from './features.controller.ts';
import { FeaturesRepository } from './features.repository.ts';
import { FeaturesService } from './features.service.ts';
import { FillWatch } from './fill-watch.ts';
import { PreviewService } from './preview.service.ts';
import { SCHEMA } from './project-transaction.ts';

/** What the life of features adds to the service. */
export interface FeaturesPart {
  readonly pool: Pool;
  readonly features: FeaturesService;
  readonly subscriptions: SubscriptionsService;
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
}

/** Features, their publication, their fills, and who subscribes to them. Profiles are read and written without any of it. */
export function openFeatures(
  runtime: ServiceRuntime<ProfileStoreConfig>,
  redis: () => RedisOrCluster | undefined,
  history: HistoryClient,
): FeaturesPart {
  const { config, kafka, logger, control } = runtime;
  const pool = openPostgres(config.DATABASE_URL, { applicationName: 'hermes-profile-store' });
  runtime.onShutdown('postgres', () => pool.end());
  const closing = new AbortController();
  runtime.onShutdown('waiting for PostgreSQL', async () => closing.abort());

  const publisher = openFeaturePublisher(pool, kafka, logger);
  runtime.onShutdown('publisher', () => publisher.close());
  const catalogue = new EventCatalogue(kafka, logger);
  runPerProject(runtime, 'event types', async (project) => {
    // First: a catalogue that cannot be followed holds up no publication.
    publisher.takeUp(project.id);
    await catalogue.follow(project.id);
    return {
      close: async () => {
        publisher.release(project.id);
        await catalogue.forget(project.id);
      },
    };
  });
  const features = new FeaturesService(new FeaturesRepository(pool), publisher, catalogue);
  const leases = new SubscriptionsRepository(pool);
  const subscriptions = new SubscriptionsService(leases, features, publisher);
  const segments = new SegmentsService({
    segments: new SegmentsRepository(pool),
    features,
    publisher,
    timeZoneOf: (project) => control.project(project)?.timeZone,
  });
  void migrated(config.DATABASE_URL, SCHEMA, new URL('../migrations', import.meta.url), closing.signal).then(
    () => {
      if (closing.signal.aborted) return;
      publisher.start();
      const sweep = new LeaseSweep(leases, logger);
      runtime.onShutdown('leases', () => sweep.close());
      const watch = new FillWatch({ projects: () => control.projects(), features, redis, logger });
      runtime.onShutdown('fills', () => watch.close());
    },
    (error: unknown) =>
      logger.error({ err: error }, 'the database could not be brought up to date: features cannot be changed'),
  );
  return {
    pool,
    features,
    subscriptions,
    controllers: [FeaturesController, SubscriptionsController, SegmentsController],
    providers: [
      { provide: FeaturesService, useValue: features },
      { provide: PreviewService, useValue: new PreviewService(features, history) },
      { provide: SubscriptionsService, useValue: subscriptions },
      { provide: SegmentsService, useValue: segments },
    ],
  };
}
