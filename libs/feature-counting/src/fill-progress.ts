import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import { stateKey } from '@hermes/stream-runtime/state-keys';
import { FillMark, fillMarkKey } from './fill-mark.ts';

/** How far the fill of a slot is in each partition of a project, by the marks in their state; undefined where it has not begun. */
export function fillProgress(
  redis: RedisOrCluster,
  {
    jobs,
    project,
    partitions,
    slot,
  }: {
    /** A slot is filled by one of them. */
    readonly jobs: readonly string[];
    readonly project: string;
    readonly partitions: number;
    readonly slot: number;
  },
): Promise<readonly (FillMark | undefined)[]> {
  const markOf = async (partition: number): Promise<FillMark | undefined> => {
    for (const job of jobs) {
      const bytes = await redis.getBuffer(stateKey(job, project, partition, fillMarkKey(slot)));
      if (bytes !== null) return FillMark.decode(bytes);
    }
    return undefined;
  };
  return Promise.all(Array.from({ length: partitions }, (_, partition) => markOf(partition)));
}
