import { z } from 'zod';
import { Severity } from './rule.ts';

/** An alert as alerting's HTTP API shows it and as a webhook carries it. */
export const Alert = z.object({
  id: z.string(),
  project: z.string(),
  /** `decision`: from a rule's decision. `heartbeat`, `latency`: the platform watching itself. */
  kind: z.enum(['decision', 'heartbeat', 'latency']),
  status: z.enum(['firing', 'resolved']),
  severity: Severity,
  title: z.string(),
  detail: z.string(),
  /** The subject of the decision, or the component that is watched. */
  subject: z.string(),
  decisionId: z.string().nullable(),
  ruleId: z.string().nullable(),
  startedAt: z.iso.datetime(),
  resolvedAt: z.iso.datetime().nullable(),
  acknowledgedAt: z.iso.datetime().nullable(),
  acknowledgedBy: z.string().nullable(),
});
export type Alert = z.infer<typeof Alert>;

/**
 * The way's instants in a webhook, for latency by hop; all but `sentAt` are null for the platform's own alerts, `receivedAt` where a decision waited
 * for a person.
 */
export const WebhookTimings = z.object({
  receivedAt: z.iso.datetime().nullable(),
  acceptedAt: z.iso.datetime().nullable(),
  decidedAt: z.iso.datetime().nullable(),
  alertedAt: z.iso.datetime().nullable(),
  sentAt: z.iso.datetime(),
});

/** The JSON body of a webhook. */
export const WebhookBody = z.object({
  /** Also the header `Idempotency-Key`: stable over retries. */
  notificationId: z.string(),
  alert: Alert,
  timings: WebhookTimings,
});
export type WebhookBody = z.infer<typeof WebhookBody>;

/**
 * Headers of a webhook. The signature is `v1,<base64 HMAC-SHA256>` over `<id>.<timestamp>.<body>`.
 * Source: Standard Webhooks 1.0.
 */
export const WEBHOOK_HEADERS = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
  idempotencyKey: 'idempotency-key',
} as const;

/** Where a project's notifications go. */
export const WebhookDraft = z.object({
  url: z.url(),
  minimumSeverity: Severity.default('info'),
  /** Without them it is told only what rules call it for. */
  alerts: z.boolean().default(true),
});
export type WebhookDraft = z.infer<typeof WebhookDraft>;
export const Webhook = z.object({
  id: z.string(),
  project: z.string(),
  url: z.url(),
  minimumSeverity: Severity,
  alerts: z.boolean(),
  createdAt: z.iso.datetime(),
});
export type Webhook = z.infer<typeof Webhook>;
