import {
  KafkaError,
  type KafkaDriver,
  type KafkaMessage,
  type KafkaProducer,
  type ProducedAt,
} from '@hermes/connectors/kafka/driver';
import { ProblemError, unavailable } from '@hermes/service-kit/problem';
import { faultPoint } from './fault-point.ts';

/**
 * Where accepted and refused items go. The driver's producer already sends a lone request at once and gathers what arrives
 * while a batch is under way; this adds the limit on what may wait, and answers for HTTP.
 */
export class InboxWriter {
  private readonly kafka: KafkaDriver;
  private readonly producer: KafkaProducer;
  private readonly maxWaitingBytes: number;
  private waitingBytes = 0;

  constructor(kafka: KafkaDriver, producer: KafkaProducer, maxWaitingBytes: number) {
    this.kafka = kafka;
    this.producer = producer;
    this.maxWaitingBytes = maxWaitingBytes;
  }

  /**
   * Resolves once Kafka has acknowledged every message (acks=all), with their positions.
   *
   * @throws ProblemError 429 `too-busy`, 503 `unavailable`: then none, some or all may have been written, and sending the same
   *   again is right, because repeats are dropped behind the inbox
   */
  async write(messages: readonly KafkaMessage[]): Promise<readonly ProducedAt[]> {
    const bytes = messages.reduce((sum, message) => sum + messageBytes(message), 0);
    // A request that is alone is never refused for its size: the body limit has dealt with that.
    if (this.waitingBytes > 0 && this.waitingBytes + bytes > this.maxWaitingBytes) throw tooBusy();
    this.waitingBytes += bytes;
    try {
      const positions = await this.producer.send(messages);
      faultPoint('after-inbox-acknowledged');
      return positions.some(({ offset }) => offset < 0) ? await this.withLogEnds(positions) : positions;
    } catch (error) {
      if (error instanceof KafkaError && error.code === 'unknown-topic') throw tooNew(error);
      if (error instanceof KafkaError && error.retriable) throw unavailable('Kafka', error);
      throw error;
    } finally {
      this.waitingBytes -= bytes;
    }
  }

  /** A batch that Kafka knew already (a repeat of the producer's own) comes back without offsets: its log's end is past them. */
  private async withLogEnds(positions: readonly ProducedAt[]): Promise<readonly ProducedAt[]> {
    const admin = await this.kafka.admin();
    try {
      const topics = [...new Set(positions.filter(({ offset }) => offset < 0).map(({ topic }) => topic))];
      const ends = new Map(
        await Promise.all(topics.map(async (topic) => [topic, await admin.offsets(topic)] as const)),
      );
      return positions.map((at) =>
        at.offset >= 0 ? at : { ...at, offset: (ends.get(at.topic)?.get(at.partition)?.latest ?? 1) - 1 },
      );
    } finally {
      await admin.close();
    }
  }
}

const tooBusy = (): ProblemError =>
  new ProblemError({
    status: 429,
    code: 'too-busy',
    title: 'Too much is waiting already',
    detail:
      'More arrives than Kafka takes at the moment; send the same request again after a second, and fewer of them at once.',
    headers: { 'retry-after': '1' },
  });

const tooNew = (cause: unknown): ProblemError =>
  new ProblemError({
    status: 503,
    code: 'project-starting',
    title: 'The project is not ready yet',
    detail:
      'Its topics are being made, which takes about a second after the project was created; send the same request again.',
    cause,
    headers: { 'retry-after': '1' },
  });

const sizeOf = (part: Buffer | string | null): number =>
  part === null ? 0 : typeof part === 'string' ? Buffer.byteLength(part) : part.length;

const messageBytes = (message: KafkaMessage): number => sizeOf(message.key) + sizeOf(message.value);
