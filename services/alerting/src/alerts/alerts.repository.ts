import type { Alert } from '@hermes/contracts/alert';
import type { Pool } from 'pg';
import {
  NOTIFICATION_COLUMNS,
  type NotificationRow,
  type NotificationView,
  notificationViews,
} from '../notifications/notification-view.ts';
import { ALERT_COLUMNS, type AlertRow, alertOfRow } from './alert-row.ts';

export interface AlertPage {
  readonly status?: Alert['status'] | undefined;
  readonly limit: number;
  /** Id of the alert, or instant (ISO 8601), before which the page begins. */
  readonly before?: string | undefined;
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
    `SELECT ${NOTIFICATION_COLUMNS} FROM alerting.notification n JOIN alerting.webhook w ON w.id = n.webhook_id
     LEFT JOIN alerting.attempt t ON t.notification_id = n.id
     WHERE n.alert_id = $1 ORDER BY n.created_at, n.id, t.number`,
    [alertId],
  );
  return notificationViews(rows);
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
