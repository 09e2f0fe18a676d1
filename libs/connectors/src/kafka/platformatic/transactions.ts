import {
  addOffsetsToTxnV3,
  addPartitionsToTxnV3,
  type Connection,
  endTxnV3,
  initProducerIdV4,
  offsetFetchV8,
  txnOffsetCommitV3,
} from '@platformatic/kafka';
import type { TopicPartition } from '../driver.ts';
import {
  type ProduceBatch,
  type ProducedPartition,
  type ProducerIdentity,
  safeOffset,
  type WireOffset,
  type WireTransactions,
} from '../wire.ts';
import { type Address, answerOf, type Links } from './links.ts';
import { produce } from './producer.ts';

const PRODUCE_TIMEOUT_MS = 10_000;
const NO_EPOCH = -1;
const NO_GENERATION = -1;
const NO_MEMBER = '';
const REQUIRE_STABLE = true;

type Coordinated = 'group' | 'transaction';

export class PlatformaticTransactions implements WireTransactions {
  readonly #transactionalId: string;
  readonly #timeoutMs: number;
  readonly #links: Links;
  readonly #address: (nodeId: number) => Address;
  readonly #findCoordinator: (key: string, of: Coordinated) => Promise<Address>;
  readonly #coordinators = new Map<string, Address>();

  constructor(
    transactionalId: string,
    timeoutMs: number,
    links: Links,
    address: (nodeId: number) => Address,
    findCoordinator: (key: string, of: Coordinated) => Promise<Address>,
  ) {
    this.#transactionalId = transactionalId;
    this.#timeoutMs = timeoutMs;
    this.#links = links;
    this.#address = address;
    this.#findCoordinator = findCoordinator;
  }

  async identity(): Promise<ProducerIdentity> {
    const request = initProducerIdV4.api.async(await this.#own(), this.#transactionalId, this.#timeoutMs);
    const { producerId, producerEpoch } = await answerOf(request);
    return { id: producerId, epoch: producerEpoch };
  }

  async addPartitions({ id, epoch }: ProducerIdentity, partitions: readonly TopicPartition[]): Promise<void> {
    const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, of]) => ({
      name,
      partitions: of.map(({ partition }) => partition),
    }));
    const transaction = {
      transactionalId: this.#transactionalId,
      producerId: id,
      producerEpoch: epoch,
      verifyOnly: false,
      topics,
    };
    await answerOf(addPartitionsToTxnV3.api.async(await this.#own(), [transaction]));
  }

  async produce(
    nodeId: number,
    identity: ProducerIdentity,
    batches: readonly ProduceBatch[],
  ): Promise<readonly ProducedPartition[]> {
    const link = await this.#links.to(this.#address(nodeId));
    return await produce(link, identity, batches, {
      timeoutMs: PRODUCE_TIMEOUT_MS,
      transactionalId: this.#transactionalId,
    });
  }

  async commitOffset({ id, epoch }: ProducerIdentity, groupId: string, offset: WireOffset): Promise<void> {
    await answerOf(addOffsetsToTxnV3.api.async(await this.#own(), this.#transactionalId, id, epoch, groupId));
    const link = await this.#coordinator(groupId, 'group');
    const partition = {
      partitionIndex: offset.partition,
      committedOffset: BigInt(offset.offset),
      committedLeaderEpoch: NO_EPOCH,
    };
    const topics = [{ name: offset.topic, partitions: [partition] }];
    await answerOf(
      txnOffsetCommitV3.api.async(
        link,
        this.#transactionalId,
        groupId,
        id,
        epoch,
        NO_GENERATION,
        NO_MEMBER,
        null,
        topics,
      ),
    );
  }

  async stableOffset(groupId: string, { topic, partition }: TopicPartition): Promise<number | undefined> {
    const link = await this.#coordinator(groupId, 'group');
    const group = { groupId, memberEpoch: NO_EPOCH, topics: [{ name: topic, partitionIndexes: [partition] }] };
    const { groups } = await answerOf(offsetFetchV8.api.async(link, [group], REQUIRE_STABLE));
    const found = groups[0]?.topics[0]?.partitions[0]?.committedOffset ?? -1n;
    return found < 0n ? undefined : safeOffset(found);
  }

  async end({ id, epoch }: ProducerIdentity, how: 'commit' | 'abort'): Promise<void> {
    await answerOf(endTxnV3.api.async(await this.#own(), this.#transactionalId, id, epoch, how === 'commit'));
  }

  forgetCoordinators(): void {
    this.#coordinators.clear();
  }

  close(): Promise<void> {
    return this.#links.close();
  }

  #own(): Promise<Connection> {
    return this.#coordinator(this.#transactionalId, 'transaction');
  }

  async #coordinator(key: string, of: Coordinated): Promise<Connection> {
    const name = `${of}/${key}`;
    const known = this.#coordinators.get(name) ?? (await this.#findCoordinator(key, of));
    this.#coordinators.set(name, known);
    return await this.#links.to(known);
  }
}
