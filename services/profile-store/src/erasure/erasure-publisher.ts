import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import { erasuresTopic } from '@hermes/contracts/topics';
import type { Logger } from 'pino';
import { recordOfRow } from './erasure-row.ts';
import type { ErasuresRepository } from './erasures.repository.ts';

const SWEEP_EVERY_MS = 1_000;
const PAUSE_AFTER_FAILURE_MS = 2_000;
const DELIVERY_MS = 5_000;

/**
 * Brings erasures as the database has them onto `<project>.erasures`. The database is the truth: what a crash or an outage has left
 * unwritten the sweep finds.
 */
export class ErasurePublisher {
  private readonly erasures: Pick<ErasuresRepository, 'due' | 'publish'>;
  private readonly kafka: KafkaDriver;
  private readonly logger: Pick<Logger, 'warn' | 'debug'>;
  /** Those whose topics this process knows to be there. */
  private readonly projects = new Set<string>();
  private readonly timer: NodeJS.Timeout;
  private producer: Promise<KafkaProducer> | undefined;
  private sweeping: Promise<void> | undefined;
  private isAskedAgain = false;
  private pausedUntilMs = 0;

  constructor(
    erasures: Pick<ErasuresRepository, 'due' | 'publish'>,
    kafka: KafkaDriver,
    logger: Pick<Logger, 'warn' | 'debug'>,
  ) {
    this.erasures = erasures;
    this.kafka = kafka;
    this.logger = logger;
    this.timer = setInterval(() => void this.sweep(), SWEEP_EVERY_MS);
  }

  /** The project's topics are there. */
  takeUp(project: string): void {
    this.projects.add(project);
  }

  release(project: string): void {
    this.projects.delete(project);
  }

  /** Writes what is due, soon: whoever asks must neither fail nor hang because Kafka is away. */
  publishSoon(): void {
    this.isAskedAgain = this.sweeping !== undefined;
    void this.sweep();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.isAskedAgain = false;
    await this.sweeping;
    await (await this.producer?.catch(() => undefined))?.close();
  }

  private sweep(): Promise<void> {
    this.sweeping ??= this.publishAll().finally(() => {
      this.sweeping = undefined;
      if (this.isAskedAgain) this.publishSoon();
    });
    return this.sweeping;
  }

  private async publishAll(): Promise<void> {
    if (performance.now() < this.pausedUntilMs) return;
    try {
      for (const due of await this.erasures.due()) {
        if (!this.projects.has(due.project)) continue;
        await this.erasures.publish(due, async (newest) => {
          const record = recordOfRow(newest);
          const value = JSON.stringify(record);
          await (await this.open()).send([{ topic: erasuresTopic(due.project), key: record.subjectHash, value }]);
        });
      }
    } catch (error) {
      this.pausedUntilMs = performance.now() + PAUSE_AFTER_FAILURE_MS;
      const level = isPostgresAway(error) ? 'debug' : 'warn';
      this.logger[level]({ err: error }, 'erasures could not be published yet; trying again');
    }
  }

  private open(): Promise<KafkaProducer> {
    this.producer ??= this.kafka.producer({ deliveryTimeoutMs: DELIVERY_MS }).catch((error: unknown) => {
      this.producer = undefined;
      throw error;
    });
    return this.producer;
  }
}
