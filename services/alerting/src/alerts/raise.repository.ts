import type { RaisedAlert } from '@hermes/alerts/decision-alert';
import { severityRank } from '@hermes/alerts/severity';
import type { Pool, PoolClient } from 'pg';

/** A notification that was just made, for the queue. */
export interface NewNotification {
  readonly id: string;
  readonly project: string;
}

export interface Raised {
  /** Ids of the alerts that are new; the others were there already. */
  readonly alertIds: readonly string[];
  readonly notifications: readonly NewNotification[];
}

/**
 * One statement, so one round trip and one transaction: the alerts that are new, and a notification for each of them and each
 * receiver of its project that asks for its severity. Alerts that exist change nothing, so reading a decision twice is harmless.
 * The notification's id is built as `notificationId` in `@hermes/alerts` has it.
 */
const RAISE = `
WITH input AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[])
    AS t (id, project, kind, severity, severity_rank, title, detail, subject, decision_id, rule_id, started_at, received_at,
      accepted_at, decided_at, alerted_at)
), raised AS (
  INSERT INTO alerting.alert (id, project, kind, status, severity, severity_rank, title, detail, subject, decision_id, rule_id,
    started_at, received_at, accepted_at, decided_at, alerted_at)
  SELECT id, project, kind, 'firing', severity, severity_rank, title, detail, subject, decision_id, rule_id,
    started_at, received_at, accepted_at, decided_at, alerted_at FROM input
  ON CONFLICT (id) DO NOTHING
  RETURNING id, project, severity_rank
), told AS (
  INSERT INTO alerting.notification (id, alert_id, webhook_id, project, moment)
  SELECT raised.id || '.' || w.id || '.firing', raised.id, w.id, raised.project, 'firing'
  FROM raised JOIN alerting.webhook w
    ON w.project = raised.project AND w.deleted_at IS NULL AND w.alerts AND w.minimum_rank <= raised.severity_rank
  ON CONFLICT (id) DO NOTHING
  RETURNING id, alert_id, project
)
SELECT raised.id AS alert_id, told.id AS notification_id, raised.project FROM raised LEFT JOIN told ON told.alert_id = raised.id`;

interface RaisedRow {
  readonly alert_id: string;
  readonly notification_id: string | null;
  readonly project: string;
}

/** Writes alerts and their notifications. Rejects with pg's error when PostgreSQL is away. */
export async function raiseAlerts(db: Pool | PoolClient, raised: readonly RaisedAlert[]): Promise<Raised> {
  if (raised.length === 0) return { alertIds: [], notifications: [] };
  const column = <T>(pick: (item: RaisedAlert) => T): T[] => raised.map(pick);
  const { rows } = await db.query<RaisedRow>({
    name: 'alerting-raise',
    text: RAISE,
    values: [
      column(({ alert }) => alert.id),
      column(({ alert }) => alert.project),
      column(({ alert }) => alert.kind),
      column(({ alert }) => alert.severity),
      column(({ alert }) => severityRank(alert.severity)),
      column(({ alert }) => alert.title),
      column(({ alert }) => alert.detail),
      column(({ alert }) => alert.subject),
      column(({ alert }) => alert.decisionId),
      column(({ alert }) => alert.ruleId),
      column(({ alert }) => alert.startedAt),
      column(({ timings }) => timings.receivedAt),
      column(({ timings }) => timings.acceptedAt),
      column(({ timings }) => timings.decidedAt),
      column(({ timings }) => timings.alertedAt),
    ],
  });
  return {
    alertIds: [...new Set(rows.map((row) => row.alert_id))],
    notifications: rows.flatMap((row) =>
      row.notification_id === null ? [] : [{ id: row.notification_id, project: row.project }],
    ),
  };
}

/** Ends firings by id, and tells each receiver that was told of their beginning. Ending one twice changes nothing. */
export async function resolveAlert(
  db: Pool | PoolClient,
  alertId: string,
  detail: string,
  resolvedAt: string,
): Promise<Raised> {
  const { rows } = await db.query<RaisedRow>(
    `WITH resolved AS (
       UPDATE alerting.alert SET status = 'resolved', resolved_at = $3, detail = detail || '; ' || $2
       WHERE id = $1 AND status = 'firing' RETURNING id, project
     ), told AS (
       INSERT INTO alerting.notification (id, alert_id, webhook_id, project, moment)
       SELECT n.alert_id || '.' || n.webhook_id || '.resolved', n.alert_id, n.webhook_id, n.project, 'resolved'
       FROM resolved JOIN alerting.notification n ON n.alert_id = resolved.id AND n.moment = 'firing'
       ON CONFLICT (id) DO NOTHING
       RETURNING id, alert_id
     )
     SELECT resolved.id AS alert_id, told.id AS notification_id, resolved.project
     FROM resolved LEFT JOIN told ON told.alert_id = resolved.id`,
    [alertId, detail, resolvedAt],
  );
  return {
    alertIds: rows.map((row) => row.alert_id),
    notifications: rows.flatMap((row) =>
      row.notification_id === null ? [] : [{ id: row.notification_id, project: row.project }],
    ),
  };
}
