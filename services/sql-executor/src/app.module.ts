import { join } from 'node:path';
import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { projectTopics } from '@hermes/contracts/topics';
import { migrate } from '@hermes/service-kit/migrate';
import { runPerProject } from '@hermes/service-kit/project-workers';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import { EventCatalogue } from '@hermes/stream-runtime/event-catalogue';
import { type DynamicModule, Module } from '@nestjs/common';
import { CatalogController } from './catalog/catalog.controller.ts';
import type { SqlExecutorConfig } from './config.ts';
import { JobsController } from './jobs/jobs.controller.ts';
import { JobsRepository } from './jobs/jobs.repository.ts';
import { JobsService } from './jobs/jobs.service.ts';
import { PreviewsController } from './previews/previews.controller.ts';
import { PreviewsService } from './previews/previews.service.ts';
import { SavepointFolder } from './savepoints/savepoint-folder.ts';
import { SavepointsController } from './savepoints/savepoints.controller.ts';
import { SavepointsService } from './savepoints/savepoints.service.ts';
import { RunSupervisor } from './runs/supervisor.ts';
import type { PlanServers } from './targets/check-plan.ts';

@Module({})
export class AppModule {
  static async with(runtime: ServiceRuntime<SqlExecutorConfig>): Promise<DynamicModule> {
    const { config, kafka, logger, metrics } = runtime;
    await migrate(config.DATABASE_URL, 'sql_executor', new URL('../migrations', import.meta.url));
    const pool = openPostgres(config.DATABASE_URL, { applicationName: 'hermes-sql-executor' });
    runtime.onShutdown('postgres', () => pool.end());
    const clickhouse = openClickHouse(config.CLICKHOUSE_URL);
    runtime.onShutdown('clickhouse', () => clickhouse.close());
    runtime.ready('postgres', async () => (await pool.query('SELECT 1')).rowCount === 1);

    const { PROFILE_STORE_URL: profileStoreUrl, HERMES_SERVICE_SECRET: secret } = config;
    const servers: PlanServers = {
      clickhouse,
      profileStore: profileStoreUrl === undefined || secret === undefined ? null : { url: profileStoreUrl, secret },
    };

    const repository = new JobsRepository(pool);
    const limits = {
      heapMb: config.SQL_WORKER_HEAP_MB,
      rssMb: config.SQL_WORKER_RSS_MB,
      busyMs: config.SQL_WORKER_BUSY_S * 1_000,
      stateMb: config.SQL_STATE_LIMIT_MB,
    };
    const outside = {
      filesFolder: config.SQL_FILES_DIR ?? null,
      servers: config.SQL_OUTSIDE_SERVERS.split(',')
        .map((server) => server.trim())
        .filter((server) => server !== ''),
      connectionsFile: config.SQL_CONNECTIONS_FILE ?? null,
    };
    const connection = {
      kafkaBrokers: config.KAFKA_BROKERS.split(','),
      kafkaDriver: config.KAFKA_DRIVER,
      clickhouseUrl: config.CLICKHOUSE_URL,
    };
    const savepoints = new SavepointFolder(join(config.HERMES_DATA_DIR, 'savepoints'));
    const supervisor = new RunSupervisor({
      repository,
      servers,
      metrics,
      logger,
      limits,
      latencyLimitMs: config.SQL_LATENCY_LIMIT_MS,
      checkpointFolder: join(config.HERMES_DATA_DIR, 'checkpoints'),
      connection,
      outside,
      savepoints,
    });
    const previews = new PreviewsService({
      servers,
      logger,
      limits,
      connection,
      outside,
      most: { perProject: config.SQL_PREVIEWS_PER_PROJECT, perProcess: config.SQL_PREVIEWS },
    });
    metrics.figure('previews', () => previews.running);
    runtime.onShutdown('runs', () => supervisor.close());
    metrics.figure('runs', () => supervisor.statuses().length);
    metrics.figure('lag', () => supervisor.statuses().reduce((sum, { figures }) => sum + (figures?.lag ?? 0), 0));

    const eventTypes = new EventCatalogue(kafka, logger);
    // By itself: a catalogue that cannot be followed holds up no job.
    runPerProject(runtime, 'event types', async (project) => {
      await eventTypes.follow(project.id);
      return { close: () => eventTypes.forget(project.id) };
    });

    // A project's jobs come back with it, at the service's start too; they are stopped when it is deleted.
    runPerProject(runtime, 'projects', async (project) => {
      const admin = await kafka.admin();
      await admin.ensureTopics(projectTopics(project.id, project.partitions)).finally(() => admin.close());
      const wanted = (await repository.wanted()).filter((job) => job.project === project.id);
      for (const job of wanted) supervisor.resume(job);
      return {
        close: async () => {
          const jobs = await repository.list(project.id).catch(() => []);
          await previews.stopProject(project.id);
          if (runtime.control.project(project.id) === undefined)
            await Promise.all(jobs.map((job) => supervisor.stop(job.id)));
        },
      };
    });

    const jobs = new JobsService(repository, supervisor, servers);
    return {
      module: AppModule,
      controllers: [JobsController, SavepointsController, PreviewsController, CatalogController],
      providers: [
        { provide: JobsService, useValue: jobs },
        { provide: SavepointsService, useValue: new SavepointsService({ repository, supervisor, savepoints, jobs }) },
        { provide: PreviewsService, useValue: previews },
        { provide: EventCatalogue, useValue: eventTypes },
      ],
    };
  }
}
