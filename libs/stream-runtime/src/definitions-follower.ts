import type { Follower, KafkaDriver, KafkaRecord } from '@hermes/connectors/kafka/driver';
import { DefinitionSet } from '@hermes/contracts/definitions';
import type { DefinitionsBinding } from './processor-options.ts';
import { type RuntimeLogger, stderrLogger } from './runtime-logger.ts';

const KEPT_BUILDS = 4;

/**
 * Follows a definitions topic and builds its sets, each once: one per process and topic, shared by all partitions.
 * A set that cannot be built is told to the log and skipped; the one before it stays in force.
 */
export class DefinitionsFollower<D> {
  readonly #binding: DefinitionsBinding<D>;
  readonly #log: RuntimeLogger;
  readonly #members = new Map<string, Buffer>();
  readonly #sets = new Map<number, DefinitionSet>();
  readonly #built = new Map<number, D>();
  #latest = 0;
  #caughtUp = false;
  #follower: Follower | undefined;
  #waiters: { readonly number: number; readonly resolve: () => void }[] = [];

  private constructor(binding: DefinitionsBinding<D>, log: RuntimeLogger) {
    this.#binding = binding;
    this.#log = log;
  }

  /** Resolves when everything that is in the topic now has been read. */
  static async open<D>(
    kafka: KafkaDriver,
    binding: DefinitionsBinding<D>,
    log: RuntimeLogger = stderrLogger,
  ): Promise<DefinitionsFollower<D>> {
    const follower = new DefinitionsFollower(binding, log);
    follower.#follower = await kafka.follow({
      topic: binding.topic,
      onRecord: (record) => follower.apply(record),
      maxWaitMs: 1_000,
    });
    await follower.#follower.caughtUp;
    follower.#caughtUp = true;
    follower.#advance();
    return follower;
  }

  /** Number of the newest set that could be built; 0 before any. */
  get latest(): number {
    return this.#latest;
  }

  /** The definitions of a set; undefined when it is not (or no longer) in the topic. */
  get(number: number): D | undefined {
    if (number === 0) return this.#binding.empty;
    const known = this.#built.get(number);
    return known ?? this.#build(number);
  }

  /**
   * Number of the first set that has this version of a definition; undefined when none has, or when it may be one that is not kept any more.
   */
  firstWith(id: string, version: number): number | undefined {
    let first: number | undefined;
    for (const [number, { members }] of this.#sets) {
      if (first !== undefined && number > first) continue;
      if (members.some((member) => member.id === id && member.version === version)) first = number;
    }
    const isOldest = first !== undefined && first > 1 && first === Math.min(...this.#sets.keys());
    return isOldest ? undefined : first;
  }

  /** Resolves when set `number` or a newer one has been read, or after `timeoutMs`. */
  async reached(number: number, timeoutMs: number): Promise<void> {
    if (this.#latest >= number) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#waiters.push({
        number,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
      });
    });
  }

  /** One record of the topic. */
  apply(record: KafkaRecord): void {
    const key = record.key?.toString() ?? '';
    const setNumber = /^set\/(\d+)$/.exec(key);
    if (setNumber === null) {
      if (record.value === null) this.#members.delete(key);
      else this.#members.set(key, record.value);
      return;
    }
    const number = Number(setNumber[1]);
    if (record.value === null) {
      this.#sets.delete(number);
      return;
    }
    const parsed = DefinitionSet.safeParse(parseJson(record.value));
    if (!parsed.success || parsed.data.number !== number) {
      this.#log.error(
        { topic: record.topic, key, offset: record.offset },
        'a definition set is not one: it is skipped',
      );
      return;
    }
    this.#sets.set(number, parsed.data);
    if (this.#caughtUp) this.#advance();
  }

  async close(): Promise<void> {
    await this.#follower?.close();
  }

  /** To the newest set that can be built. */
  #advance(): void {
    const newer = [...this.#sets.keys()].filter((number) => number > this.#latest).sort((a, b) => b - a);
    const number = newer.find((candidate) => this.#build(candidate) !== undefined);
    if (number === undefined) return;
    this.#latest = number;
    for (const waiter of this.#waiters) if (waiter.number <= number) waiter.resolve();
    this.#waiters = this.#waiters.filter((waiter) => waiter.number > number);
  }

  #build(number: number): D | undefined {
    const set = this.#sets.get(number);
    if (set === undefined) return undefined;
    const members: { id: string; version: number; value: Buffer }[] = [];
    for (const { id, version } of set.members) {
      const value = this.#members.get(`def/${id}/${version}`);
      if (value === undefined) return undefined;
      members.push({ id, version, value });
    }
    try {
      const built = this.#binding.build(number, members);
      this.#built.set(number, built);
      for (const old of this.#built.keys())
        if (this.#built.size > KEPT_BUILDS && old !== number) this.#built.delete(old);
      return built;
    } catch (err) {
      this.#log.error(
        { err, topic: this.#binding.topic, set: number },
        'a definition set cannot be built: the one before it stays in force',
      );
      return undefined;
    }
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
