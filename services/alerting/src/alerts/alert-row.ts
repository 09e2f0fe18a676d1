import type { Alert, WebhookBody } from '@hermes/contracts/alert';

/** A row of `alert`, as pg answers it. */
export interface AlertRow {
  readonly id: string;
  readonly project: string;
  readonly kind: Alert['kind'];
  readonly status: Alert['status'];
  readonly severity: Alert['severity'];
  readonly title: string;
  readonly detail: string;
  readonly subject: string;
  readonly decision_id: string | null;
  readonly rule_id: string | null;
  readonly started_at: Date;
  readonly resolved_at: Date | null;
  readonly acknowledged_at: Date | null;
  readonly acknowledged_by: string | null;
  readonly received_at: Date | null;
  readonly accepted_at: Date | null;
  readonly decided_at: Date | null;
  readonly alerted_at: Date | null;
}

/** The columns of AlertRow, for SELECT and RETURNING; `a` is the table's alias. */
export const ALERT_COLUMNS = [
  'id',
  'project',
  'kind',
  'status',
  'severity',
  'title',
  'detail',
  'subject',
  'decision_id',
  'rule_id',
  'started_at',
  'resolved_at',
  'acknowledged_at',
  'acknowledged_by',
  'received_at',
  'accepted_at',
  'decided_at',
  'alerted_at',
]
  .map((column) => `a.${column}`)
  .join(', ');

const iso = (instant: Date | null): string | null => instant?.toISOString() ?? null;

export const alertOfRow = (row: AlertRow): Alert => ({
  id: row.id,
  project: row.project,
  kind: row.kind,
  status: row.status,
  severity: row.severity,
  title: row.title,
  detail: row.detail,
  subject: row.subject,
  decisionId: row.decision_id,
  ruleId: row.rule_id,
  startedAt: row.started_at.toISOString(),
  resolvedAt: iso(row.resolved_at),
  acknowledgedAt: iso(row.acknowledged_at),
  acknowledgedBy: row.acknowledged_by,
});

export const timingsOfRow = (row: AlertRow): Omit<WebhookBody['timings'], 'sentAt'> => ({
  receivedAt: iso(row.received_at),
  acceptedAt: iso(row.accepted_at),
  decidedAt: iso(row.decided_at),
  alertedAt: iso(row.alerted_at),
});
