import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import type { ProjectRecord } from '@hermes/contracts/control';
import { partitionOf } from '@hermes/contracts/partitioning';
import type { CountingStore } from '@hermes/feature-counting/erase-subjects';
import { segmentsKey } from '@hermes/feature-counting/segments-told';
import type { ProfileValue } from '@hermes/feature-counting/state-of-subject';
import type { RunningProcessor } from '@hermes/stream-runtime/processor-options';
import { stateKey } from '@hermes/stream-runtime/state-keys';
import { PROFILE_JOB } from './profile-jobs.ts';

/** Forgets in which segments a subject was. What it does after the erasure is decided on anew, so what is found then is of that. */
export const eraseSegments =
  (
    redis: RedisOrCluster,
    project: Pick<ProjectRecord, 'id' | 'partitions'>,
    processor: Pick<RunningProcessor<ProfileValue, unknown>, 'inject'>,
  ): NonNullable<CountingStore['eraseMore']> =>
  async (subject) => {
    const key = segmentsKey(subject);
    const partition = partitionOf(subject, project.partitions);
    const stored = await redis.exists(stateKey(PROFILE_JOB, project.id, partition, key));
    if (stored === 0) return { removed: 0, remaining: 0 };
    const applied = await processor.inject(partition, { keys: [key], apply: (context) => context.delete(key) });
    return applied === 'not-owned' ? undefined : { removed: 1, remaining: 0 };
  };
