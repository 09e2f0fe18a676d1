import { severityRank } from '@hermes/alerts/severity';
import type { Webhook, WebhookDraft } from '@hermes/contracts/alert';
import type { Pool } from 'pg';

interface WebhookRow {
  readonly id: string;
  readonly project: string;
  readonly url: string;
  readonly minimum_severity: Webhook['minimumSeverity'];
  readonly alerts: boolean;
  readonly created_at: Date;
}

const webhookOfRow = (row: WebhookRow): Webhook => ({
  id: row.id,
  project: row.project,
  url: row.url,
  minimumSeverity: row.minimum_severity,
  alerts: row.alerts,
  createdAt: row.created_at.toISOString(),
});

const COLUMNS = 'id, project, url, minimum_severity, alerts, created_at';

export async function listWebhooks(db: Pool, project: string): Promise<readonly Webhook[]> {
  const { rows } = await db.query<WebhookRow>(
    `SELECT ${COLUMNS} FROM alerting.webhook WHERE project = $1 AND deleted_at IS NULL ORDER BY created_at, id`,
    [project],
  );
  return rows.map(webhookOfRow);
}

export async function insertWebhook(
  db: Pool,
  webhook: WebhookDraft & { readonly id: string; readonly project: string; readonly secret: string },
): Promise<Webhook> {
  const { rows } = await db.query<WebhookRow>(
    `INSERT INTO alerting.webhook (id, project, url, minimum_severity, minimum_rank, secret, alerts)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
    [
      webhook.id,
      webhook.project,
      webhook.url,
      webhook.minimumSeverity,
      severityRank(webhook.minimumSeverity),
      webhook.secret,
      webhook.alerts,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('INSERT ... RETURNING answered no row');
  return webhookOfRow(row);
}

/** @returns false when the project has no such webhook */
export async function deleteWebhook(db: Pool, project: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE alerting.webhook SET deleted_at = now() WHERE project = $1 AND id = $2 AND deleted_at IS NULL`,
    [project, id],
  );
  return rowCount === 1;
}
