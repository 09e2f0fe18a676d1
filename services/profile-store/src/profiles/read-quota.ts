import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import type { CallerIdentity } from '@hermes/service-kit/access';
import { ProblemError, unavailable } from '@hermes/service-kit/problem';

const MINUTE_MS = 60_000;

/** Key of a quota's counter in one minute. */
const counterKey = (key: string, minute: number): string => `hermes:reads:{${key}}:${String(minute)}`;

/**
 * How many profiles a key may read a minute, counted over all processes in Redis. Keys without a quota cost nothing. A minute is one of the
 * clock's.
 */
export class ReadQuota {
  private readonly redis: () => RedisOrCluster | undefined;

  constructor(redis: () => RedisOrCluster | undefined) {
    this.redis = redis;
  }

  /** @throws ProblemError 429 `read-quota` with Retry-After; 503 when Redis is away */
  async take(caller: CallerIdentity, profiles: number): Promise<void> {
    if (caller.kind !== 'key' || caller.key.readsPerMinute === undefined) return;
    const nowMs = Date.now();
    const minute = Math.floor(nowMs / MINUTE_MS);
    const counter = counterKey(caller.key.id, minute);
    let used: number;
    try {
      const redis = this.redis();
      if (redis === undefined) throw new Error('no connection yet');
      const answers = await redis
        .multi()
        .incrby(counter, profiles)
        .pexpire(counter, 2 * MINUTE_MS)
        .exec();
      used = Number(answers?.[0]?.[1]);
    } catch (cause) {
      throw unavailable('Redis', cause);
    }
    if (used <= caller.key.readsPerMinute) return;
    const retryAfterS = Math.ceil(((minute + 1) * MINUTE_MS - nowMs) / 1_000);
    throw new ProblemError({
      status: 429,
      code: 'read-quota',
      title: 'The quota is used up',
      detail: `The key '${caller.key.name}' may read ${caller.key.readsPerMinute} profiles a minute; try again in ${retryAfterS} s.`,
      headers: { 'retry-after': String(retryAfterS) },
    });
  }
}
