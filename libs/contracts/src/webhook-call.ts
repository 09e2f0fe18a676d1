import { z } from 'zod';
import { WebhookTimings } from './alert.ts';
import { Decision } from './decision.ts';

/** A decision as an action of its rule tells it to a webhook. */
export const WebhookCall = z.object({
  decisionId: z.string(),
  /** The action's place in the rule, from 0. */
  action: z.number().int().nonnegative(),
  ruleId: z.string(),
  ruleName: z.string(),
  ruleVersion: z.number().int(),
  severity: Decision.shape.severity,
  outcome: Decision.shape.outcome,
  subject: z.string(),
  event: Decision.shape.event,
  /** What the rule says is to be sent besides; absent where it says nothing. */
  data: z.record(z.string(), z.unknown()).optional(),
  /** Where the decision was held: who let it go, and when. */
  released: Decision.shape.released,
});
export type WebhookCall = z.infer<typeof WebhookCall>;

/** The JSON body of a webhook that an action calls; signature and headers are those of alerts' webhooks. */
export const WebhookCallBody = z.object({
  /** Also the header `Idempotency-Key`: a function of the decision and the action's place. */
  notificationId: z.string(),
  call: WebhookCall,
  timings: WebhookTimings,
});
export type WebhookCallBody = z.infer<typeof WebhookCallBody>;
