import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import { Cluster } from 'ioredis';

/** Where a value is. Values with one tag can be asked for together, in a cluster too. */
export interface Wanted {
  readonly tag: string;
  readonly key: string;
}

/** Keys in one command at most, so that a large batch holds up nobody else's read. */
const KEYS_PER_COMMAND = 50;

/** One caller's question. */
interface Question {
  readonly values: (Buffer | null)[];
  left: number;
  readonly answered: (values: readonly (Buffer | null)[]) => void;
  readonly failed: (cause: unknown) => void;
}

interface Waiting extends Wanted {
  readonly question: Question;
  /** Where the value belongs in the question's answer. */
  readonly at: number;
}

/**
 * Reads values, those that are asked for in one turn of the event loop together. A command for each would cost the most of a read;
 * the client's own pipelining keeps what it has sent alive for longer than a young collection, and so fills the old generation.
 */
export class GatheredValues {
  private readonly redis: () => RedisOrCluster | undefined;
  private waiting: Waiting[] = [];
  private readonly sendAll = (): void => this.send();

  /** @param redis - a client that fails at once while there is no connection; undefined before the first one */
  constructor(redis: () => RedisOrCluster | undefined) {
    this.redis = redis;
  }

  /** The values in the order of the keys; null where there is none. Rejects when Redis does not answer. */
  get(wanted: readonly Wanted[]): Promise<readonly (Buffer | null)[]> {
    return new Promise((answered, failed) => {
      if (wanted.length === 0) return answered([]);
      if (this.waiting.length === 0) setImmediate(this.sendAll);
      const values = new Array<Buffer | null>(wanted.length).fill(null);
      const question = { values, left: wanted.length, answered, failed };
      for (const [at, { tag, key }] of wanted.entries()) this.waiting.push({ tag, key, question, at });
    });
  }

  private send(): void {
    const { waiting } = this;
    this.waiting = [];
    const redis = this.redis();
    if (redis === undefined) {
      const cause = new Error('no connection yet');
      for (const { question } of waiting) question.failed(cause);
      return;
    }
    const groups = redis instanceof Cluster ? Map.groupBy(waiting, ({ tag }) => tag).values() : [waiting];
    for (const group of groups) {
      for (let at = 0; at < group.length; at += KEYS_PER_COMMAND) ask(redis, group.slice(at, at + KEYS_PER_COMMAND));
    }
  }
}

function ask(redis: RedisOrCluster, group: readonly Waiting[]): void {
  const keys = group.map(({ key }) => key);
  const found = keys.length === 1 ? redis.getBuffer(keys[0]!).then((value) => [value]) : redis.mgetBuffer(...keys);
  found.then(
    (values) => group.forEach((one, i) => fill(one, values[i]!)),
    (cause: unknown) => group.forEach(({ question }) => question.failed(cause)),
  );
}

function fill({ question, at }: Waiting, value: Buffer | null): void {
  question.values[at] = value;
  question.left -= 1;
  if (question.left === 0) question.answered(question.values);
}
