import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import type { ProjectRecord } from '@hermes/contracts/control';
import type { FillPartition } from '@hermes/contracts/feature-api';
import type { Logger } from 'pino';
import type { FillMark } from '@hermes/feature-counting/fill-mark';
import { fillProgress } from '@hermes/feature-counting/fill-progress';
import { KEYED_JOB, PROFILE_JOB } from '../processing/profile-jobs.ts';
import type { FeaturesService } from './features.service.ts';

const LOOK_EVERY_MS = 500;

/** From which receipt on all partitions' history was kept; null when none had to read anything. */
const keptSince = (marks: readonly FillMark[]): string | null =>
  marks
    .map((mark) => mark.keptSince)
    .filter((at) => at !== '')
    .sort()
    .at(-1) ?? null;

/**
 * Looks at the marks that fills leave in the partitions' state, tells how far they are, and makes a version the answered one once every
 * partition has filled it. Any process may do so: the marks are the truth, and being answered twice changes nothing.
 */
export class FillWatch {
  private readonly parts: {
    readonly projects: () => readonly ProjectRecord[];
    readonly features: FeaturesService;
    readonly redis: () => RedisOrCluster | undefined;
    readonly logger: Logger;
  };
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> | undefined;

  constructor(parts: FillWatch['parts']) {
    this.parts = parts;
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => (this.looking = undefined));
    }, LOOK_EVERY_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    for (const project of this.parts.projects()) {
      try {
        await this.lookAt(project);
      } catch (error) {
        // PostgreSQL or Redis is away: fills go on, and are seen when it is back.
        this.parts.logger.debug({ err: error, project: project.id }, 'fills could not be looked at');
      }
    }
  }

  private async lookAt({ id: project, partitions }: ProjectRecord): Promise<void> {
    const { features } = this.parts;
    const redis = this.parts.redis();
    if (redis === undefined) return;
    for (const { id, version, slot } of await features.filling(project)) {
      const marks = await fillProgress(redis, { jobs: [PROFILE_JOB, KEYED_JOB], project, partitions, slot });
      const told = marks.map((mark, partition): FillPartition => ({
        partition,
        cut: mark === undefined ? null : mark.cuts.length === 1 ? mark.cuts[0]! : [...mark.cuts],
        events: mark?.events ?? 0,
        done: mark?.isDone ?? false,
      }));
      for (const partition of told) features.noteFillProgress(project, slot, partition);
      const done = marks.filter((mark): mark is FillMark => mark?.isDone === true);
      if (done.length < partitions) continue;
      await features.markLive(project, id, version, { partitions: told, keptSince: keptSince(done) });
    }
  }
}
