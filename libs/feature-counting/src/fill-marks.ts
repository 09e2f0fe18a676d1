import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import { cutOf } from '@hermes/stream-runtime/definition-cuts';
import { definitionCutsKey, stateKey } from '@hermes/stream-runtime/state-keys';
import type { CountingJob } from './counting-job.ts';
import { FillMark, fillMarkKey } from './fill-mark.ts';
import { fillInjection, FillMovedError, type MarkMove } from './fill-partition.ts';

/** An injection takes 200 keys. */
const MARKS_PER_STEP = 100;

export interface FillMarksParts {
  readonly project: string;
  readonly partitions: number;
  /** The job that reads `<project>.events`, and whose switches of definition sets therefore say where counting began. */
  readonly eventsJob: string;
  readonly redis: RedisOrCluster;
}

/** Has the change made by the partition's owner. @throws FillMovedError when that is not this process */
export async function inject(
  job: CountingJob,
  partition: number,
  injection: Parameters<CountingJob['inject']>[1],
): Promise<void> {
  const outcome = await job.inject(partition, injection);
  if (outcome === 'not-owned') throw new FillMovedError('another process owns the partition now');
}

/** The marks of fills in the partitions' state: where each begins, and how far it has got. */
export class FillMarks {
  private readonly parts: FillMarksParts;
  constructor(parts: FillMarksParts) {
    this.parts = parts;
  }

  async read({ job }: CountingJob, partition: number, { slot }: CompiledFeature): Promise<FillMark | undefined> {
    const { project, redis } = this.parts;
    const bytes = await redis.getBuffer(stateKey(job, project, partition, fillMarkKey(slot)));
    return bytes === null ? undefined : FillMark.decode(bytes);
  }

  /**
   * Keeps where the counting of features began, since which sets a partition has switched to is remembered for a while only. Those that have not begun
   * yet are left out, and so are those of which it is not known, which are told one by one.
   *
   * @returns those that are marked now
   * @throws FillMovedError when somebody else marks them
   */
  async begin(
    job: CountingJob,
    partition: number,
    features: readonly CompiledFeature[],
    onUnknown: (feature: CompiledFeature, error: unknown) => void,
  ): Promise<readonly CompiledFeature[]> {
    const moves: MarkMove[] = [];
    for (const feature of features) {
      try {
        const cuts = await this.cutsOf(job, partition, feature);
        if (cuts === undefined) continue;
        const after = new FillMark({ cuts, isDone: false, cursor: '', events: 0, keptSince: '' });
        moves.push({ feature, before: undefined, after });
      } catch (error) {
        onUnknown(feature, error);
      }
    }
    for (let at = 0; at < moves.length; at += MARKS_PER_STEP)
      await inject(job, partition, fillInjection([], moves.slice(at, at + MARKS_PER_STEP)));
    return moves.map(({ feature }) => feature);
  }

  /**
   * Where live counting begins, by partition of `<project>.events`: of this partition for the event's subject, of all for other keys, whose
   * events come from everywhere. undefined while a partition has not switched.
   */
  private async cutsOf(
    job: CountingJob,
    partition: number,
    feature: CompiledFeature,
  ): Promise<readonly number[] | undefined> {
    const { project, partitions, redis, eventsJob } = this.parts;
    const first = job.firstSetWith(feature);
    if (first === undefined)
      throw new Error(
        'too many changes were published since it was: where its counting began is not remembered. Archive what asks for it, and publish it again.',
      );
    const wanted = job.counts === 'subjects' ? [partition] : Array.from({ length: partitions }, (_, i) => i);
    const cuts: number[] = [];
    for (const one of wanted) {
      const cut = cutOf(await redis.hgetall(definitionCutsKey(eventsJob, project, one)), first);
      if (cut === undefined) return undefined;
      cuts.push(cut);
    }
    return cuts;
  }
}
