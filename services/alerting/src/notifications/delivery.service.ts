import { type Verdict, judgeAttempt } from '@hermes/alerts/delivery';
import { storedText } from '@hermes/alerts/stored-text';
import { webhookRequest } from '@hermes/alerts/webhook-message';
import type { LatencyRecorder } from '@hermes/service-kit/metrics';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Counter } from 'prom-client';
import { RetryLater } from './delivery-queue.ts';
import { deliveryOf, recordAttempt } from './notifications.repository.ts';
import type { WebhookSender } from './webhook-sender.ts';

export interface DeliveryDependencies {
  readonly db: Pool;
  readonly sender: WebhookSender;
  readonly logger: Logger;
  /** From the event's receipt to the first attempt. */
  readonly sentLatency: LatencyRecorder;
  readonly verdicts: Counter<'verdict'>;
}

const statusOf = { delivered: 'delivered', retry: 'pending', failed: 'failed' } as const satisfies Record<
  Verdict['kind'],
  string
>;

/**
 * One attempt at one notification. What has ended is left alone, so a job that runs twice sends once; a process that dies after the
 * receiver answered and before that is written sends again under the same idempotency key.
 *
 * @throws RetryLater when another attempt is due
 */
export async function deliver(notificationId: string, deps: DeliveryDependencies): Promise<void> {
  const delivery = await deliveryOf(deps.db, notificationId);
  if (delivery === undefined) return;
  const number = delivery.attempts + 1;
  const startedMs = Date.now();
  if (number === 1 && delivery.timings.receivedAt !== null) {
    deps.sentLatency.record(startedMs - Date.parse(delivery.timings.receivedAt));
  }
  const { receiver } = delivery;
  const outcome =
    receiver === undefined
      ? { kind: 'forbidden' as const, reason: 'its receiver was deleted' }
      : await deps.sender.send(
          receiver.url,
          webhookRequest({ ...delivery.told, id: delivery.id, timings: delivery.timings }, receiver.secret, startedMs),
        );
  const verdict = judgeAttempt(outcome, number, Math.random());
  const error = verdict.kind === 'delivered' ? null : storedText(verdict.reason, 500);
  await recordAttempt(deps.db, {
    notificationId,
    number,
    atMs: startedMs,
    durationMs: Date.now() - startedMs,
    httpStatus: outcome.kind === 'answered' ? outcome.status : null,
    error,
    status: statusOf[verdict.kind],
    retryInMs: verdict.kind === 'retry' ? verdict.inMs : 0,
  });
  deps.verdicts.inc({ verdict: verdict.kind });
  if (verdict.kind === 'failed')
    deps.logger.warn({ notificationId, reason: verdict.reason }, 'a notification failed for good');
  if (verdict.kind === 'retry') throw new RetryLater(verdict.inMs, verdict.reason);
}
