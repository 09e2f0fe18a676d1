import { inTransaction } from '@hermes/connectors/postgres/transaction';
import type { KafkaDriver, KafkaMessage, KafkaProducer } from '@hermes/connectors/kafka/driver';
import type { Pool, PoolClient } from 'pg';
import type { Logger } from 'pino';
import { type ControlMessage, forget, pending } from './control-outbox.ts';
import { type ControlTruth, reconcile } from './reconcile.ts';

const RETRY_MS = 1_000;
const BATCH = 200;

/** Injection token of the ControlPublisher. */
export const CONTROL_PUBLISHER = Symbol('CONTROL_PUBLISHER');

/**
 * Says on the control topic what the database holds. A change puts its messages into the outbox in its own transaction and
 * calls `flush`; what a crash leaves behind is sent by the next flush of any console process. One process sends at a time
 * (an advisory lock), so that messages of one key keep their order.
 */
export class ControlPublisher {
  private readonly pool: Pool;
  private readonly kafka: KafkaDriver;
  private readonly topic: string;
  private readonly logger: Logger;
  private readonly timer: NodeJS.Timeout;
  private producer: Promise<KafkaProducer> | undefined;
  private running: Promise<void> | undefined;

  constructor(pool: Pool, kafka: KafkaDriver, topic: string, logger: Logger) {
    this.pool = pool;
    this.kafka = kafka;
    this.topic = topic;
    this.logger = logger;
    this.timer = setInterval(() => void this.flush().catch((error: unknown) => this.complain(error)), RETRY_MS);
    this.timer.unref();
  }

  /** Resolves when everything that was in the outbox at the call has been acknowledged. */
  async flush(): Promise<void> {
    // A running pass may have read the outbox before the caller's commit: wait for it, then make sure with a pass of our own.
    await this.running?.catch(() => undefined);
    this.running ??= this.pass().finally(() => (this.running = undefined));
    await this.running;
  }

  /** For the answer of a write: waits a moment for the acknowledgement; a Kafka that is away is told to the log only. */
  async flushSoon(limitMs = 2_000): Promise<void> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, limitMs).unref());
    await Promise.race([this.flush().catch((error: unknown) => this.complain(error)), late]);
  }

  /** Compares the topic with the database and sends what differs; `truth` is read after the lock is held. */
  async reconcile(truth: (client: PoolClient) => Promise<ControlTruth>): Promise<number> {
    await this.flush();
    return await this.locked(async (client) => {
      const published = await this.readTopic();
      const messages = reconcile(await truth(client), published);
      if (messages.length > 0) await this.send(messages);
      return messages.length;
    });
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.running?.catch(() => undefined);
    await (await this.producer)?.close();
  }

  private async pass(): Promise<void> {
    const { rowCount } = await this.pool.query('SELECT 1 FROM console.control_outbox LIMIT 1');
    if (rowCount === 0) return;
    await this.locked(async (client) => {
      for (;;) {
        const batch = await pending(client, BATCH);
        if (batch.length === 0) return;
        await this.send(batch);
        await forget(
          client,
          batch.map(({ seq }) => seq),
        );
      }
    });
  }

  private async locked<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return await inTransaction(this.pool, async (client) => {
      await client.query("SELECT pg_advisory_xact_lock(hashtext('hermes-console-control'))");
      return await work(client);
    });
  }

  private async send(messages: readonly ControlMessage[]): Promise<void> {
    const toKafka = ({ key, value }: ControlMessage): KafkaMessage => ({
      topic: this.topic,
      partition: 0,
      key,
      value: value === null ? null : JSON.stringify(value),
    });
    await (await this.sender()).send(messages.map(toKafka));
  }

  private async sender(): Promise<KafkaProducer> {
    this.producer ??= this.kafka.producer();
    try {
      return await this.producer;
    } catch (error) {
      this.producer = undefined;
      throw error;
    }
  }

  private async readTopic(): Promise<ReadonlyMap<string, unknown>> {
    const published = new Map<string, unknown>();
    const follower = await this.kafka.follow({
      topic: this.topic,
      onRecord: ({ key, value }) => {
        if (key === null) return;
        if (value === null) published.delete(key.toString());
        else published.set(key.toString(), readJson(value));
      },
    });
    try {
      await follower.caughtUp;
    } finally {
      await follower.close();
    }
    return published;
  }

  private complain(error: unknown): void {
    this.logger.warn({ err: error }, 'the control topic could not be written; trying again');
  }
}

/** Unreadable values come back as undefined, which equals no record: they are written anew. */
function readJson(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString());
  } catch {
    return undefined;
  }
}
