import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import type { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import type { Logger } from 'pino';
import type { DueDraft, SchedulesRepository } from './schedules.repository.ts';

/** A draft is in force within a second of its time. */
const SWEEP_EVERY_MS = 200;
const PAUSE_AFTER_FAILURE_MS = 2_000;

const nameOf = ({ project, id }: DueDraft): string => `${project} ${id}`;

/** Publishes drafts when their time has come. Every process does; the database lets one of them do it. */
export class ScheduleSweep {
  private readonly schedules: Pick<SchedulesRepository, 'due' | 'publishDue'>;
  private readonly publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>;
  private readonly logger: Pick<Logger, 'error' | 'warn'>;
  private readonly timer: NodeJS.Timeout;
  private sweeping: Promise<void> | undefined;
  private pausedUntilMs = 0;
  /** When drafts that could not be published are tried again. */
  private readonly waitsUntilMs = new Map<string, number>();

  constructor(
    schedules: Pick<SchedulesRepository, 'due' | 'publishDue'>,
    publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>,
    logger: Pick<Logger, 'error' | 'warn'>,
  ) {
    this.schedules = schedules;
    this.publisher = publisher;
    this.logger = logger;
    this.timer = setInterval(() => this.sweep(), SWEEP_EVERY_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  private sweep(): void {
    if (performance.now() < this.pausedUntilMs) return;
    this.sweeping ??= this.publishAllDue().finally(() => (this.sweeping = undefined));
  }

  private async publishAllDue(): Promise<void> {
    try {
      for (const due of await this.schedules.due())
        if ((this.waitsUntilMs.get(nameOf(due)) ?? 0) <= performance.now()) await this.publishOne(due);
    } catch (error) {
      this.pausedUntilMs = performance.now() + PAUSE_AFTER_FAILURE_MS;
      this.tellFailure(error, 'drafts that are due could not be asked for');
    }
  }

  /** What fails here holds up no other draft. */
  private async publishOne(due: DueDraft): Promise<void> {
    try {
      const isPublished = await this.schedules.publishDue(due);
      this.waitsUntilMs.delete(nameOf(due));
      if (!isPublished) return;
      // Kafka may take its time, and what it does not get now goes with the publisher's own sweep: no draft waits for it.
      void this.publisher.publishSoon(due.project);
    } catch (error) {
      this.waitsUntilMs.set(nameOf(due), performance.now() + PAUSE_AFTER_FAILURE_MS);
      this.tellFailure(error, `the draft of the rule '${due.id}' in '${due.project}' could not be published yet`);
    }
  }

  private tellFailure(error: unknown, what: string): void {
    // While PostgreSQL is away nothing can be published anyhow; what has become due meanwhile is when it is back.
    if (isPostgresAway(error)) this.logger.warn({ err: error }, `${what}; trying again`);
    else this.logger.error({ err: error }, `${what}; trying again`);
  }
}
