import { createHash } from 'node:crypto';
import type { Alert, WebhookBody } from '@hermes/contracts/alert';
import { type Decision, tracedPlace } from '@hermes/contracts/decision';
import { timingsOfDecision } from './decision-calls.ts';
import { storedText } from './stored-text.ts';

/** An alert and the instants of the way that led to it. */
export interface RaisedAlert {
  readonly alert: Alert;
  readonly timings: Omit<WebhookBody['timings'], 'sentAt'>;
}

/** The alert of a decision has one id for ever: reading the decision again raises nothing new. */
export const decisionAlertId = (project: string, decisionId: string): string =>
  alertId(['decision', project, decisionId]);

/** 32 hex digits of the SHA-256 over the parts, unambiguous between their borders. */
export function alertId(parts: readonly (string | number)[]): string {
  return `a-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
}

/**
 * What a decision raises; undefined when its rule raises no alerts, and while it is held for review.
 *
 * A decision is an instant, not a condition that ends by itself: its alert fires until a person acknowledges it.
 *
 * @param alertedAt ISO 8601 UTC
 */
export function alertOfDecision(decision: Decision, alertedAt: string): RaisedAlert | undefined {
  if (!decision.alert || decision.held === true) return undefined;
  return {
    alert: {
      id: decisionAlertId(decision.project, decision.id),
      project: decision.project,
      kind: 'decision',
      status: 'firing',
      severity: decision.severity,
      title: storedText(decision.ruleName, 300),
      detail: storedText(describe(decision)),
      subject: storedText(decision.subject, 300),
      decisionId: storedText(decision.id, 300),
      ruleId: decision.ruleId,
      startedAt: decision.decidedAt,
      resolvedAt: null,
      acknowledgedAt: null,
      acknowledgedBy: null,
    },
    timings: timingsOfDecision(decision, alertedAt),
  };
}

/** The rule's own message when it has one (`params.message`), else what the conditions saw: `data.priceCny greaterThan 100 (was 120)`. */
function describe(decision: Decision): string {
  const message = decision.outcome.params?.['message'];
  if (typeof message === 'string' && message !== '') return message;
  const seen = decision.trace
    .filter((entry) => entry.outcome === 'true' && entry.operator !== undefined)
    .map(
      (entry) =>
        `${tracedPlace(entry)} ${entry.operator ?? ''} ${JSON.stringify(entry.expected)} (was ${JSON.stringify(entry.actual)})`,
    );
  const key = decision.key === undefined ? '' : `, ${decision.key}`;
  const event = `${decision.event.type} of ${decision.subject}${key}`;
  return seen.length === 0 ? event : `${event}: ${seen.join('; ')}`;
}
