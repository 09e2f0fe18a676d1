import { openRedis } from '@hermes/connectors/redis/client';
import { runPerProject } from '@hermes/service-kit/project-workers';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import { type DynamicModule, Module } from '@nestjs/common';
import type { ProfileStoreConfig } from './config.ts';
import { profileObserver } from './processing/profile-metrics.ts';
import { startProjectProcessor } from './processing/project-processor.ts';
import { ProfilesController } from './profiles/profiles.controller.ts';
import { ProfilesRepository } from './profiles/profiles.repository.ts';

@Module({})
export class AppModule {
  static with(runtime: ServiceRuntime<ProfileStoreConfig>): DynamicModule {
    const { config, logger, metrics } = runtime;
    // A connection of its own: reads never wait behind the processor's steps.
    const redis = openRedis(config.REDIS_URL, {
      commandTimeoutMs: config.PROFILE_STORE_READ_TIMEOUT_MS,
      connectionName: 'hermes-profile-reads',
      offlineQueue: false,
    });
    runtime.onShutdown('redis', async () => redis.disconnect());
    runtime.ready('redis', () => redis.status === 'ready');

    const observer = profileObserver(metrics, config.PROFILE_STORE_LATENCY_LIMIT_MS);
    const processors = runPerProject(runtime, 'processors', (project) =>
      startProjectProcessor(runtime, project, observer),
    );
    metrics.figure('lag', () => processors.running().reduce((sum, processor) => sum + processor.lag(), 0));
    metrics.figure('partitions', () =>
      processors.running().reduce((sum, processor) => sum + processor.owned().length, 0),
    );
    logger.info('profile-store is ready to take up projects');

    return {
      module: AppModule,
      controllers: [ProfilesController],
      providers: [{ provide: ProfilesRepository, useValue: new ProfilesRepository(redis) }],
    };
  }
}
