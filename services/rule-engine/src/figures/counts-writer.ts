import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { CountsRepository } from './counts.repository.ts';
import type { RuleCount, RuleCounts } from './rule-counts.ts';

const WRITE_EVERY_MS = 5_000;

interface Batch {
  readonly counts: readonly RuleCount[];
  readonly atMs: number;
  readonly token: string;
}

/**
 * Writes what was counted each 5 s. One batch at a time: what could not be written is tried again as it was, and what is counted meanwhile waits, so an
 * outage loses and doubles nothing; a process that is killed loses what it had counted in its last seconds.
 */
export class CountsWriter {
  private readonly counts: RuleCounts;
  private readonly repository: Pick<CountsRepository, 'add'>;
  private readonly logger: Pick<Logger, 'warn'>;
  private readonly timer: NodeJS.Timeout;
  private unwritten: Batch | undefined;
  private writing: Promise<void> | undefined;

  constructor(
    counts: RuleCounts,
    repository: Pick<CountsRepository, 'add'>,
    logger: Pick<Logger, 'warn'>,
    everyMs = WRITE_EVERY_MS,
  ) {
    this.counts = counts;
    this.repository = repository;
    this.logger = logger;
    this.timer = setInterval(() => void this.write(), everyMs);
  }

  /** Writes the rest, if that can be done at once. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.writing;
    await this.write();
  }

  private write(): Promise<void> {
    return (this.writing ??= this.writeOnce().finally(() => (this.writing = undefined)));
  }

  private async writeOnce(): Promise<void> {
    if (this.unwritten === undefined) {
      const counts = this.counts.take();
      if (counts.length === 0) return;
      this.unwritten = { counts, atMs: Date.now(), token: randomUUID() };
    }
    try {
      const { counts, atMs, token } = this.unwritten;
      await this.repository.add(counts, atMs, token);
      this.unwritten = undefined;
    } catch (error) {
      this.logger.warn({ err: error }, 'how often rules were asked could not be written; trying again');
    }
  }
}
