import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import type { ServiceMetrics } from '@hermes/service-kit/metrics';
import type { ValuesInMemory } from '../profiles/profiles.repository.ts';
import type { SharedMemory } from './shared-memory.ts';
import { SharedReader } from './shared-reader.ts';

/**
 * What the processing thread has left in memory, for reads. While Redis is away there is nothing: an answer that grows old and does not say so
 * would look like a profile as it is now.
 */
export function valuesInMemory(
  shared: SharedMemory | undefined,
  redis: () => RedisOrCluster | undefined,
  metrics: Pick<ServiceMetrics, 'counter'>,
): ValuesInMemory {
  const reader = shared && new SharedReader(shared);
  const found = metrics.counter('profile_memory_reads_total', 'Profiles that were read from memory');
  const missed = metrics.counter('profile_redis_reads_total', 'Profiles that were read from Redis');
  return {
    read(keys) {
      const values = redis()?.status === 'ready' ? reader?.read(keys) : undefined;
      (values === undefined ? missed : found).inc();
      return values;
    },
  };
}
