import { actionId } from '@hermes/contracts/action-id';
import type { WebhookTimings } from '@hermes/contracts/alert';
import type { Decision } from '@hermes/contracts/decision';
import type { WebhookCall } from '@hermes/contracts/webhook-call';
import type { z } from 'zod';

/** A webhook that is to be called because of a decision. */
export interface CallOfDecision {
  /** The same for ever: reading the decision again calls nothing new. */
  readonly id: string;
  readonly project: string;
  readonly webhookId: string;
  readonly call: WebhookCall;
  readonly timings: Omit<z.infer<typeof WebhookTimings>, 'sentAt'>;
}

/**
 * The webhooks that a decision's actions call; none while it is held for review, and of a rule in the shadow.
 *
 * @param alertedAt - ISO 8601 UTC
 */
export function callsOfDecision(decision: Decision, alertedAt: string): readonly CallOfDecision[] {
  const { actions = [], held, shadow } = decision;
  if (held === true || shadow === true) return [];
  return actions.flatMap((action, i): CallOfDecision[] => {
    if (action.kind !== 'webhook') return [];
    const {
      id: decisionId,
      project,
      ruleId,
      ruleName,
      ruleVersion,
      severity,
      outcome,
      subject,
      event,
      released,
    } = decision;
    const { webhook: webhookId, data } = action;
    return [
      {
        id: `c-${actionId(decisionId, i)}`,
        project,
        webhookId,
        call: {
          decisionId,
          action: i,
          ruleId,
          ruleName,
          ruleVersion,
          severity,
          outcome,
          subject,
          event,
          ...(data === undefined ? {} : { data }),
          ...(released === undefined ? {} : { released }),
        },
        timings: timingsOfDecision(decision, alertedAt),
      },
    ];
  });
}

/** The way's instants. What waited for a person has no receipt among them: its way would say nothing of the platform. */
export const timingsOfDecision = (decision: Decision, alertedAt: string): CallOfDecision['timings'] => ({
  receivedAt: decision.released === undefined ? decision.receivedAt : null,
  acceptedAt: decision.acceptedAt,
  decidedAt: decision.decidedAt,
  alertedAt,
});
