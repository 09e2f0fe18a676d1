import {
  createTopicsV7,
  deleteTopicsV6,
  findCoordinatorV4,
  listOffsetsV7,
  metadataV12,
  offsetFetchV8,
  protocolErrorsCodesById,
  type Connection,
} from '@platformatic/kafka';
import type { TopicSpec } from '@hermes/contracts/topics';
import type { KafkaConnection } from '../driver.ts';
import {
  type OffsetPlace,
  safeOffset,
  type TopicLayout,
  type Wire,
  WireError,
  type WireFetcher,
  type WireMember,
  type WireProducer,
  type WireTransactions,
} from '../wire.ts';
import { ByteFetcher } from './byte-fetcher.ts';
import { PlatformaticFetcher } from './fetcher.ts';
import { type Address, answerOf, answerWithErrors, libraryLinks, type Links, parseAddress } from './links.ts';
import { PlatformaticMember } from './member.ts';
import { PlatformaticProducer } from './producer.ts';
import { PlatformaticTransactions } from './transactions.ts';

const READ_COMMITTED = 1;
const NO_EPOCH = -1;
const NOT_A_REPLICA = -1;
const TIMESTAMP = { earliest: -2n, latest: -1n };
const UNKNOWN_TOPIC = 3;
const COORDINATOR = { group: 0, transaction: 1 };
const REQUEST_TIMEOUT_MS = 15_000;

export const errorName = (code: number): string => protocolErrorsCodesById[code] ?? `UNKNOWN_ERROR_${code}`;
const refuse = (code: number, what: string): void => {
  if (code !== 0) throw new WireError(errorName(code), `${what}: ${errorName(code)}`);
};

/**
 * Kafka's protocol through the request encoders and connections of @platformatic/kafka. Versions of requests are fixed at ones
 * that Kafka 3.2 to 4.x all speak.
 */
export class PlatformaticWire implements Wire {
  readonly #connection: KafkaConnection;
  readonly #links: Links;
  readonly #bootstrap: readonly Address[];
  readonly #brokers = new Map<number, Address>();

  constructor(connection: KafkaConnection) {
    this.#connection = connection;
    this.#bootstrap = connection.brokers.map(parseAddress);
    this.#links = libraryLinks(connection.clientId, REQUEST_TIMEOUT_MS);
  }

  async layout(topics: readonly string[]): Promise<ReadonlyMap<string, TopicLayout>> {
    const link = await this.#anyBroker();
    const answer = await answerWithErrors(metadataV12.api.async(link, [...topics], false, false));
    for (const broker of answer.brokers) this.#brokers.set(broker.nodeId, broker);
    const layouts = new Map<string, TopicLayout>();
    for (const found of answer.topics) {
      if (found.errorCode === UNKNOWN_TOPIC || found.name === null || found.name === undefined) continue;
      refuse(found.errorCode, `Topic ${found.name}`);
      const leaders = new Map(
        found.partitions
          .toSorted((a, b) => a.partitionIndex - b.partitionIndex)
          .map((partition) => [partition.partitionIndex, partition.leaderId]),
      );
      layouts.set(found.name, { topic: found.name, topicId: found.topicId, leaders });
    }
    return layouts;
  }

  async listOffsets(layout: TopicLayout, at: OffsetPlace): Promise<ReadonlyMap<number, number>> {
    const byLeader = Map.groupBy(layout.leaders.keys(), (partition) => layout.leaders.get(partition) ?? -1);
    const offsets = new Map<number, number>();
    for (const [nodeId, indexes] of byLeader) {
      const link = await this.#links.to(this.address(nodeId));
      const partitions = indexes.map((partitionIndex) => ({
        partitionIndex,
        currentLeaderEpoch: NO_EPOCH,
        timestamp: typeof at === 'string' ? TIMESTAMP[at] : BigInt(at.timestampMs),
      }));
      const request = listOffsetsV7.api.async(link, NOT_A_REPLICA, READ_COMMITTED, [
        { name: layout.topic, partitions },
      ]);
      for (const topic of (await answerOf(request)).topics) {
        for (const { partitionIndex, offset } of topic.partitions)
          if (offset >= 0n) offsets.set(partitionIndex, safeOffset(offset));
      }
    }
    return offsets;
  }

