import type { Told } from '@hermes/alerts/webhook-message';
import type { WebhookBody } from '@hermes/contracts/alert';
import type { WebhookCall } from '@hermes/contracts/webhook-call';
import type { Pool } from 'pg';
import { ALERT_COLUMNS, type AlertRow, alertOfRow, timingsOfRow } from '../alerts/alert-row.ts';
import type { NewNotification } from '../alerts/raise.repository.ts';

/** What the sender needs to know about a notification that has not ended. */
export interface Delivery {
  readonly id: string;
  readonly attempts: number;
  /** Undefined when its receiver was deleted. */
  readonly receiver: { readonly url: string; readonly secret: string } | undefined;
  readonly told: Told;
  readonly timings: Omit<WebhookBody['timings'], 'sentAt'>;
}

type DeliveryRow = AlertRow & {
  readonly attempts: number;
  readonly url: string;
  readonly secret: string;
  readonly is_deleted: boolean;
  readonly content: string | null;
};

/** What a notification that an action of a rule makes keeps of what is sent. */
export interface CallContent {
  readonly call: WebhookCall;
  readonly timings: Delivery['timings'];
}

/** Content of a call that has ended: its event may be a person's, who wants to be forgotten. */
export const NOTHING_MORE = '{}';

export async function deliveryOf(db: Pool, notificationId: string): Promise<Delivery | undefined> {
  const { rows } = await db.query<DeliveryRow>({
    name: 'alerting-delivery',
    text: `SELECT ${ALERT_COLUMNS}, n.attempts, w.url, w.secret, w.deleted_at IS NOT NULL AS is_deleted, n.content
      FROM alerting.notification n LEFT JOIN alerting.alert a ON a.id = n.alert_id JOIN alerting.webhook w ON w.id = n.webhook_id
      WHERE n.id = $1 AND n.status = 'pending'`,
    values: [notificationId],
  });
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    id: notificationId,
    attempts: row.attempts,
    receiver: row.is_deleted ? undefined : { url: row.url, secret: row.secret },
    ...contentOf(row),
  };
}

function contentOf(row: DeliveryRow): Pick<Delivery, 'told' | 'timings'> {
  if (row.content === null) return { told: { alert: alertOfRow(row) }, timings: timingsOfRow(row) };
  const { call, timings } = JSON.parse(row.content) as CallContent;
  return { told: { call }, timings };
}

export interface AttemptRecord {
  readonly notificationId: string;
  readonly number: number;
  readonly atMs: number;
  readonly durationMs: number;
  readonly httpStatus: number | null;
  readonly error: string | null;
  readonly status: 'pending' | 'delivered' | 'failed';
  /** `pending` only: wait until the next attempt. */
  readonly retryInMs: number;
}

/** Writes an attempt and what follows from it, in one statement. A notification that has ended stays ended, and keeps no more of an event than its ids. */
export async function recordAttempt(db: Pool, attempt: AttemptRecord): Promise<void> {
  await db.query({
    name: 'alerting-attempt',
    text: `WITH logged AS (
        INSERT INTO alerting.attempt (notification_id, number, at, duration_ms, http_status, error)
        VALUES ($1, $2, to_timestamp($3 / 1000.0), $4, $5, $6) ON CONFLICT DO NOTHING
      )
      UPDATE alerting.notification SET attempts = greatest(attempts, $2), last_error = $6, status = $7,
        due_at = now() + $8 * interval '1 millisecond', finished_at = CASE WHEN $7 = 'pending' THEN NULL ELSE now() END,
        content = CASE WHEN $7 = 'pending' OR content IS NULL THEN content ELSE '${NOTHING_MORE}' END
      WHERE id = $1 AND status = 'pending'`,
    values: [
      attempt.notificationId,
      attempt.number,
      attempt.atMs,
      Math.round(attempt.durationMs),
      attempt.httpStatus,
      attempt.error,
      attempt.status,
      attempt.retryInMs,
    ],
  });
}

/**
 * Takes pending notifications that were due more than `lateMs` ago: nobody may be about to deliver them. At most `limit` of each
 * project, the longest due first, so that the many of one project keep no other's waiting. They are due again from now on: the
 * next call takes others, and these once more if nothing came of them.
 */
export async function takeOverdue(
  db: Pool,
  projects: readonly string[],
  lateMs: number,
  limit: number,
): Promise<readonly NewNotification[]> {
  const { rows } = await db.query<NewNotification>(
    `WITH late AS (
       SELECT of_project.id FROM unnest($3::text[]) AS project (id) CROSS JOIN LATERAL (
         SELECT n.id FROM alerting.notification n
         WHERE n.project = project.id AND n.status = 'pending' AND n.due_at < now() - $1 * interval '1 millisecond'
         ORDER BY n.due_at LIMIT $2 FOR UPDATE SKIP LOCKED
       ) of_project
     )
     UPDATE alerting.notification n SET due_at = now() FROM late WHERE n.id = late.id RETURNING n.id, n.project`,
    [lateMs, limit, projects],
  );
  return rows;
}
