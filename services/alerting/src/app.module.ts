import { alertOfFiring } from '@hermes/alerts/platform-alert';
import type { TopicPartition } from '@hermes/connectors/kafka/driver';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { PLATFORM_PROJECT } from '@hermes/contracts/identifiers';
import { migrate } from '@hermes/service-kit/migrate';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import { type DynamicModule, Module } from '@nestjs/common';
import { AlertFeed } from './alerts/alert-feed.ts';
import { AlertsController, PlatformAlertsController } from './alerts/alerts.controller.ts';
import { AlertsService } from './alerts/alerts.service.ts';
import { CallsController, DATABASE } from './calls/calls.controller.ts';
import type { AlertingConfig } from './config.ts';
import { DecisionConsumer } from './decisions/decision-consumer.ts';
import { raise, type RaiseDependencies } from './decisions/raise.service.ts';
import { deliver } from './notifications/delivery.service.ts';
import { DeliveryQueue } from './notifications/delivery-queue.ts';
import { startSweeper } from './notifications/sweeper.ts';
import { WebhookSender } from './notifications/webhook-sender.ts';
import { faultFromEnvironment } from './fault.ts';
import { PlatformWatch } from './platform/platform-watch.ts';
import { startRetention } from './retention/retention.ts';
import { PlatformWebhooksController, WebhooksController } from './webhooks/webhooks.controller.ts';
import { WebhooksService } from './webhooks/webhooks.service.ts';

/** Ends open streams before the HTTP server waits for its connections. */
class StreamsEnd {
  private readonly feed: AlertFeed;
  constructor(feed: AlertFeed) {
    this.feed = feed;
  }
  onModuleDestroy(): void {
    this.feed.endStreams();
  }
}

@Module({})
export class AppModule {
  /** Opens what the service stands on and starts its flows; they end in reverse order at shutdown. */
  static async with(runtime: ServiceRuntime<AlertingConfig>): Promise<DynamicModule> {
    const { config, logger, metrics, kafka } = runtime;
    await migrate(config.DATABASE_URL, 'alerting', new URL('../migrations', import.meta.url));
    const db = openPostgres(config.DATABASE_URL, { maxConnections: 16, applicationName: 'alerting' }, (error) =>
      logger.warn({ err: error }, 'a connection to PostgreSQL broke'),
    );
    runtime.onShutdown('postgres', () => db.end());
    runtime.ready('postgres', async () => (await db.query('SELECT 1')).rowCount === 1);

    const feed = new AlertFeed(db, logger);
    await feed.start();
    runtime.onShutdown('feed', () => feed.close());

    const retention = startRetention({ db, logger }, { days: config.ALERTING_ALERT_DAYS });
    runtime.onShutdown('retention', () => retention.close());

    const arePrivateAddressesAllowed = config.WEBHOOK_PRIVATE_ADDRESSES === 'allow';
    const sender = new WebhookSender({
      timeoutMs: config.WEBHOOK_TIMEOUT_MS,
      arePrivateAddressesAllowed,
      connections: config.WEBHOOK_CONCURRENCY,
    });
    runtime.onShutdown('webhooks', () => sender.close());
    const delivery = {
      db,
      sender,
      logger,
      sentLatency: metrics.latency('sent', config.SENT_LIMIT_MS),
      verdicts: metrics.counter('alerting_attempts_total', 'Attempts to deliver a notification, by verdict', [
        'verdict',
      ]),
    };
    const queue = new DeliveryQueue({
      redisUrl: config.REDIS_URL,
      concurrency: config.WEBHOOK_CONCURRENCY,
      logger,
      process: (id) => deliver(id, delivery),
    });
    runtime.onShutdown('queue', () => queue.closeAll());
    queue.open(PLATFORM_PROJECT);
    const sweeper = startSweeper({ db, queue, logger });
    runtime.onShutdown('sweeper', () => sweeper.close());

    const raising: RaiseDependencies = {
      db,
      queue,
      feed,
      logger,
      alerts: metrics.counter('alerting_alerts_total', 'Alerts raised, by kind', ['kind']),
    };
    const watch = new PlatformWatch({ ...raising, kafka });
    watch.start();
    runtime.onShutdown('watch', () => watch.close());
    followDecisions(runtime, raising, queue, watch);

    return {
      module: AppModule,
      controllers: [
        AlertsController,
        PlatformAlertsController,
        WebhooksController,
        PlatformWebhooksController,
        CallsController,
      ],
      providers: [
        { provide: AlertsService, useValue: new AlertsService(db, feed) },
        { provide: WebhooksService, useValue: new WebhooksService(db, arePrivateAddressesAllowed) },
        { provide: DATABASE, useValue: db },
        { provide: StreamsEnd, useValue: new StreamsEnd(feed) },
      ],
    };
  }
}

/** One consumer and one queue a project, for as long as the project lives. */
function followDecisions(
  runtime: ServiceRuntime<AlertingConfig>,
  raising: RaiseDependencies,
  queue: DeliveryQueue,
  watch: PlatformWatch,
): void {
  const { config, logger, metrics } = runtime;
  const consumers = new Map<string, DecisionConsumer>();
  const reportLoss = ({ topic, partition }: TopicPartition, offset: number): void => {
    const detail = `offset ${String(offset)} of ${topic}/${String(partition)} is gone: decisions were lost before they were read`;
    const nowMs = Date.now();
    const alert = alertOfFiring({
      kind: 'fired',
      watch: 'heartbeat',
      subject: `alerting/${topic}/${String(partition)}`,
      startedMs: nowMs,
      atMs: nowMs,
      detail,
    });
    const timings = { receivedAt: null, acceptedAt: null, decidedAt: null, alertedAt: alert.startedAt };
    raise([{ alert: { ...alert, title: `${topic} cannot be read on` }, timings }], raising).catch((error: unknown) =>
      logger.error({ err: error }, detail),
    );
  };
  const deps = {
    ...raising,
    kafka: runtime.kafka,
    sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
    alertedLatency: metrics.latency('alerted', config.ALERTED_LIMIT_MS),
    deadLetters: metrics.counter('alerting_dead_letters_total', 'Records of decisions topics that are no decisions'),
    onLoss: reportLoss,
    fault: faultFromEnvironment(process.env),
  };
  runtime.control.onProjects({
    added(project) {
      queue.open(project.id);
      const consumer = new DecisionConsumer(project, deps);
      consumers.set(project.id, consumer);
      void consumer.start();
    },
    async removed(id) {
      const consumer = consumers.get(id);
      consumers.delete(id);
      watch.forgetProject(id);
      await consumer?.close();
      await queue.close(id);
    },
  });
  // One project's trouble makes no other's alerts unavailable; nobody being read means that Kafka is away.
  runtime.ready('decisions', () => {
    const all = [...consumers.values()];
    return all.length === 0 || all.some((consumer) => consumer.isHealthy);
  });
  runtime.onShutdown('decisions', async () => {
    await Promise.all([...consumers.values()].map((consumer) => consumer.close()));
  });
}
