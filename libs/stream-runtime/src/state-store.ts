import { openRedisOrCluster, type RedisOrCluster } from '@hermes/connectors/redis/client';
import { Cluster } from 'ioredis';
import type { Timer } from './logic.ts';
import { FUNCTION_NAMES, LIBRARY_SOURCE } from './partition-functions.ts';
import type { PartitionKeys } from './state-keys.ts';
import type { SealedStep } from './sealed-step.ts';

/** Valkey did not answer: whether it did what it was asked to is not known. A new claim tells. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/**
 * The state is not where this owner believed: `epoch` and `fenced` mean another owner, `offset` a step of ours with a lost answer,
 * `length` a value that expired or was taken away before something was appended to it. Nothing was changed.
 */
export class StepRefusedError extends Error {
  override readonly name = 'StepRefusedError';
  readonly why: 'epoch' | 'offset' | 'topic' | 'length';
  constructor(why: 'epoch' | 'offset' | 'topic' | 'length', message: string) {
    super(message);
    this.why = why;
  }
}

/** What a partition remembers, as of a claim. */
export interface ClaimedState {
  readonly epoch: number;
  /** undefined: no step was ever made. */
  readonly offset: number | undefined;
  readonly topicId: string | undefined;
  readonly clockMs: number;
  readonly definitionsVersion: number;
  /** Sequence of the last outbox entry ever written. */
  readonly sequence: number;
  readonly incarnation: string;
  readonly origins: Map<string, number>;
  readonly outboxLength: number;
  /** The oldest entries, encoded. */
  readonly outbox: readonly Buffer[];
  readonly timersTotal: number;
  readonly timers: readonly Timer[];
}

const TIMERS_PER_READ = 1_024;
const OUTBOX_PER_READ = 1_000;

/**
 * The state of partitions in Valkey or Redis (7 or later), or in a cluster of it. One connection serves every partition of a
 * process; commands fail at once while there is no connection, and none is ever repeated by the client.
 */
export class StateStore {
  readonly #client: RedisOrCluster;

  private constructor(client: RedisOrCluster) {
    this.#client = client;
  }

  /**
   * Opens `url` (`redis://[user:password@]host:port[/db]`); finds out by itself whether it is a cluster. Waits for a server that is away.
   *
   * @throws Error when the server refuses the credentials
   */
  static async open(url: string): Promise<StateStore> {
    return new StateStore(await openRedisOrCluster(url, { connectionName: 'hermes-stream-runtime' }));
  }

