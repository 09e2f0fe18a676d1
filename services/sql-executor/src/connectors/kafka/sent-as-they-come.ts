import type { KafkaMessage, KafkaProducer } from '@hermes/connectors/kafka/driver';
import type { DirectSink } from '../connector.ts';

/** Messages that were handed to the producer together. */
interface Sending {
  readonly messages: readonly KafkaMessage[];
  readonly rows: number;
  readonly bytes: number;
  acknowledged: boolean;
}

/** Rows that wait to be sent, as messages; asked for once the producer is there. */
export interface Unsent {
  readonly messages: readonly KafkaMessage[];
  readonly bytes: number;
}

/**
 * Sends messages without waiting for those before: what is under way of one partition does not hold up another. When one is not taken, nothing more
 * is sent until all others are settled; then it goes again with everything that was handed over after it, so that the order holds for whoever
 * takes the last of each key. Some come twice then.
 */
export class SentAsTheyCome implements DirectSink {
  private readonly open: () => Promise<Pick<KafkaProducer, 'send'>>;
  private readonly cut: () => Unsent;
  private producer: Pick<KafkaProducer, 'send'> | undefined;
  /** Not acknowledged, or behind one that is not; in order. */
  private queue: Sending[] = [];
  private underWay = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | undefined;
  private acknowledgedRows = 0;
  private waitingRows = 0;
  private waitingBytes = 0;
  /** Rows of all partitions that came in one answer leave in one request. */
  private soon: Promise<void> | undefined;

  constructor(open: () => Promise<Pick<KafkaProducer, 'send'>>, cut: () => Unsent) {
    this.open = open;
    this.cut = cut;
  }

  /** Handed over and not known to be taken. */
  get waiting(): { readonly rows: number; readonly bytes: number } {
    return { rows: this.waitingRows, bytes: this.waitingBytes };
  }

  send(): void {
    this.soon ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.soon = undefined;
      this.sendNow();
    });
  }

  private sendNow(): void {
    if (this.producer === undefined || this.failure !== undefined) return;
    const { messages, bytes } = this.cut();
    if (messages.length > 0) this.hand(this.producer, messages, bytes);
  }

  async flush(): Promise<number> {
    this.producer ??= await this.open();
    if (this.failure !== undefined) await this.repeat(this.producer);
    if (this.soon === undefined) this.sendNow();
    else await this.soon;
    await Promise.all(this.underWay);
    if (this.failure !== undefined) throw this.failure.error;
    const rows = this.acknowledgedRows;
    this.acknowledgedRows = 0;
    return rows;
  }

  private async repeat(producer: Pick<KafkaProducer, 'send'>): Promise<void> {
    await Promise.all(this.underWay);
    // Another call may have been quicker.
    if (this.failure === undefined) return;
    const { queue, waitingBytes } = this;
    this.failure = undefined;
    this.queue = [];
    this.waitingRows = 0;
    this.waitingBytes = 0;
    this.hand(
      producer,
      queue.flatMap(({ messages }) => messages),
      waitingBytes,
    );
  }

  private hand(producer: Pick<KafkaProducer, 'send'>, messages: readonly KafkaMessage[], bytes: number): void {
    const sending: Sending = { messages, rows: messages.length, bytes, acknowledged: false };
    this.queue.push(sending);
    this.waitingRows += sending.rows;
    this.waitingBytes += bytes;
    const settled = producer
      .send(messages)
      .then(
        () => {
          sending.acknowledged = true;
          this.drop();
        },
        (error: unknown) => {
          this.failure ??= { error };
        },
      )
      .finally(() => this.underWay.delete(settled));
    this.underWay.add(settled);
  }

  private drop(): void {
    const first = this.queue.findIndex(({ acknowledged }) => !acknowledged);
    const done = this.queue.splice(0, first < 0 ? this.queue.length : first);
    for (const { rows, bytes } of done) {
      this.acknowledgedRows += rows;
      this.waitingRows -= rows;
      this.waitingBytes -= bytes;
    }
  }
}
