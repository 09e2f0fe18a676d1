import { openRedisOrCluster, type RedisOrCluster } from '@hermes/connectors/redis/client';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { runPerProject } from '@hermes/service-kit/project-workers';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import { type DynamicModule, Module } from '@nestjs/common';
import type { ProfileStoreConfig } from './config.ts';
import { AttributesController } from './attributes/attributes.controller.ts';
import { AttributesService } from './attributes/attributes.service.ts';
import { ChangesController } from './changes/changes.controller.ts';
import { ChangesService } from './changes/changes.service.ts';
import { openErasures } from './erasure/erasures-part.ts';
import { DecisionsClient } from './export/decisions-client.ts';
import { ExportController } from './export/export.controller.ts';
import { ExportService } from './export/export.service.ts';
import { openFeatures } from './features/features-part.ts';
import { HistoryClient } from '@hermes/service-kit/history/history-client';
import { historyUntil } from './history/history-for-reads.ts';
import { processingMetrics } from './processing/processing-metrics.ts';
import { startProcessingThread } from './processing/processing-thread.ts';
import { followFeatures } from '@hermes/feature-counting/feature-copy';
import { GatheredValues } from './profiles/gathered-values.ts';
import { PastProfiles } from './profiles/past-profiles.ts';
import { ProfilesController } from './profiles/profiles.controller.ts';
import { ProfilesRepository } from './profiles/profiles.repository.ts';
import { ProfilesService } from './profiles/profiles.service.ts';
import { ReadQuota } from './profiles/read-quota.ts';
import { SegmentController } from './segment/segment.controller.ts';
import { SegmentService } from './segment/segment.service.ts';
import { allocateShared } from './memory/shared-memory.ts';
import { valuesInMemory } from './memory/values-in-memory.ts';

/** The client that reads use; undefined until the server has answered for the first time. */
function readingClient(runtime: ServiceRuntime<ProfileStoreConfig>): () => RedisOrCluster | undefined {
  const { config, logger } = runtime;
  let redis: RedisOrCluster | undefined;
  let isClosed = false;
  void openRedisOrCluster(config.REDIS_URL, {
    commandTimeoutMs: config.PROFILE_STORE_READ_TIMEOUT_MS,
    connectionName: 'hermes-profile-reads',
  }).then(
    (client) => {
      redis = client;
      if (isClosed) client.disconnect();
    },
    (error: unknown) => logger.error({ err: error }, 'Redis cannot be opened: profiles cannot be read'),
  );
  runtime.onShutdown('redis', async () => {
    isClosed = true;
    redis?.disconnect();
  });
  runtime.ready('redis', () => redis?.status === 'ready');
  return () => redis;
}

@Module({})
export class AppModule {
  static with(runtime: ServiceRuntime<ProfileStoreConfig>): DynamicModule {
    const { config, kafka, logger, control, metrics } = runtime;
    const redis = readingClient(runtime);
    const history = new HistoryClient({
      service: 'profile-store',
      ingestUrl: config.INGEST_URL,
      serviceSecret: config.HERMES_SERVICE_SECRET,
    });
    const part = openFeatures(runtime, redis, history);
    const copies = runPerProject(runtime, 'features', (project) => followFeatures(kafka, project, logger));
    const sharedMb = config.PROFILE_STORE_SHARED_MB;
    const shared = sharedMb === 0 ? undefined : allocateShared(sharedMb * 1_048_576);
    startProcessingThread(runtime, shared, processingMetrics(metrics, config.PROFILE_STORE_LATENCY_LIMIT_MS), {
      onFillTrouble: (project, slot, reason) => part.features.noteFillTrouble(project, slot, reason),
    });
    const features = (project: string): FeatureSet | undefined => copies.get(project)?.newest();
    const projectsAtStart = control.projects().map(({ id }) => id);
    runtime.ready('features', () =>
      projectsAtStart.every((id) => features(id) !== undefined || control.project(id) === undefined),
    );
    const profiles = new ProfilesService({
      control,
      repository: new ProfilesRepository(new GatheredValues(redis), valuesInMemory(shared, redis, metrics)),
      features,
      quota: new ReadQuota(redis),
      past: new PastProfiles(historyUntil(history)),
    });
    const attributes = new AttributesService(kafka, features);
    runtime.onShutdown('attributes', () => attributes.close());
    const erasures = openErasures(runtime, part.pool);
    const decisions = new DecisionsClient({
      ruleEngineUrl: config.RULE_ENGINE_URL,
      serviceSecret: config.HERMES_SERVICE_SECRET,
    });
    const { subscriptions } = part;
    const changes = new ChangesService({
      control,
      profiles,
      subscriptions,
      features,
      kafka,
      instance: runtime.instance,
      logger,
    });
    logger.info('profile-store is ready to take up projects');
    return {
      module: AppModule,
      controllers: [
        ProfilesController,
        ChangesController,
        SegmentController,
        AttributesController,
        ExportController,
        ...part.controllers,
        ...erasures.controllers,
      ],
      providers: [
        { provide: ProfilesService, useValue: profiles },
        { provide: ChangesService, useValue: changes },
        { provide: SegmentService, useValue: new SegmentService(profiles, history) },
        { provide: AttributesService, useValue: attributes },
        { provide: ExportService, useValue: new ExportService(profiles, history, decisions) },
        ...part.providers,
        ...erasures.providers,
      ],
    };
  }
}
