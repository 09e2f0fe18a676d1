import type { CallOfDecision } from '@hermes/alerts/decision-calls';
import { storedText } from '@hermes/alerts/stored-text';
import type { Pool } from 'pg';
import type { NewNotification } from '../alerts/raise.repository.ts';
import { type CallContent, NOTHING_MORE } from '../notifications/notifications.repository.ts';
import {
  NOTIFICATION_COLUMNS,
  type NotificationRow,
  type NotificationView,
  notificationViews,
} from '../notifications/notification-view.ts';

/** A webhook that a rule called, or calls. */
export type CallView = NotificationView & { readonly decisionId: string };

export interface CallPage {
  readonly decisionId?: string | undefined;
  readonly status?: NotificationView['status'] | undefined;
  readonly limit: number;
  /** Id of the call before which the page begins. */
  readonly before?: string | undefined;
}

/**
 * Writes calls that are new, and answers those that are to be delivered; one of a webhook that the project does not have has failed. Calls that exist
 * change nothing, so reading a decision twice is harmless.
 */
export async function addCalls(db: Pool, calls: readonly CallOfDecision[]): Promise<readonly NewNotification[]> {
  if (calls.length === 0) return [];
  const { rows } = await db.query<NewNotification>(
    `WITH input AS (
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
         AS t (id, project, webhook_id, decision_id, content)
     ), told AS (
       INSERT INTO alerting.notification (id, project, webhook_id, moment, decision_id, content, status, last_error, finished_at)
       SELECT i.id, i.project, w.id, 'action', i.decision_id, CASE WHEN w.id IS NULL THEN '${NOTHING_MORE}' ELSE i.content END,
         CASE WHEN w.id IS NULL THEN 'failed' ELSE 'pending' END,
         CASE WHEN w.id IS NULL THEN 'the project has no webhook ' || i.webhook_id END,
         CASE WHEN w.id IS NULL THEN now() END
       FROM input i LEFT JOIN alerting.webhook w
         ON w.id = i.webhook_id AND w.project = i.project AND w.deleted_at IS NULL
       ON CONFLICT (id) DO NOTHING
       RETURNING id, project, status
     )
     SELECT id, project FROM told WHERE status = 'pending'`,
    [
      calls.map(({ id }) => id),
      calls.map(({ project }) => project),
      calls.map(({ webhookId }) => webhookId),
      calls.map(({ call }) => storedText(call.decisionId, 300)),
      calls.map(({ call, timings }) => JSON.stringify({ call, timings } satisfies CallContent)),
    ],
  );
  return rows;
}

/** Newest first. */
export async function listCalls(db: Pool, project: string, page: CallPage): Promise<readonly CallView[]> {
  const { rows } = await db.query<NotificationRow & { readonly decision_id: string }>(
    `WITH page AS (
       SELECT n.* FROM alerting.notification n
       WHERE n.project = $1 AND n.moment = 'action'
         AND ($2::text IS NULL OR n.decision_id = $2)
         AND ($3::text IS NULL OR n.status = $3)
         AND ($4::text IS NULL OR (n.created_at, n.id) <
           (SELECT b.created_at, b.id FROM alerting.notification b WHERE b.project = $1 AND b.id = $4))
       ORDER BY n.created_at DESC, n.id DESC LIMIT $5
     )
     SELECT ${NOTIFICATION_COLUMNS}, n.decision_id FROM page n LEFT JOIN alerting.webhook w ON w.id = n.webhook_id
     LEFT JOIN alerting.attempt t ON t.notification_id = n.id
     ORDER BY n.created_at DESC, n.id DESC, t.number`,
    [project, page.decisionId ?? null, page.status ?? null, page.before ?? null, page.limit],
  );
  const decisionOf = new Map(rows.map((row) => [row.id, row.decision_id]));
  return notificationViews(rows).map((view) => ({ ...view, decisionId: decisionOf.get(view.id) ?? '' }));
}