  async createTopic(spec: TopicSpec, replicationFactor: number): Promise<void> {
    const configs = [
      { name: 'cleanup.policy', value: spec.cleanupPolicy },
      { name: 'retention.ms', value: String(spec.retentionMs) },
      { name: 'retention.bytes', value: String(spec.retentionBytes) },
    ];
    const topic = { name: spec.name, numPartitions: spec.partitions, replicationFactor, assignments: [], configs };
    await answerOf(createTopicsV7.api.async(await this.#anyBroker(), [topic], REQUEST_TIMEOUT_MS, false));
  }

  async deleteTopics(topics: readonly string[]): Promise<void> {
    if (topics.length === 0) return;
    const link = await this.#anyBroker();
    const names = topics.map((name) => ({ name }));
    const answer = await answerWithErrors(deleteTopicsV6.api.async(link, names, REQUEST_TIMEOUT_MS));
    for (const topic of answer.responses)
      if (topic.errorCode !== UNKNOWN_TOPIC) refuse(topic.errorCode, `Topic ${topic.name ?? ''}`);
  }

  async committed(groupId: string, topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const link = await this.#links.to(await this.coordinator(groupId));
    const group = { groupId, memberEpoch: NO_EPOCH, topics: [{ name: topic, partitionIndexes: [...partitions] }] };
    const answer = await answerOf(offsetFetchV8.api.async(link, [group], true));
    const offsets = new Map<number, number>();
    for (const { topics } of answer.groups) {
      for (const partition of topics.flatMap((one) => one.partitions)) {
        if (partition.committedOffset >= 0n)
          offsets.set(partition.partitionIndex, safeOffset(partition.committedOffset));
      }
    }
    return offsets;
  }

  openFetcher(longestRequestMs: number): WireFetcher {
    return new PlatformaticFetcher(this.#linksOfOwn(longestRequestMs), (nodeId) => this.address(nodeId));
  }

  openByteFetcher(longestRequestMs: number): WireFetcher {
    return new ByteFetcher(this.#connection.clientId, longestRequestMs, (nodeId) => this.address(nodeId));
  }

  openMember(groupId: string, longestRequestMs: number): WireMember {
    return new PlatformaticMember(groupId, this.#linksOfOwn(longestRequestMs), () => this.coordinator(groupId));
  }

  openProducer(requestTimeoutMs: number): WireProducer {
    return new PlatformaticProducer(
      this.#linksOfOwn(requestTimeoutMs),
      (nodeId) => this.address(nodeId),
      () => this.anyAddress(),
      requestTimeoutMs,
    );
  }

  openTransactions(transactionalId: string, transactionTimeoutMs: number): WireTransactions {
    return new PlatformaticTransactions(
      transactionalId,
      transactionTimeoutMs,
      this.#linksOfOwn(REQUEST_TIMEOUT_MS),
      (nodeId) => this.address(nodeId),
      (key, of) => this.coordinator(key, of),
    );
  }

  close(): Promise<void> {
    return this.#links.close();
  }

  address(nodeId: number): Address {
    const address = this.#brokers.get(nodeId);
    if (address === undefined) throw new WireError('LEADER_NOT_AVAILABLE', `Broker ${nodeId} is not known (yet)`);
    return address;
  }

  /** The broker that coordinates the group, or the transactions of an id. */
  async coordinator(key: string, of: keyof typeof COORDINATOR = 'group'): Promise<Address> {
    const answer = await answerOf(findCoordinatorV4.api.async(await this.#anyBroker(), COORDINATOR[of], [key]));
    const [found] = answer.coordinators;
    if (found === undefined) throw new WireError('COORDINATOR_NOT_AVAILABLE', `The ${of} ${key} has no coordinator`);
    refuse(found.errorCode, `Coordinator of ${key}`);
    return { host: found.host, port: found.port };
  }

  /** A broker that answers. */
  async anyAddress(): Promise<Address> {
    await this.#anyBroker();
    return this.#brokers.values().next().value ?? this.#bootstrap[0] ?? { host: 'localhost', port: 9092 };
  }

  async #anyBroker(): Promise<Connection> {
    let failure: unknown = new WireError('NETWORK', 'No broker address is configured');
    for (const address of [...this.#brokers.values(), ...this.#bootstrap]) {
      try {
        return await this.#links.to(address);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  #linksOfOwn(requestTimeoutMs: number): Links {
    return libraryLinks(this.#connection.clientId, requestTimeoutMs);
  }
}
