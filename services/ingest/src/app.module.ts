import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import { retryOnConnectionError } from '@hermes/connectors/clickhouse/retry';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { openRedis } from '@hermes/connectors/redis/client';
import { eraseOnRequest } from '@hermes/service-kit/erasure-work';
import { migrate } from '@hermes/service-kit/migrate';
import { runPerProject } from '@hermes/service-kit/project-workers';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import { type DynamicModule, Module } from '@nestjs/common';
import { CatalogueController } from './catalogue/catalogue.controller.ts';
import { CatalogueCopy } from './catalogue/catalogue-copy.ts';
import { CatalogueRepository } from './catalogue/catalogue.repository.ts';
import { CatalogueService } from './catalogue/catalogue.service.ts';
import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import type { IngestConfig } from './config.ts';
import { erasableHistory } from './erasure/erasable-history.ts';
import { ErasureCopies } from './erasure/erasure-copies.ts';
import { EventFiguresController } from './history/event-figures.controller.ts';
import { EventFiguresRepository } from './history/event-figures.repository.ts';
import { HistoryController } from './history/history.controller.ts';
import { HistoryProgress } from './history/history-progress.ts';
import { HistoryRepository } from './history/history.repository.ts';
import { type HistoryTables, makeTables } from './history/history-tables.ts';
import { landHistory } from './history/landing.ts';
import { InboxWriter } from './intake/inbox-writer.ts';
import { IntakeController } from './intake/intake.controller.ts';
import { IntakeService } from './intake/intake.service.ts';
import { ingestObserver, landingObserver } from './processing/ingest-metrics.ts';
import { ProgressController } from './processing/progress.controller.ts';
import { ProgressRepository } from './processing/progress.repository.ts';
import { startProjectWorker } from './processing/project-worker.ts';

/** How long an erasure waits at once for what was under way to land; it tries again after that. */
const LANDED_WITHIN_MS = 60_000;
/** How long the history waits for ClickHouse's next byte. */
const PATIENCE_MS = 3_600_000;

@Module({})
export class AppModule {
  /**
   * Only Kafka must be there to start: events are taken in while PostgreSQL (the catalogue's home), ClickHouse (the history's)
   * or Valkey (the processor's) are away, and what waits for them goes on when they are back.
   */
  static async with(runtime: ServiceRuntime<IngestConfig>): Promise<DynamicModule> {
    const { config, kafka, logger, metrics } = runtime;
    const closing = new AbortController();
    const postgres = openPostgres(config.DATABASE_URL, { applicationName: 'hermes-ingest' });
    runtime.onShutdown('postgres', () => postgres.end());
    const clickhouse = openClickHouse(config.CLICKHOUSE_URL);
    runtime.onShutdown('clickhouse', () => clickhouse.close());
    // For what takes long without a byte on the way: a sort before its first row, a mutation, a table that is copied.
    const patient = openClickHouse(config.CLICKHOUSE_URL, { requestTimeoutMs: PATIENCE_MS, maxConnections: 32 });
    runtime.onShutdown('clickhouse of the history', () => patient.close());
    const redis = openRedis(config.REDIS_URL, { connectionName: 'hermes-ingest-reads' });
    runtime.onShutdown('redis', async () => redis.disconnect());
    const producer = await kafka.producer();
    runtime.onShutdown('inbox', () => producer.close());
    runtime.onShutdown('waiting for servers', async () => closing.abort());

    const background = (what: string, work: Promise<unknown>): void => {
      work.catch((error: unknown) => logger.error({ err: error }, `${what} failed`));
    };
    const tables: HistoryTables = { made: false };
    background(
      'making the tables of the history',
      makeTables({ clickhouse: patient, keepDays: config.INGEST_EVENT_LOG_DAYS, signal: closing.signal }).then(() => {
        tables.made = !closing.signal.aborted;
      }),
    );
    background(
      'migrating the database of the catalogue',
      retryOnConnectionError(() => migrate(config.DATABASE_URL, 'ingest', new URL('../migrations', import.meta.url)), {
        giveUpAfterMs: Infinity,
        retriable: isPostgresAway,
        signal: closing.signal,
      }).then((migrated) => {
        if (migrated.kind === 'failed' && migrated.reason !== 'aborted') throw migrated.error;
      }),
    );

    const copy = new CatalogueCopy(kafka, logger);
    const catalogue = new CatalogueService(new CatalogueRepository(postgres), kafka, copy);
    const erasures = new ErasureCopies(kafka, logger);
    const progress = new HistoryProgress(kafka);
    const observer = ingestObserver(metrics, config.INGEST_LATENCY_LIMIT_MS);
    const landing = {
      kafka,
      clickhouse,
      tables,
      metrics,
      logger,
      sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
      observer: landingObserver(metrics),
    };
    const workers = runPerProject(runtime, 'projects', (project) =>
      startProjectWorker(project, {
        runtime,
        copy,
        catalogue,
        erasures,
        observer,
        land: (id, erased) => landHistory(id, erased, landing),
        erase: (id, erased) =>
          eraseOnRequest({
            kafka,
            project: id,
            copy: erased,
            stores: erasableHistory(patient, tables),
            settled: (signal) => progress.allLanded(id, LANDED_WITHIN_MS, signal),
            logger,
          }),
      }),
    );
    metrics.figure('lag', () => workers.running().reduce((sum, worker) => sum + worker.lag(), 0));
    metrics.figure('partitions', () => workers.running().reduce((sum, worker) => sum + worker.owned(), 0));

    return {
      module: AppModule,
      controllers: [
        IntakeController,
        CatalogueController,
        HistoryController,
        EventFiguresController,
        ProgressController,
      ],
      providers: [
        IntakeService,
        { provide: InboxWriter, useValue: new InboxWriter(kafka, producer, config.INGEST_MAX_WAITING_BYTES) },
        { provide: CatalogueCopy, useValue: copy },
        { provide: CatalogueService, useValue: catalogue },
        { provide: HistoryRepository, useValue: new HistoryRepository(patient, tables) },
        { provide: EventFiguresRepository, useValue: new EventFiguresRepository(patient) },
        { provide: HistoryProgress, useValue: progress },
        { provide: ErasureCopies, useValue: erasures },
        { provide: ProgressRepository, useValue: new ProgressRepository(redis) },
      ],
    };
  }
}
