import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import type { ProjectRecord } from '@hermes/contracts/control';
import { fillProgress } from '@hermes/feature-counting/fill-progress';
import type { Logger } from 'pino';
import { RULE_JOB } from '../evaluation/rule-job.ts';
import type { CountedFeaturesRepository } from './counted-features.ts';

const LOOK_EVERY_MS = 250;

export interface FillWatchParts {
  readonly partitionsOf: (project: string) => ProjectRecord['partitions'] | undefined;
  readonly features: CountedFeaturesRepository;
  readonly redis: RedisOrCluster;
  /** Has a project's rules published soon. */
  readonly publish: (project: string) => Promise<void>;
  readonly logger: Logger;
}

/**
 * Looks at the marks that fills leave in the partitions' state, and puts the rules in force that waited for them. Any process may do so: the marks
 * are the truth, and being filled twice changes nothing.
 */
export class FillWatch {
  private readonly parts: FillWatchParts;
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> | undefined;

  constructor(parts: FillWatchParts) {
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
    const { features, partitionsOf, publish, logger } = this.parts;
    try {
      for (const [project, filling] of await features.filling()) {
        const partitions = partitionsOf(project);
        if (partitions === undefined) continue;
        let isAnyFilled = false;
        for (const { slot } of filling) {
          if (!(await this.isFilled(project, partitions, slot))) continue;
          await features.markFilled(project, slot);
          isAnyFilled = true;
        }
        if (isAnyFilled) await publish(project);
      }
    } catch (error) {
      // PostgreSQL or Redis is away: fills go on, and are seen when it is back.
      logger.debug({ err: error }, 'fills could not be looked at');
    }
  }

  private async isFilled(project: string, partitions: number, slot: number): Promise<boolean> {
    const marks = await fillProgress(this.parts.redis, { jobs: [RULE_JOB], project, partitions, slot });
    return marks.every((mark) => mark?.isDone === true);
  }
}
