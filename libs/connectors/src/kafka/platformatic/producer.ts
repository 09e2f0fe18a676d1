import {
  type Connection,
  initProducerIdV4,
  type MessageRecord,
  NumericMap,
  produceV9,
  ProduceAcks,
} from '@platformatic/kafka';
import {
  type ProduceBatch,
  type ProducedPartition,
  type ProducerIdentity,
  safeOffset,
  type WireProducer,
} from '../wire.ts';
import { type Address, answerOf, answerWithErrors, type Links } from './links.ts';
import { errorName } from './wire.ts';

const NO_TRANSACTIONAL_ID = null;

export class PlatformaticProducer implements WireProducer {
  readonly #links: Links;
  readonly #address: (nodeId: number) => Address;
  readonly #anyAddress: () => Promise<Address>;
  readonly #timeoutMs: number;

  constructor(
    links: Links,
    address: (nodeId: number) => Address,
    anyAddress: () => Promise<Address>,
    timeoutMs: number,
  ) {
    this.#links = links;
    this.#address = address;
    this.#anyAddress = anyAddress;
    this.#timeoutMs = timeoutMs;
  }

  async identity(): Promise<ProducerIdentity> {
    const link = await this.#links.to(await this.#anyAddress());
    const answer = await answerOf(initProducerIdV4.api.async(link, NO_TRANSACTIONAL_ID, 60_000));
    return { id: answer.producerId, epoch: answer.producerEpoch };
  }

  async produce(
    nodeId: number,
    identity: ProducerIdentity | undefined,
    batches: readonly ProduceBatch[],
  ): Promise<readonly ProducedPartition[]> {
    const link = await this.#links.to(this.#address(nodeId));
    return await produce(link, identity, batches, { timeoutMs: this.#timeoutMs });
  }

  close(): Promise<void> {
    return this.#links.close();
  }
}

/** One Produce request; with a transactional id the records belong to its open transaction. */
export async function produce(
  link: Connection,
  identity: ProducerIdentity | undefined,
  batches: readonly ProduceBatch[],
  { timeoutMs, transactionalId }: { readonly timeoutMs: number; readonly transactionalId?: string },
): Promise<readonly ProducedPartition[]> {
  const sequences = new NumericMap();
  for (const { topic, partition, sequence } of batches) sequences.set(`${topic}:${partition}`, sequence);
  const options = {
    compression: 'none',
    producerId: identity?.id ?? -1n,
    producerEpoch: identity?.epoch ?? -1,
    ...(identity === undefined ? { firstSequence: -1 } : { sequences }),
    ...(transactionalId === undefined ? {} : { transactionalId }),
  } as const;
  const records = batches.flatMap(toRecords);
  const answer = await answerWithErrors(produceV9.api.async(link, ProduceAcks.ALL, timeoutMs, records, options));
  if (typeof answer === 'boolean') return [];
  return answer.responses.flatMap((topic) =>
    topic.partitionResponses.map((partition) => ({
      topic: topic.name,
      partition: partition.index,
      error: partition.errorCode === 0 ? undefined : errorName(partition.errorCode),
      errorDetail: partition.errorMessage ?? undefined,
      baseOffset: safeOffset(partition.baseOffset),
    })),
  );
}

function toRecords(batch: ProduceBatch): MessageRecord[] {
  return batch.messages.map((message) => {
    const record = {
      topic: batch.topic,
      partition: batch.partition,
      key: message.key,
      value: message.value,
      timestamp: BigInt(message.timestampMs),
      headers: new Map(message.headers.map(([name, value]) => [Buffer.from(name), value])),
    };
    // The library's type has no null; its encoder writes one as Kafka's null (a tombstone's value, a record without key).
    return record as unknown as MessageRecord;
  });
}
