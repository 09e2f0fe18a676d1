import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import type { ProjectRecord } from '@hermes/contracts/control';
import { fillProgress } from '@hermes/feature-counting/fill-progress';
import type { Logger } from 'pino';
import { RULE_JOB, RULE_KEYED_JOB } from '../evaluation/rule-job.ts';
import type { CountedFeature, CountedFeaturesRepository } from './counted-features.ts';

const LOOK_EVERY_MS = 250;

export interface FillWatchParts {
  readonly partitionsOf: (project: string) => ProjectRecord['partitions'] | undefined;
  readonly features: CountedFeaturesRepository;
  /** undefined until the server has answered. */
  readonly redis: () => RedisOrCluster | undefined;
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
    try {
      for (const [project, filling] of await this.parts.features.filling()) await this.lookAt(project, filling);
    } catch (error) {
      this.tell(error, 'fills could not be asked for');
    }
  }

  /** What fails here holds up no other project. */
  private async lookAt(project: string, filling: readonly CountedFeature[]): Promise<void> {
    const { features, partitionsOf, publish } = this.parts;
    const partitions = partitionsOf(project);
    if (partitions === undefined) return;
    let isAnyFilled = false;
    try {
      for (const { slot } of filling) {
        if (!(await this.isFilled(project, partitions, slot))) continue;
        await features.markFilled(project, slot);
        isAnyFilled = true;
      }
    } catch (error) {
      this.tell(error, `fills of "${project}" could not be looked at`);
    }
    if (isAnyFilled) await publish(project);
  }

  /** PostgreSQL or Redis away is known from elsewhere: fills go on, and are seen when it is back. */
  private tell(error: unknown, what: string): void {
    const { logger, redis } = this.parts;
    const isAway = isPostgresAway(error) || redis()?.status !== 'ready';
    logger[isAway ? 'debug' : 'warn']({ err: error }, what);
  }

  private async isFilled(project: string, partitions: number, slot: number): Promise<boolean> {
    const redis = this.parts.redis();
    if (redis === undefined) return false;
    const marks = await fillProgress(redis, { jobs: [RULE_JOB, RULE_KEYED_JOB], project, partitions, slot });
    return marks.every((mark) => mark?.isDone === true);
  }
}
