import type { Address } from '../platformatic/links.ts';
import { errorName } from '../platformatic/wire.ts';
import {
  type ProduceBatch,
  type ProducedPartition,
  type ProducerIdentity,
  safeOffset,
  type WireProducer,
} from '../wire.ts';
import { answerOf, type Brokers } from './brokers.ts';
import { apiKeys, requests } from './internals.ts';

const ALL_REPLICAS = -1;
const NO_IDENTITY = { id: -1n, epoch: 0 };

interface ProduceAnswer {
  readonly topics: readonly {
    readonly topicName: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly errorCode: number;
      readonly baseOffset: string;
    }[];
  }[];
}

export class KafkajsProducer implements WireProducer {
  readonly #brokers: Brokers;
  readonly #address: (nodeId: number) => Address;
  readonly #anyAddress: () => Promise<Address>;
  readonly #timeoutMs: number;

  constructor(
    brokers: Brokers,
    address: (nodeId: number) => Address,
    anyAddress: () => Promise<Address>,
    timeoutMs: number,
  ) {
    this.#brokers = brokers;
    this.#address = address;
    this.#anyAddress = anyAddress;
    this.#timeoutMs = timeoutMs;
  }

  async identity(): Promise<ProducerIdentity> {
    const broker = await this.#brokers.to(await this.#anyAddress());
    const answer = await answerOf(broker.initProducerId({ transactionTimeout: 60_000 }));
    return { id: BigInt(answer.producerId), epoch: answer.producerEpoch };
  }

  async produce(
    nodeId: number,
    identity: ProducerIdentity | undefined,
    batches: readonly ProduceBatch[],
  ): Promise<readonly ProducedPartition[]> {
    const { id, epoch } = identity ?? NO_IDENTITY;
    const topicData = [...Map.groupBy(batches, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map((batch) => ({
        partition: batch.partition,
        firstSequence: identity === undefined ? 0 : batch.sequence,
        messages: batch.messages.map(({ key, value, headers, timestampMs }) => ({
          key,
          value,
          headers: Object.fromEntries(headers),
          timestamp: timestampMs,
        })),
      })),
    }));
    const broker = await this.#brokers.to(this.#address(nodeId));
    const { request, response } = broker.lookupRequest(
      apiKeys.Produce,
      requests.Produce,
    )({
      acks: ALL_REPLICAS,
      timeout: this.#timeoutMs,
      topicData,
      producerId: String(id),
      producerEpoch: epoch,
    });
    // The library's parser throws for the first partition that has an error; here each has its own.
    const whole = { decode: (raw: unknown) => response.decode(raw), parse: async (decoded: unknown) => decoded };
    const answer = (await answerOf(broker.connectionPool.send({ request, response: whole }))) as ProduceAnswer;
    return answer.topics.flatMap(({ topicName, partitions }) =>
      partitions.map(({ partition, errorCode, baseOffset }) => ({
        topic: topicName,
        partition,
        error: errorCode === 0 ? undefined : errorName(errorCode),
        errorDetail: undefined,
        baseOffset: safeOffset(BigInt(baseOffset)),
      })),
    );
  }

  close(): Promise<void> {
    return this.#brokers.close();
  }
}
