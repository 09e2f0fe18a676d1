import {
  type GroupConsumer,
  type GroupConsumerOptions,
  type GroupHandlers,
  KafkaError,
  type KafkaRecord,
  type TopicPartition,
} from './driver.ts';
import { assignPartitions, compareAssignments } from './group-assignment.ts';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  GROUP_PROTOCOL,
  type PartitionsByTopic,
} from './group-protocol.ts';
import { asRecords } from './fetched-piece.ts';
import { RecordReader } from './record-reader.ts';
import { type Joined, type Wire, WireError, type WireMember } from './wire.ts';
import { asKafkaError, backOffMs, isPassing, layoutsOf, patiently, pause } from './wire-retry.ts';

/** How long the others wait for this member's running handlers when partitions move. */
const REBALANCE_TIMEOUT_MS = 30_000;
const LAYOUT_CHECK_MS = 30_000;
const DEFAULT_SESSION_TIMEOUT_MS = 6_000;
const NOTHING: PartitionsByTopic = new Map();

const THROWN_OUT = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID']);
const codeOf = (error: unknown): string | undefined => (error instanceof WireError ? error.code : undefined);

/** Joins the group of `options` and reads what it is given until closed. Rejects when a topic does not exist. */
export async function openGroupConsumer(wire: Wire, options: GroupConsumerOptions): Promise<GroupConsumer> {
  await layoutsOf(wire, options.topics);
  const member = new GroupMember(wire, options);
  member.run();
  return member;
}

/**
 * One member of a consumer group. A rebalance goes so: running handlers settle (heartbeats go on), all members join again and
 * name what they have, the leader shares out, and only what moved is revoked and assigned; what stays goes on where it was.
 * A coordinator that is away for a while costs nothing: partitions are read on, and the membership is taken up again.
 */
class GroupMember implements GroupConsumer {
  readonly #wire: Wire;
  readonly #options: GroupConsumerOptions;
  readonly #handlers: GroupHandlers;
  readonly #member: WireMember;
  readonly #reader: RecordReader<readonly KafkaRecord[]>;
  readonly #sessionTimeoutMs: number;
  readonly #closing = new AbortController();
  readonly #beginning = new Map<string, Promise<void>>();
  #running: Promise<void> = Promise.resolve();
  #memberId = '';
  #generation = -1;
  #isLeader = false;
  #joining = false;
  #owned: PartitionsByTopic = NOTHING;
  #layoutSeen = '';
  #groupTopics: readonly string[] = [];
  #checkLayoutEveryMs = LAYOUT_CHECK_MS;

