import { randomUUID } from 'node:crypto';
import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import type { Logger } from 'pino';
import type { BacktestThread } from './backtest-thread.ts';
import type { BacktestsRepository, ClaimedBacktest } from './backtests.repository.ts';

/** A run begins within half a second of being asked for, and is cancelled as soon. */
const LOOK_EVERY_MS = 500;
/** Far within the lease. */
const RENEW_EVERY_MS = 1_000;
const FORGET_EVERY_MS = 3_600_000;
const PAUSE_AFTER_FAILURE_MS = 2_000;

export interface RunnerParts {
  readonly backtests: Pick<BacktestsRepository, 'claim' | 'renew' | 'release' | 'end' | 'forgetOld'>;
  readonly start: (claimed: ClaimedBacktest) => BacktestThread;
  /** Those that this process has taken up. */
  readonly projects: () => readonly string[];
  /** Whether an erasure of a project covers what happened to a subject, or to a key, at an instant. */
  readonly isErased: (project: string, who: string, atMs: number) => boolean;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}

interface Running {
  readonly claimed: ClaimedBacktest;
  readonly thread: BacktestThread;
  renewedMs: number;
}

/** Does the runs that are waiting, one at a time; every process does, and the database gives each run to one. */
export class BacktestRunner {
  private readonly parts: RunnerParts;
  private readonly owner = randomUUID();
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> | undefined;
  private running: Running | undefined;
  private pausedUntilMs = 0;
  private forgottenMs = Number.NEGATIVE_INFINITY;

  constructor(parts: RunnerParts) {
    this.parts = parts;
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** Gives back what is under way: another process begins it anew. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    const { running } = this;
    if (running === undefined) return;
    this.running = undefined;
    await running.thread.stop();
    await this.parts.backtests.release(running.claimed.id, this.owner).catch((error: unknown) => this.tell(error));
  }

  private look(): void {
    if (performance.now() < this.pausedUntilMs) return;
    this.looking ??= this.work()
      .catch((error: unknown) => {
        this.pausedUntilMs = performance.now() + PAUSE_AFTER_FAILURE_MS;
        this.tell(error);
      })
      .finally(() => (this.looking = undefined));
  }

  private async work(): Promise<void> {
    const { backtests } = this.parts;
    if (this.running !== undefined) return this.renew(this.running);
    if (performance.now() - this.forgottenMs > FORGET_EVERY_MS) {
      this.forgottenMs = performance.now();
      await backtests.forgetOld();
    }
    const claimed = await backtests.claim(this.owner, this.parts.projects());
    if (claimed !== undefined) this.begin(claimed);
  }

  private begin(claimed: ClaimedBacktest): void {
    const running: Running = { claimed, thread: this.parts.start(claimed), renewedMs: performance.now() };
    this.running = running;
    this.parts.logger.info({ backtest: claimed.id, project: claimed.setting.project }, 'a backtest begins');
    void running.thread.ended.then((end) => this.end(running, end));
  }

  private async renew(running: Running): Promise<void> {
    const { backtests } = this.parts;
    if (performance.now() - running.renewedMs < RENEW_EVERY_MS) return;
    running.renewedMs = performance.now();
    if (await backtests.renew(running.claimed.id, this.owner, running.thread.progress())) return;
    // Cancelled, or another process has taken it for dead.
    if (this.running !== running) return;
    this.running = undefined;
    await running.thread.stop();
  }

  private async end(running: Running, end: Awaited<BacktestThread['ended']>): Promise<void> {
    if (this.running !== running) return;
    const { backtests, logger, isErased } = this.parts;
    const { id, setting } = running.claimed;
    if (end.kind === 'failed') logger.warn({ backtest: id, ...end.problem }, 'a backtest failed');
    try {
      await backtests.end(running.claimed, this.owner, end, (who, atMs) => isErased(setting.project, who, atMs));
    } catch (error) {
      // The lease runs out, and the run is done again.
      this.tell(error);
    } finally {
      if (this.running === running) this.running = undefined;
    }
  }

  private tell(error: unknown): void {
    const { logger } = this.parts;
    if (isPostgresAway(error)) logger.warn({ err: error }, 'backtests wait for PostgreSQL');
    else logger.error({ err: error }, 'backtests could not be looked after');
  }
}
