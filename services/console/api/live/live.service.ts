import { Alert } from '@hermes/contracts/alert';
import type { Transactions } from '@hermes/contracts/console-api';
import type { ProjectRecord, TokenClaims } from '@hermes/contracts/control';
import { PLATFORM_PROJECT } from '@hermes/contracts/identifiers';
import type { Logger } from 'pino';
import type { Observable } from 'rxjs';
import { z } from 'zod';
import { type Range, rangeKey } from '../transactions/range.ts';
import type { TransactionsService } from '../transactions/transactions.service.ts';
import { SharedPolls } from './shared-poll.ts';

const EVERY_MS = 1_000;
const READ_LIMIT_MS = 5_000;
const NEWEST = 100;

const AlertsAnswer = z.object({ alerts: z.array(Alert), next: z.string().nullish() });

/** The newest alerts, or that alerting does not answer. */
export interface LiveAlerts {
  readonly available: boolean;
  /** There are older ones that are not here. */
  readonly more: boolean;
  readonly alerts: readonly Alert[];
}

export interface LiveServiceOptions {
  readonly transactions: TransactionsService;
  readonly alertingUrl: string;
  readonly sign: (claims: TokenClaims) => Promise<string>;
  readonly logger: Logger;
}

/** What a live page hears: read once a second per project however many watch, and not at all when nobody does. */
export class LiveService {
  private readonly options: LiveServiceOptions;
  private readonly polls = new SharedPolls();
  constructor(options: LiveServiceOptions) {
    this.options = options;
  }

  transactions(project: ProjectRecord, range: Range): Observable<Transactions> {
    return this.polls.listen(`transactions/${project.id}/${rangeKey(range)}`, {
      read: () => this.options.transactions.read(project, range, Date.now()),
      everyMs: EVERY_MS,
      onError: (error) =>
        this.options.logger.warn({ err: error, project: project.id }, 'transactions could not be read'),
    });
  }

  /** The project's alerts; operators also hear the platform's own. */
  alerts(project: ProjectRecord, operator: boolean): Observable<LiveAlerts> {
    const projects = operator ? [project.id, PLATFORM_PROJECT] : [project.id];
    return this.polls.listen(`alerts/${projects.join('+')}`, {
      read: () => this.readAlerts(projects),
      everyMs: EVERY_MS,
      onError: (error) => this.options.logger.warn({ err: error, project: project.id }, 'alerts could not be read'),
    });
  }

  close(): void {
    this.polls.close();
  }

  private async readAlerts(projects: readonly string[]): Promise<LiveAlerts> {
    try {
      const lists = await Promise.all(projects.map((project) => this.newestAlerts(project)));
      const newestFirst = lists
        .flatMap(({ alerts }) => alerts)
        .toSorted((a, b) => b.startedAt.localeCompare(a.startedAt) || b.id.localeCompare(a.id));
      const alerts = newestFirst.slice(0, NEWEST);
      return {
        available: true,
        more: alerts.length < newestFirst.length || lists.some(({ next }) => typeof next === 'string'),
        alerts,
      };
    } catch (error) {
      this.options.logger.debug({ err: error }, 'alerting does not answer');
      return { available: false, more: false, alerts: [] };
    }
  }

  private async newestAlerts(project: string): Promise<z.infer<typeof AlertsAnswer>> {
    const platform = project === PLATFORM_PROJECT;
    const token = await this.options.sign({
      sub: 'console',
      email: 'console',
      roles: { [project]: 'viewer' },
      operator: platform,
    });
    const path = platform ? 'platform/alerts' : `projects/${project}/alerts`;
    const response = await fetch(`${this.options.alertingUrl}/v1/${path}?limit=${NEWEST}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(READ_LIMIT_MS),
    });
    // A project that alerting has not heard of yet has no alerts.
    if (response.status === 404) return { alerts: [] };
    if (!response.ok) throw new Error(`alerting answered ${response.status}`);
    return AlertsAnswer.parse(await response.json());
  }
}
