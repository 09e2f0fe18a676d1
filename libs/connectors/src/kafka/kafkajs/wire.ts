import type { TopicSpec } from '@hermes/contracts/topics';
import type { KafkaConnection } from '../driver.ts';
import type { Address } from '../platformatic/links.ts';
import { PlatformaticWire } from '../platformatic/wire.ts';
import {
  type OffsetPlace,
  safeOffset,
  type TopicLayout,
  type Wire,
  type WireFetcher,
  type WireMember,
  type WireProducer,
  type WireTransactions,
} from '../wire.ts';
import { answerOf, Brokers } from './brokers.ts';
import { KafkajsFetcher } from './fetcher.ts';
import { KafkajsMember } from './member.ts';
import { KafkajsProducer } from './producer.ts';

const READ_COMMITTED = 1;
const NOT_A_REPLICA = -1;
const TIMESTAMP = { earliest: -2, latest: -1 };
const REQUEST_TIMEOUT_MS = 15_000;
const GROUP_COORDINATOR = 0;

/**
 * Kafka's protocol through kafkajs's encoders and connections. Topic ids came with Metadata version 10, which kafkajs does not
 * speak: what is asked about topics as such (layout, making, deleting) goes through the other library. So do transactions, whose
 * reader must wait for stable offsets (OffsetFetch version 7, which kafkajs does not speak either).
 */
export class KafkajsWire implements Wire {
  readonly #clientId: string;
  readonly #brokers: Brokers;
  readonly #topics: PlatformaticWire;

  constructor(connection: KafkaConnection) {
    this.#clientId = connection.clientId;
    this.#brokers = new Brokers(connection.clientId, REQUEST_TIMEOUT_MS);
    this.#topics = new PlatformaticWire(connection);
  }

  layout(topics: readonly string[]): Promise<ReadonlyMap<string, TopicLayout>> {
    return this.#topics.layout(topics);
  }

  createTopic(spec: TopicSpec, replicationFactor: number): Promise<void> {
    return this.#topics.createTopic(spec, replicationFactor);
  }

  deleteTopics(topics: readonly string[]): Promise<void> {
    return this.#topics.deleteTopics(topics);
  }

  async listOffsets(layout: TopicLayout, at: OffsetPlace): Promise<ReadonlyMap<number, number>> {
    const offsets = new Map<number, number>();
    for (const [nodeId, indexes] of Map.groupBy(
      layout.leaders.keys(),
      (partition) => layout.leaders.get(partition) ?? -1,
    )) {
      const broker = await this.#brokers.to(this.#topics.address(nodeId));
      const partitions = indexes.map((partition) => ({
        partition,
        timestamp: typeof at === 'string' ? TIMESTAMP[at] : at.timestampMs,
      }));
      const request = {
        replicaId: NOT_A_REPLICA,
        isolationLevel: READ_COMMITTED,
        topics: [{ topic: layout.topic, partitions }],
      };
      for (const topic of (await answerOf(broker.listOffsets(request))).responses) {
        for (const { partition, offset } of topic.partitions)
          if (!offset.startsWith('-')) offsets.set(partition, safeOffset(BigInt(offset)));
      }
    }
    return offsets;
  }

  async committed(groupId: string, topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const broker = await this.#brokers.to(await this.#coordinator(groupId));
    const topics = [{ topic, partitions: partitions.map((partition) => ({ partition })) }];
    const answer = await answerOf(broker.offsetFetch({ groupId, topics }));
    const found = answer.responses.flatMap((one) => one.partitions);
    const offsets = found.map(({ partition, offset }): [number, number] => [partition, safeOffset(BigInt(offset))]);
    return new Map(offsets.filter(([, offset]) => offset >= 0));
  }

  openByteFetcher(longestRequestMs: number): WireFetcher {
    return this.openFetcher(longestRequestMs);
  }

  openFetcher(longestRequestMs: number): WireFetcher {
    return new KafkajsFetcher(this.#brokersOfOwn(longestRequestMs), (nodeId) => this.#topics.address(nodeId));
  }

  openMember(groupId: string, longestRequestMs: number): WireMember {
    return new KafkajsMember(groupId, this.#brokersOfOwn(longestRequestMs), () => this.#coordinator(groupId));
  }

  openProducer(requestTimeoutMs: number): WireProducer {
    return new KafkajsProducer(
      this.#brokersOfOwn(requestTimeoutMs),
      (nodeId) => this.#topics.address(nodeId),
      () => this.#topics.anyAddress(),
      requestTimeoutMs,
    );
  }

  openTransactions(transactionalId: string, transactionTimeoutMs: number): WireTransactions {
    return this.#topics.openTransactions(transactionalId, transactionTimeoutMs);
  }

  async close(): Promise<void> {
    await Promise.all([this.#brokers.close(), this.#topics.close()]);
  }

  async #coordinator(groupId: string): Promise<Address> {
    const broker = await this.#brokers.to(await this.#topics.anyAddress());
    const { coordinator } = await answerOf(
      broker.findGroupCoordinator({ groupId, coordinatorType: GROUP_COORDINATOR }),
    );
    return { host: coordinator.host, port: coordinator.port };
  }

  #brokersOfOwn(requestTimeoutMs: number): Brokers {
    return new Brokers(this.#clientId, requestTimeoutMs);
  }
}
