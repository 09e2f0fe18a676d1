import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import type { Logger } from 'pino';
import type { SubscriptionsRepository } from './subscriptions.repository.ts';

const SWEEP_EVERY_MS = 5_000;

/** Ends leases whose time is over. The publisher finds what is to be published because of it by itself. */
export class LeaseSweep {
  private readonly subscriptions: Pick<SubscriptionsRepository, 'endExpired'>;
  private readonly logger: Pick<Logger, 'error'>;
  private readonly timer: NodeJS.Timeout;
  private sweeping: Promise<void> | undefined;

  constructor(
    subscriptions: Pick<SubscriptionsRepository, 'endExpired'>,
    logger: Pick<Logger, 'error'>,
    everyMs = SWEEP_EVERY_MS,
  ) {
    this.subscriptions = subscriptions;
    this.logger = logger;
    this.timer = setInterval(() => this.sweep(), everyMs);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  private sweep(): void {
    this.sweeping ??= this.subscriptions
      .endExpired()
      .then(() => undefined)
      .catch((error: unknown) => {
        // While PostgreSQL is away nobody can subscribe either; what has ended meanwhile ends when it is back.
        if (!isPostgresAway(error)) this.logger.error({ err: error }, 'leases that have expired could not be ended');
      })
      .finally(() => (this.sweeping = undefined));
  }
}
