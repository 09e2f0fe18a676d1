import type { Pool } from 'pg';

/** Rows that went, by table; attempts go with their notifications. */
export interface Removed {
  readonly alerts: number;
  readonly notifications: number;
  readonly deadLetters: number;
}

/** Ended long ago, and every receiver has its answer. An alert that fires is kept however old it is. */
const ENDED_ALERTS = `DELETE FROM alerting.alert WHERE id IN (
  SELECT a.id FROM alerting.alert a
  WHERE a.status = 'resolved' AND a.resolved_at < now() - $1 * interval '1 day'
    AND NOT EXISTS (SELECT 1 FROM alerting.notification n WHERE n.alert_id = a.id AND n.status = 'pending')
  ORDER BY a.resolved_at LIMIT $2 FOR UPDATE SKIP LOCKED)`;

/**
 * The log of alerts that still fire, and of webhooks that rules called. Not that of the platform's own: when such an alert ends, its notifications say who was told of
 * its beginning and so is told of its end.
 */
const ENDED_NOTIFICATIONS = `DELETE FROM alerting.notification WHERE id IN (
  SELECT n.id FROM alerting.notification n LEFT JOIN alerting.alert a ON a.id = n.alert_id
  WHERE n.status <> 'pending' AND n.finished_at < now() - $1 * interval '1 day' AND (n.alert_id IS NULL OR a.kind = 'decision')
  ORDER BY n.finished_at LIMIT $2 FOR UPDATE OF n SKIP LOCKED)`;

const OLD_DEAD_LETTERS = `DELETE FROM alerting.dead_letter WHERE ctid IN (
  SELECT d.ctid FROM alerting.dead_letter d WHERE d.at < now() - $1 * interval '1 day'
  ORDER BY d.at LIMIT $2 FOR UPDATE SKIP LOCKED)`;

/**
 * Deletes at most `limit` rows of each table that ended more than `days` ago: short transactions, so that nothing waits for them.
 * Processes may do so side by side: each takes rows that no other holds.
 */
export async function removeEnded(db: Pool, days: number, limit: number): Promise<Removed> {
  const remove = async (text: string): Promise<number> => (await db.query(text, [days, limit])).rowCount ?? 0;
  return {
    alerts: await remove(ENDED_ALERTS),
    notifications: await remove(ENDED_NOTIFICATIONS),
    deadLetters: await remove(OLD_DEAD_LETTERS),
  };
}
