import type { RaisedAlert } from '@hermes/alerts/decision-alert';
import type { CallOfDecision } from '@hermes/alerts/decision-calls';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Counter } from 'prom-client';
import type { AlertFeed } from '../alerts/alert-feed.ts';
import { addCalls } from '../calls/calls.repository.ts';
import { type Raised, raiseAlerts } from '../alerts/raise.repository.ts';
import type { DeliveryQueue } from '../notifications/delivery-queue.ts';

export interface RaiseDependencies {
  readonly db: Pool;
  readonly queue: DeliveryQueue;
  readonly feed: AlertFeed;
  readonly logger: Logger;
  readonly alerts: Counter<'kind'>;
}

/** Points in the path where a test ends the process; nothing in production. */
export type FaultPoint = 'after-commit' | 'after-add';
export type Fault = (point: FaultPoint) => void;

/**
 * Writes alerts with their notifications, then puts the notifications into the queue. Resolves after the commit: the add goes on by
 * itself, because what it may lose the sweeper adds again.
 */
export async function raise(
  raised: readonly RaisedAlert[],
  deps: RaiseDependencies,
  fault: Fault = () => undefined,
): Promise<void> {
  if (raised.length === 0) return;
  const made = await raiseAlerts(deps.db, raised);
  fault('after-commit');
  const isNew = new Set(made.alertIds);
  for (const { alert } of raised) if (isNew.has(alert.id)) deps.alerts.inc({ kind: alert.kind });
  followUp(made, raised[0]?.alert.project ?? '', deps, fault);
}

/** Writes the webhooks that rules' actions call, then puts them into the queue. Like `raise`. */
export async function callWebhooks(
  calls: readonly CallOfDecision[],
  deps: RaiseDependencies,
  fault: Fault = () => undefined,
): Promise<void> {
  if (calls.length === 0) return;
  const notifications = await addCalls(deps.db, calls);
  fault('after-commit');
  followUp({ alertIds: [], notifications }, '', deps, fault);
}

/** Queue and open pages, after the commit. */
export function followUp(made: Raised, project: string, deps: RaiseDependencies, fault: Fault = () => undefined): void {
  deps.queue.add(made.notifications).then(
    () => fault('after-add'),
    (error: unknown) => deps.logger.warn({ err: error }, 'notifications were not queued; the sweeper will'),
  );
  if (made.alertIds.length > 0) deps.feed.announce(project, made.alertIds);
}