  /** Loads the function library, on each master of a cluster that answers. Loading it again changes nothing. */
  async #loadLibrary(): Promise<void> {
    const nodes = this.#client instanceof Cluster ? this.#client.nodes('master') : [this.#client];
    const loads = await Promise.allSettled(
      nodes.map((node) => node.call('FUNCTION', 'LOAD', 'REPLACE', LIBRARY_SOURCE)),
    );
    // Another master may be away: whether the one that matters has the library now, the next call tells.
    const failed = loads.filter((load) => load.status === 'rejected');
    if (failed.length === loads.length && failed[0] !== undefined) throw failed[0].reason;
  }

  /**
   * Takes a partition over: its epoch goes up by one, so that every step of an earlier owner is refused from here on.
   *
   * @param expectedEpoch - claim only while this is still the epoch (after a lost connection)
   * @param incarnation - given to a state that has none yet
   * @param claimant - who claims: its own claim, whose answer was lost, does not count as a rival's
   * @throws StepRefusedError (`epoch`) when the expected epoch has passed
   */
  async claim(
    keys: PartitionKeys,
    expectedEpoch: number | undefined,
    incarnation: string,
    claimant: string,
  ): Promise<ClaimedState> {
    const answer = await this.#call<
      ['fenced', Buffer] | ['claimed', (Buffer | null)[], Buffer[], number, Buffer[], number, Buffer[], Buffer[]]
    >(
      FUNCTION_NAMES.claim,
      [keys.meta, keys.outbox, keys.timers, keys.timerPayloads, keys.origins],
      [
        expectedEpoch === undefined ? '' : String(expectedEpoch),
        incarnation,
        String(TIMERS_PER_READ),
        String(OUTBOX_PER_READ),
        claimant,
      ],
    );
    if (isWord(answer[0], 'fenced')) {
      throw new StepRefusedError(
        'epoch',
        `epoch ${expectedEpoch} has passed: the state is at epoch ${String(answer[1])}`,
      );
    }
    const [, fields, origins, outboxLength, outbox, timersTotal, timers, payloads] = answer as [
      unknown,
      (Buffer | null)[],
      Buffer[],
      number,
      Buffer[],
      number,
      Buffer[],
      Buffer[],
    ];
    const [epoch, offset, topic, clock, definitions, sequence, born] = fields.map((field) => field?.toString());
    return {
      epoch: Number(epoch),
      offset: offset === undefined ? undefined : Number(offset),
      topicId: topic,
      clockMs: Number(clock ?? 0),
      definitionsVersion: Number(definitions ?? 0),
      sequence: Number(sequence ?? 0),
      incarnation: born!,
      origins: pairs(origins, (value) => Number(value)),
      outboxLength,
      outbox,
      timersTotal,
      timers: timersOf(timers, payloads),
    };
  }

  /**
   * Applies a step: all of it, or nothing.
   *
   * @param acknowledged - outbox sequence up to which Kafka has everything (0: nothing new); trimmed on the way
   * @throws StepRefusedError when nothing was changed
   * @throws StoreUnavailableError when it is not known whether it was applied
   */
  async step(
    keys: PartitionKeys,
    epoch: number,
    topicId: string,
    firstStep: boolean,
    acknowledged: number,
    step: SealedStep,
    onIssued: () => void,
  ): Promise<void> {
    const names = [keys.meta, keys.outbox, keys.timers, keys.timerPayloads, keys.origins, keys.cuts];
    const values: (string | Buffer)[] = [];
    const sets: string[] = [];
    const ttls: string[] = [];
    const deletes: string[] = [];
    const appends: string[] = [];
    const appended: (string | Buffer)[] = [];
    for (const [key, write] of step.writes) {
      if (write.bytes === null) deletes.push(keys.statePrefix + key);
      else if (write.appendTo !== undefined) {
        appends.push(keys.statePrefix + key);
        appended.push(String(write.appendTo), write.bytes);
      } else if (write.ttlMs === undefined) {
        sets.push(keys.statePrefix + key);
        values.push(write.bytes);
      }
    }
    for (const [key, write] of step.writes) {
      if (write.bytes === null || write.ttlMs === undefined) continue;
      ttls.push(keys.statePrefix + key);
      values.push(write.bytes, String(Math.max(1, Math.trunc(write.ttlMs))));
    }
    values.push(...appended);
    for (const output of step.outputs) values.push(output.bytes);
    const cancelled: string[] = [];
    let timersSet = 0;
    for (const [id, timer] of step.timers) {
      if (timer === null) cancelled.push(id);
      else {
        timersSet += 1;
        values.push(id, String(timer.dueMs), timer.payload);
      }
    }
    values.push(...cancelled);
    for (const [origin, sequence] of step.origins) values.push(origin, String(sequence));
    const counts = [
      sets.length,
      ttls.length,
      deletes.length,
      appends.length,
      step.outputs.length,
      timersSet,
      cancelled.length,
      step.origins.size,
    ];
    const call = this.#call<(Buffer | string)[]>(
      FUNCTION_NAMES.step,
      [...names, ...sets, ...ttls, ...deletes, ...appends],
      [
        String(epoch),
        firstStep ? '' : String(step.fromOffset),
        topicId,
        String(step.nextOffset),
        String(step.clockMs),
        String(step.definitionsVersion),
        String(step.sequenceBefore),
        String(acknowledged),
        String(step.fromOffset),
        ...counts.map(String),
        ...values,
      ],
    );
    onIssued();
    const [outcome, nowEpoch, offset, topic] = (await call).map(String);
    if (outcome === 'applied') return;
    throw new StepRefusedError(
      outcome as 'epoch' | 'offset' | 'topic' | 'length',
      `a step of epoch ${epoch} at offset ${step.fromOffset} of topic ${topicId} was refused: the state has epoch ${nowEpoch}, offset ${offset}, topic ${topic}`,
    );
  }

  /** Drops outbox entries up to and including a sequence; nothing when the epoch has passed. */
  async trim(keys: PartitionKeys, epoch: number, acknowledged: number): Promise<void> {
    await this.#call(FUNCTION_NAMES.trim, [keys.meta, keys.outbox], [String(epoch), String(acknowledged)]);
  }

  /** State values and, for those that expire, the remaining milliseconds. */
  async load(
    keys: PartitionKeys,
    epoch: number,
    wanted: readonly string[],
  ): Promise<readonly { bytes: Buffer | null; ttlMs: number | undefined }[]> {
    const answer = await this.#call<['fenced'] | ['read', (Buffer | null)[], number[]]>(
      FUNCTION_NAMES.load,
      [keys.meta, ...wanted.map((key) => keys.statePrefix + key)],
      [String(epoch)],
    );
    const [, values, ttls] = read(answer, epoch) as [unknown, (Buffer | null)[], number[]];
    const found: { bytes: Buffer | null; ttlMs: number | undefined }[] = values.map((bytes) => ({
      bytes,
      ttlMs: undefined,
    }));
    for (let i = 0; i < ttls.length; i += 2) found[ttls[i]!]!.ttlMs = ttls[i + 1]!;
    return found;
  }

  /** The timers due soonest, and how many there are in all. */
  async timers(
    keys: PartitionKeys,
    epoch: number,
  ): Promise<{ readonly total: number; readonly timers: readonly Timer[] }> {
    const answer = await this.#call<['fenced'] | ['read', number, Buffer[], Buffer[]]>(
      FUNCTION_NAMES.timers,
      [keys.meta, keys.timers, keys.timerPayloads],
      [String(epoch), String(TIMERS_PER_READ)],
    );
    const [, total, ids, payloads] = read(answer, epoch) as [unknown, number, Buffer[], Buffer[]];
    return { total, timers: timersOf(ids, payloads) };
  }

  /** Outbox entries from a sequence on, encoded, oldest first. */
  async outbox(keys: PartitionKeys, epoch: number, fromSequence: number): Promise<readonly Buffer[]> {
    const answer = await this.#call<['fenced'] | ['read', Buffer[]]>(
      FUNCTION_NAMES.outbox,
      [keys.meta, keys.outbox],
      [String(epoch), String(fromSequence), String(OUTBOX_PER_READ)],
    );
    return (read(answer, epoch) as [unknown, Buffer[]])[1];
  }

  close(): void {
    this.#client.disconnect();
  }

  #call<T>(name: string, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<T> {
    return this.#ask(() => this.#client.callBuffer('FCALL', name, String(keys.length), ...keys, ...args) as Promise<T>);
  }

  async #ask<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      let cause = error;
      // A server that has never seen this build, or a new master: the function did not run, so asking again is safe.
      if (/function not found/i.test((error as Error).message)) {
        try {
          await this.#loadLibrary();
          return await run();
        } catch (again) {
          cause = again;
        }
      }
      throw new StoreUnavailableError(`the state store did not do what it was asked to: ${(cause as Error).message}`, {
        cause,
      });
    }
  }
}

const isWord = (answer: Buffer | string, word: string): boolean => answer.toString() === word;

function read<T extends readonly unknown[]>(answer: T, epoch: number): T {
  if (isWord(answer[0] as Buffer, 'fenced')) throw new StepRefusedError('epoch', `epoch ${epoch} has passed`);
  return answer;
}

function pairs<T>(flat: readonly Buffer[], value: (bytes: Buffer) => T): Map<string, T> {
  const map = new Map<string, T>();
  for (let i = 0; i < flat.length; i += 2) map.set(flat[i]!.toString(), value(flat[i + 1]!));
  return map;
}

const timersOf = (idsAndDues: readonly Buffer[], payloads: readonly Buffer[]): readonly Timer[] =>
  payloads.map((payload, i) => ({
    id: idsAndDues[2 * i]!.toString(),
    dueMs: Number(idsAndDues[2 * i + 1]!.toString()),
    payload: payload.toString(),
  }));
