import type { Alert } from '@hermes/contracts/alert';
import type { Pool } from 'pg';
import { ALERT_COLUMNS, type AlertRow, alertOfRow } from './alert-row.ts';

export interface AlertPage {
  readonly status?: Alert['status'] | undefined;
  readonly limit: number;
  /** Id of the alert, or instant (ISO 8601), before which the page begins. */
  readonly before?: string | undefined;
}

/** One notification of an alert, with the log of its attempts. */
export interface NotificationView {
  readonly id: string;
  readonly webhookId: string;
  /** The receiver's origin: paths and queries of webhooks often are secrets, and viewers read this. */
  readonly url: string;
  readonly moment: 'firing' | 'resolved';
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly lastError: string | null;
  readonly createdAt: string;
  readonly nextAttemptAt: string | null;
  readonly finishedAt: string | null;
  readonly attempts: readonly {
    readonly number: number;
    readonly at: string;
    readonly durationMs: number;
    readonly httpStatus: number | null;
    readonly error: string | null;
  }[];
}

interface NotificationRow {
  readonly id: string;
  readonly webhook_id: string;
  readonly url: string;
  readonly moment: NotificationView['moment'];
  readonly status: NotificationView['status'];
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly due_at: Date;
  readonly finished_at: Date | null;
  readonly number: number | null;
  readonly at: Date;
  readonly duration_ms: number;
  readonly http_status: number | null;
  readonly error: string | null;
}

/** Newest first. */
export async function listAlerts(db: Pool, project: string, page: AlertPage): Promise<readonly Alert[]> {
  const isInstant = page.before !== undefined && /^\d{4}-\d\d-\d\dT/.test(page.before);
  const { rows } = await db.query<AlertRow>(
    `SELECT ${ALERT_COLUMNS} FROM alerting.alert a
     WHERE a.project = $1
       AND ($2::text IS NULL OR a.status = $2)
       AND ($3::text IS NULL OR a.number < (SELECT b.number FROM alerting.alert b WHERE b.project = $1 AND b.id = $3))
       AND ($4::timestamptz IS NULL OR a.started_at < $4)
     ORDER BY a.number DESC LIMIT $5`,
    [
      project,
      page.status ?? null,
      isInstant ? null : (page.before ?? null),
      isInstant ? page.before : null,
      page.limit,
    ],
  );
  return rows.map(alertOfRow);
}

export async function alertsById(db: Pool, project: string, ids: readonly string[]): Promise<readonly Alert[]> {
  const { rows } = await db.query<AlertRow>(
    `SELECT ${ALERT_COLUMNS} FROM alerting.alert a WHERE a.project = $1 AND a.id = ANY($2) ORDER BY a.number`,
    [project, ids],
  );
  return rows.map(alertOfRow);
}

export async function notificationsOf(db: Pool, alertId: string): Promise<readonly NotificationView[]> {
  const { rows } = await db.query<NotificationRow>(
    `SELECT n.id, n.webhook_id, w.url, n.moment, n.status, n.last_error, n.created_at, n.due_at, n.finished_at,
       t.number, t.at, t.duration_ms, t.http_status, t.error
     FROM alerting.notification n JOIN alerting.webhook w ON w.id = n.webhook_id
     LEFT JOIN alerting.attempt t ON t.notification_id = n.id
     WHERE n.alert_id = $1 ORDER BY n.created_at, n.id, t.number`,
    [alertId],
  );
  const byId = Map.groupBy(rows, (row) => row.id);
  return [...byId.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return {
      id: first.id,
      webhookId: first.webhook_id,
      url: new URL(first.url).origin,
      moment: first.moment,
      status: first.status,
      lastError: first.last_error,
      createdAt: first.created_at.toISOString(),
      nextAttemptAt: first.status === 'pending' ? first.due_at.toISOString() : null,
      finishedAt: first.finished_at?.toISOString() ?? null,
      attempts: group.flatMap((row) =>
        row.number === null
          ? []
          : [
              {
                number: row.number,
                at: row.at.toISOString(),
                durationMs: row.duration_ms,
                httpStatus: row.http_status,
                error: row.error,
              },
            ],
      ),
    };
  });
}

/**
 * A person has seen the alert; the first one counts. A decision's alert ends with it, a watch's alert ends when its condition does.
 *
 * @returns the alert as it is now, or undefined when the project has none of this id
 */
export async function acknowledgeAlert(
  db: Pool,
  project: string,
  id: string,
  person: string,
): Promise<Alert | undefined> {
  await db.query(
    `UPDATE alerting.alert SET acknowledged_at = now(), acknowledged_by = $3,
       status = CASE WHEN kind = 'decision' THEN 'resolved' ELSE status END,
       resolved_at = CASE WHEN kind = 'decision' THEN now() ELSE resolved_at END
     WHERE project = $1 AND id = $2 AND acknowledged_at IS NULL`,
    [project, id, person],
  );
  return (await alertsById(db, project, [id]))[0];
}
