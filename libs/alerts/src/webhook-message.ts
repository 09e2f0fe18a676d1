import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Alert, WEBHOOK_HEADERS, type WebhookBody } from '@hermes/contracts/alert';
import type { WebhookCall, WebhookCallBody } from '@hermes/contracts/webhook-call';

/** Which change of an alert a notification tells. */
export type NotificationMoment = 'firing' | 'resolved';

/** One notification per alert, receiver and moment; also the queue's job id and the webhook's idempotency key. */
export const notificationId = (alertId: string, webhookId: string, moment: NotificationMoment): string =>
  `${alertId}.${webhookId}.${moment}`;

/** A receiver trusts a message whose timestamp is at most this far from its own clock. Source: Standard Webhooks 1.0. */
export const TIMESTAMP_TOLERANCE_S = 300;

const SECRET_PREFIX = 'whsec_';

/** A secret as its owner sees it. Standard Webhooks asks for 24 to 64 random bytes. */
export const formatSecret = (bytes: Uint8Array): string => `${SECRET_PREFIX}${Buffer.from(bytes).toString('base64')}`;

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret, 'base64');
}

/**
 * `v1,<base64 HMAC-SHA256>` over `<id>.<timestamp>.<body>`. Source: Standard Webhooks 1.0, "Signature scheme".
 *
 * @param timestampS seconds since 1970
 * @param body the exact bytes that are sent, as text
 */
export function signWebhook(secret: string, id: string, timestampS: number, body: string): string {
  return `v1,${createHmac('sha256', keyOf(secret))
    .update(`${id}.${String(timestampS)}.${body}`)
    .digest('base64')}`;
}

/** Whether a received message is ours and recent: what a receiver does. `signatures` is the header: one or more, blank-separated. */
export function verifyWebhook(
  secret: string,
  message: { readonly id: string; readonly timestamp: string; readonly signatures: string; readonly body: string },
  nowS: number,
): boolean {
  const timestampS = Number(message.timestamp);
  if (!Number.isInteger(timestampS) || Math.abs(nowS - timestampS) > TIMESTAMP_TOLERANCE_S) return false;
  const expected = Buffer.from(signWebhook(secret, message.id, timestampS, message.body));
  return message.signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** What goes over the wire for one attempt. */
export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a notification is about: a change of an alert, or an action of a rule. */
export type Told = { readonly alert: Alert } | { readonly call: WebhookCall };

/** The request of one attempt: id and idempotency key are the same in every attempt, `sentAt` and the signature are its own. */
export function webhookRequest(
  notification: Told & { readonly id: string; readonly timings: Omit<WebhookBody['timings'], 'sentAt'> },
  secret: string,
  nowMs: number,
): WebhookRequest {
  const body: WebhookBody | WebhookCallBody = {
    notificationId: notification.id,
    ...('call' in notification ? { call: notification.call } : { alert: notification.alert }),
    timings: { ...notification.timings, sentAt: new Date(nowMs).toISOString() },
  };
  const text = JSON.stringify(body);
  const timestampS = Math.floor(nowMs / 1000);
  return {
    body: text,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Hermes-Webhooks/1',
      [WEBHOOK_HEADERS.id]: notification.id,
      [WEBHOOK_HEADERS.timestamp]: String(timestampS),
      [WEBHOOK_HEADERS.signature]: signWebhook(secret, notification.id, timestampS, text),
      [WEBHOOK_HEADERS.idempotencyKey]: notification.id,
    },
  };
}
