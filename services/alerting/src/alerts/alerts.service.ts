import { Alert } from '@hermes/contracts/alert';
import type { AlertList } from '@hermes/contracts/alert-api';
import { notFound } from '@hermes/service-kit/problem';
import type { Pool } from 'pg';
import { type Observable, interval, map, merge, takeUntil, last } from 'rxjs';
import { z } from 'zod';
import { NotificationView } from '../notifications/notification-view.ts';
import type { AlertFeed } from './alert-feed.ts';
import { acknowledgeAlert, alertsById, listAlerts, notificationsOf } from './alerts.repository.ts';

export const AlertQuery = z.object({
  status: Alert.shape.status.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** Id of an alert, or an ISO 8601 instant: the page holds what is older. */
  before: z.string().min(1).max(100).optional(),
});
export type AlertQuery = z.infer<typeof AlertQuery>;

export const AlertDetail = Alert.extend({ notifications: z.array(NotificationView) });
export type AlertDetail = z.infer<typeof AlertDetail>;

/** One message of the stream: an alert as it is now, or a sign of life. */
export interface StreamMessage {
  readonly data: Alert | Record<string, never>;
  readonly type?: string;
  readonly id?: string;
}

/** Keeps proxies from closing a quiet stream. */
const PING_EVERY_MS = 15_000;

/** The inbox of one project. */
export class AlertsService {
  private readonly db: Pool;
  private readonly feed: AlertFeed;

  constructor(db: Pool, feed: AlertFeed) {
    this.db = db;
    this.feed = feed;
  }

  async list(project: string, query: AlertQuery): Promise<AlertList> {
    const alerts = await listAlerts(this.db, project, query);
    return { alerts: [...alerts], next: alerts.length < query.limit ? null : (alerts.at(-1)?.id ?? null) };
  }

  /** @throws ProblemError 404 */
  async detail(project: string, id: string): Promise<AlertDetail> {
    const [alert] = await alertsById(this.db, project, [id]);
    if (alert === undefined) throw notFound('alert', id);
    return { ...alert, notifications: [...(await notificationsOf(this.db, id))] };
  }

  /** @throws ProblemError 404 */
  async acknowledge(project: string, id: string, person: string): Promise<Alert> {
    const alert = await acknowledgeAlert(this.db, project, id, person);
    if (alert === undefined) throw notFound('alert', id);
    this.feed.announce(project, [id]);
    return alert;
  }

  stream(project: string): Observable<StreamMessage> {
    const alerts = this.feed.of(project);
    const ends = alerts.pipe(last(undefined, null));
    const pings = interval(PING_EVERY_MS).pipe(
      takeUntil(ends),
      map((): StreamMessage => ({ type: 'ping', data: {} })),
    );
    return merge(alerts.pipe(map((alert): StreamMessage => ({ id: alert.id, data: alert }))), pings);
  }
}
