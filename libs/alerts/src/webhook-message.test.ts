import { WEBHOOK_HEADERS, WebhookBody } from '@hermes/contracts/alert';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { alertOfFiring } from './platform-alert.ts';
import { formatSecret, notificationId, signWebhook, verifyWebhook, webhookRequest } from './webhook-message.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

test("the signature is the one of Standard Webhooks' own example", () => {
  const body = '{"test": 2432232314}';
  expect(signWebhook(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, body)).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});

const message = { id: 'n1', timestamp: '1000', signatures: signWebhook(secret, 'n1', 1000, '{}'), body: '{}' };
test.each<[string, Partial<typeof message>, number, boolean]>([
  ['a true message passes', {}, 1000, true],
  ['one of several signatures is enough', { signatures: `v1,AAAA ${message.signatures}` }, 1000, true],
  ['another body fails', { body: '{ }' }, 1000, false],
  ['another id fails', { id: 'n2' }, 1000, false],
  ['another timestamp fails', { timestamp: '1001' }, 1000, false],
  ['a timestamp that is no number fails', { timestamp: 'now' }, 1000, false],
  ['an old message fails', {}, 1301, false],
  ['a message from the future fails', {}, 699, false],
  ['no signature fails', { signatures: '' }, 1000, false],
])('verify: %s', (_, change, nowS, expected) =>
  expect(verifyWebhook(secret, { ...message, ...change }, nowS)).toBe(expected),
);

test('every attempt carries the same id and key, its own instant, and a signature that verifies', () => {
  const alert = alertOfFiring({
    kind: 'fired',
    watch: 'heartbeat',
    subject: 'job/p/a',
    startedMs: 0,
    atMs: 0,
    detail: 'no heartbeat',
  });
  const notification = {
    id: notificationId(alert.id, 'w-1', 'firing'),
    alert,
    timings: { receivedAt: null, acceptedAt: null, decidedAt: null, alertedAt: null },
  };
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 24, maxLength: 64 }), fc.integer({ min: 0, max: 4e12 }), (bytes, nowMs) => {
      const own = formatSecret(bytes);
      const { headers, body } = webhookRequest(notification, own, nowMs);
      expect(headers[WEBHOOK_HEADERS.id]).toBe(notification.id);
      expect(headers[WEBHOOK_HEADERS.idempotencyKey]).toBe(notification.id);
      expect(WebhookBody.parse(JSON.parse(body)).timings.sentAt).toBe(new Date(nowMs).toISOString());
      const received = {
        id: notification.id,
        timestamp: headers[WEBHOOK_HEADERS.timestamp] ?? '',
        signatures: headers[WEBHOOK_HEADERS.signature] ?? '',
        body,
      };
      expect(verifyWebhook(own, received, Math.floor(nowMs / 1000))).toBe(true);
    }),
  );
});
