import { z } from 'zod';

const Instant = z.iso.datetime();

/** One notification, with the log of its attempts. */
export const NotificationView = z.object({
  id: z.string(),
  /** Null where a rule names a webhook that the project does not have. */
  webhookId: z.string().nullable(),
  /** The receiver's origin: paths and queries of webhooks often are secrets, and viewers read this. */
  url: z.string().nullable(),
  moment: z.enum(['firing', 'resolved', 'action']),
  status: z.enum(['pending', 'delivered', 'failed']),
  lastError: z.string().nullable(),
  createdAt: Instant,
  nextAttemptAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
  attempts: z.array(
    z.object({
      number: z.number().int(),
      at: Instant,
      durationMs: z.number().int(),
      httpStatus: z.number().int().nullable(),
      error: z.string().nullable(),
    }),
  ),
});
export type NotificationView = z.infer<typeof NotificationView>;

/** A notification with one of its attempts, if it has any. */
export interface NotificationRow {
  readonly id: string;
  readonly webhook_id: string | null;
  readonly url: string | null;
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

/** The columns of NotificationRow, of `notification n`, `webhook w` and `attempt t`. */
export const NOTIFICATION_COLUMNS = `n.id, n.webhook_id, w.url, n.moment, n.status, n.last_error, n.created_at, n.due_at, n.finished_at,
  t.number, t.at, t.duration_ms, t.http_status, t.error`;

/** The notifications of rows that stand in their order, each notification's in the order of its attempts. */
export function notificationViews(rows: readonly NotificationRow[]): NotificationView[] {
  const byId = Map.groupBy(rows, (row) => row.id);
  return [...byId.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return {
      id: first.id,
      webhookId: first.webhook_id,
      url: first.url === null ? null : new URL(first.url).origin,
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