  constructor(wire: Wire, options: GroupConsumerOptions) {
    this.#wire = wire;
    this.#options = options;
    this.#handlers = options.handlers;
    this.#sessionTimeoutMs = options.sessionTimeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS;
    this.#member = wire.openMember(options.groupId, REBALANCE_TIMEOUT_MS + 5_000);
    this.#reader = new RecordReader(
      wire,
      {
        maxWaitMs: options.maxWaitMs ?? 500,
        minBytes: options.minBytes ?? 1,
        maxPartitionBytes: options.maxPartitionBytes,
        gatherMs: options.gatherMs,
      },
      asRecords,
      {
        deliver: (batch) => this.#handlers.onBatch(batch),
        stopped: (partition, why) => this.#handlers.onStopped(partition, why),
      },
    );
  }

  run(): void {
    this.#running = this.#live();
  }

  async commit(offsets: readonly (TopicPartition & { readonly offset: number })[]): Promise<void> {
    if (offsets.length === 0) return;
    const startedMs = performance.now();
    for (let failures = 1; ; failures++) {
      if (!offsets.every(({ topic, partition }) => this.#owned.get(topic)?.includes(partition))) {
        throw new KafkaError('fenced', "A partition of this commit is no longer this member's", { retriable: false });
      }
      const generation = this.#generation;
      try {
        return await this.#member.commit(generation, this.#memberId, offsets);
      } catch (error) {
        const moved =
          codeOf(error) === 'REBALANCE_IN_PROGRESS' ||
          (codeOf(error) === 'ILLEGAL_GENERATION' && generation !== this.#generation);
        if ((!moved && !isPassing(error)) || performance.now() - startedMs > 10_000) throw asKafkaError(error);
        if (isPassing(error)) this.#member.forgetCoordinator();
        await pause(backOffMs(failures), this.#closing.signal);
      }
    }
  }

  resume(partition: TopicPartition, offset: number): void {
    if (this.#owned.get(partition.topic)?.includes(partition.partition)) this.#reader.start(partition, offset);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    // A join waits for the slowest handler of all members; who closes need not.
    const impatient = setTimeout(() => {
      if (this.#joining) void this.#member.close();
    }, 2_000);
    await this.#running.finally(() => clearTimeout(impatient));
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #live(): Promise<void> {
    let joined = false;
    for (let failures = 0; !this.#closed;) {
      try {
        if (!joined) await this.#joinAndSync();
        joined = true;
        await this.#beatUntilRebalance(failures, () => (failures = 0));
        joined = false;
      } catch (error) {
        if (this.#closed) break;
        const code = codeOf(error);
        if (code === 'REBALANCE_IN_PROGRESS') {
          joined = false;
          continue;
        }
        if (code !== undefined && THROWN_OUT.has(code)) {
          joined = false;
          this.#warn(`was thrown out (${code}); joins anew`);
          await this.#loseAll();
        } else {
          if (!isPassing(error)) this.#warn(asKafkaError(error).message);
          this.#member.forgetCoordinator();
        }
        await pause(backOffMs(++failures), this.#closing.signal);
      }
    }
    await this.#leave();
  }

  #warn(message: string): void {
    process.emitWarning(`A member of group ${this.#options.groupId}: ${message}`, 'KafkaGroupWarning');
  }

  async #leave(): Promise<void> {
    await this.#reader.quiesce();
    await this.#revoke(partitionsOf(this.#owned));
    this.#owned = NOTHING;
    await this.#reader.close();
    // Without an answer the group finds out by the session timeout.
    if (this.#memberId !== '') await this.#member.leave(this.#memberId).catch(() => undefined);
    await this.#member.close();
  }

  async #joinAndSync(): Promise<void> {
    await this.#settleHandlers();
    this.#joining = true;
    const joined = await this.#join().finally(() => (this.#joining = false));
    // A generation without us lies in between: our partitions may have been another member's.
    if (this.#generation >= 0 && joined.generation !== this.#generation + 1) await this.#loseAll();
    this.#memberId = joined.memberId;
    this.#isLeader = joined.leaderId === joined.memberId;
    const assignments = this.#isLeader ? await this.#shareOut(joined) : new Map<string, Buffer>();
    const after = decodeAssignment(await this.#member.sync(joined.generation, joined.memberId, assignments));
    const { gained, lost } = compareAssignments(this.#owned, after);
    this.#generation = joined.generation;
    this.#owned = after;
    await this.#revoke(lost.map(([topic, partition]) => ({ topic, partition })));
    this.#reader.unquiesce();
    for (const [topic, partition] of gained) this.#begin({ topic, partition });
  }

  async #join(): Promise<Joined> {
    const subscription = encodeSubscription({
      topics: this.#options.topics,
      owned: this.#owned,
      generation: this.#generation,
    });
    const request = {
      sessionTimeoutMs: this.#sessionTimeoutMs,
      rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
      protocol: GROUP_PROTOCOL,
      subscription,
    };
    try {
      return await this.#member.join({ ...request, memberId: this.#memberId });
    } catch (error) {
      if (!(error instanceof WireError) || error.code !== 'MEMBER_ID_REQUIRED' || error.memberId === undefined)
        throw error;
      this.#memberId = error.memberId;
      return await this.#member.join({ ...request, memberId: this.#memberId });
    }
  }

  async #shareOut(joined: Joined): Promise<Map<string, Buffer>> {
    const members = new Map(joined.members.map((m) => [m.memberId, decodeSubscription(m.subscription)]));
    const topics = [...new Set([...members.values()].flatMap((m) => m.topics))];
    const layouts = await this.#wire.layout(topics);
    this.#groupTopics = topics;
    this.#layoutSeen = layoutMark(layouts);
    // Right after its start a broker may not know every topic yet: look again soon.
    this.#checkLayoutEveryMs = topics.every((topic) => layouts.has(topic)) ? LAYOUT_CHECK_MS : 1_000;
    const counts = new Map([...layouts].map(([topic, layout]) => [topic, layout.leaders.size]));
    const assigned = assignPartitions(members, counts);
    return new Map([...assigned].map(([memberId, partitions]) => [memberId, encodeAssignment(partitions)]));
  }

  /** Resolves when the leader sees another number of partitions; rejects with what the coordinator says. */
  async #beatUntilRebalance(failures: number, onBeat: () => void): Promise<void> {
    let checkedMs = performance.now();
    for (let first = true; !this.#closed; first = false) {
      // A beat that failed has been waited for already.
      if (!first || failures === 0) await pause(this.#beatEveryMs, this.#closing.signal);
      if (this.#closed) return;
      await this.#member.heartbeat(this.#generation, this.#memberId);
      onBeat();
      if (!this.#isLeader || performance.now() - checkedMs < this.#checkLayoutEveryMs) continue;
      checkedMs = performance.now();
      if (layoutMark(await this.#wire.layout(this.#groupTopics)) !== this.#layoutSeen) return;
    }
  }

  get #beatEveryMs(): number {
    return Math.min(1_000, this.#sessionTimeoutMs / 4);
  }

  /** Waits for running handlers; heartbeats keep the membership alive meanwhile. */
  async #settleHandlers(): Promise<void> {
    let settled = false;
    const quiet = this.#reader.quiesce().then(() => (settled = true));
    while (!settled) {
      await Promise.race([quiet, pause(this.#beatEveryMs)]);
      if (settled || this.#generation < 0) continue;
      // Whatever it answers, joining comes next and will say it again.
      await this.#member.heartbeat(this.#generation, this.#memberId).catch(() => undefined);
    }
  }

  async #loseAll(): Promise<void> {
    await this.#reader.quiesce();
    const lost = partitionsOf(this.#owned);
    this.#owned = NOTHING;
    this.#generation = -1;
    this.#memberId = '';
    await this.#revoke(lost);
  }

  async #revoke(partitions: readonly TopicPartition[]): Promise<void> {
    await Promise.all(
      partitions.map(async (partition) => {
        await this.#reader.remove(partition);
        await this.#beginning.get(keyOf(partition));
        try {
          await this.#handlers.onRevoked(partition);
        } catch (cause) {
          this.#handlers.onStopped(partition, { code: 'handler', cause });
        }
      }),
    );
  }

  #begin(partition: TopicPartition): void {
    const begun = this.#startReading(partition)
      .catch((cause: unknown) => this.#handlers.onStopped(partition, { code: 'handler', cause }))
      .finally(() => this.#beginning.delete(keyOf(partition)));
    this.#beginning.set(keyOf(partition), begun);
  }

  async #startReading(partition: TopicPartition): Promise<void> {
    const from = await this.#handlers.onAssigned(partition);
    const offset = typeof from === 'number' ? from : await this.#resolve(partition, from);
    if (offset !== undefined && this.#owned.get(partition.topic)?.includes(partition.partition)) {
      this.#reader.start(partition, offset);
    }
  }

  async #resolve(
    { topic, partition }: TopicPartition,
    from: 'earliest' | 'latest' | 'committed',
  ): Promise<number | undefined> {
    const signal = this.#closing.signal;
    if (from === 'committed') {
      const ask = (): Promise<ReadonlyMap<number, number>> =>
        this.#wire.committed(this.#options.groupId, topic, [partition]);
      const committed = (await patiently(ask, Infinity, signal)).get(partition);
      if (committed !== undefined) return committed;
    }
    const at = from === 'latest' ? 'latest' : 'earliest';
    const ask = async (): Promise<number | undefined> => {
      const layout = (await this.#wire.layout([topic])).get(topic);
      const offset = layout === undefined ? undefined : (await this.#wire.listOffsets(layout, at)).get(partition);
      if (offset === undefined) throw new WireError('LEADER_NOT_AVAILABLE', `${topic}/${partition} has no leader`);
      return offset;
    };
    return await patiently(ask, Infinity, signal);
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

const partitionsOf = (owned: PartitionsByTopic): TopicPartition[] =>
  [...owned].flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })));

const layoutMark = (layouts: ReadonlyMap<string, { readonly leaders: ReadonlyMap<number, number> }>): string =>
  [...layouts]
    .map(([topic, layout]) => `${topic}:${layout.leaders.size}`)
    .sort()
    .join();
