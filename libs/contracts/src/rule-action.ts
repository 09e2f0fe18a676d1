import { z } from 'zod';
import { AttributeName, AttributeValue } from './attributes.ts';
import { EventTypeName, Subject } from './identifiers.ts';

/** So many actions a rule may have. */
export const MAX_ACTIONS = 10;

/** What an action carries has at most so many bytes of JSON: it goes into the decision, and into an event or a webhook besides. */
export const MAX_ACTION_BYTES = 8_192;

/** An event that a rule emits on an event that a rule emitted ... is dead-lettered beyond this depth: rules that feed each other come to an end. */
export const MAX_EVENT_DEPTH = 5;

/** Sources of events that rules emit begin so, and no others: (source, id) tells a repeat, and whoever could write one could have the real one dropped. */
export const RULE_SOURCE_PREFIX = 'hermes/rules/';

/** Of a webhook that is registered in alerting. */
export const WebhookId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'the id of a webhook of the project, for example "w-0f3a9c"');

/**
 * A place of a fact, as conditions have it: `{"fact": "event", "path": "$.data.x"}`, `{"fact": "feature", "params": {"id": "showings_7d"}}`,
 * `{"fact": "lookup", "params": {"id": "credit", "key": {...}}, "path": "$.score"}`.
 */
export const ActionPlace = z.strictObject({
  fact: z.enum(['event', 'feature', 'lookup']),
  path: z.string().startsWith('$').optional(),
  /** Which feature; the version is written in when the rule is published. Which lookup, with what key. */
  params: z.record(z.string(), z.unknown()).optional(),
});
export type ActionPlace = z.infer<typeof ActionPlace>;

/** Whom an action is about: a subject, a place where one stands, or `{"entity": "listing", "id": <place>}` for `listing:<what stands there>`. */
export const ActionSubject = z.union([
  Subject,
  ActionPlace,
  z.strictObject({
    entity: z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, 'an entity such as "listing"'),
    id: ActionPlace,
  }),
]);
export type ActionSubject = z.infer<typeof ActionSubject>;

const EmitEvent = z.strictObject({
  kind: z.literal('emit-event'),
  type: EventTypeName,
  /** Without it the subject of the event in hand. */
  subject: ActionSubject.optional(),
  /** Literals and places, at any depth. */
  data: z.record(z.string(), z.unknown()),
});

const SetAttribute = z.strictObject({
  kind: z.literal('set-attribute'),
  attribute: AttributeName,
  /** null takes the attribute back. */
  value: z.union([AttributeValue, ActionPlace]),
  subject: ActionSubject.optional(),
});

const CallWebhook = z.strictObject({
  kind: z.literal('webhook'),
  webhook: WebhookId,
  /** What is sent besides the decision; literals and places. */
  data: z.record(z.string(), z.unknown()).optional(),
});

const Hold = z.strictObject({ kind: z.literal('hold') });

/** What is done when a rule fires, besides its alert. With `hold` nothing is done until a person releases the decision. */
export const RuleAction = z.discriminatedUnion('kind', [EmitEvent, SetAttribute, CallWebhook, Hold]);
export type RuleAction = z.infer<typeof RuleAction>;
export const ActionKind = z.enum(['emit-event', 'set-attribute', 'webhook', 'hold']);
export type ActionKind = z.infer<typeof ActionKind>;

const about = {
  subject: Subject,
  /** Of the event that it becomes. */
  depth: z.number().int().positive(),
};

/** An action with its values, as a decision has it; its place in the list is that in the rule. */
export const ResolvedAction = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('emit-event'), type: EventTypeName, ...about, data: z.record(z.string(), z.unknown()) }),
  z.object({ kind: z.literal('set-attribute'), attribute: AttributeName, value: AttributeValue, ...about }),
  z.object({ kind: z.literal('webhook'), webhook: WebhookId, data: z.record(z.string(), z.unknown()).optional() }),
  z.object({ kind: z.literal('hold') }),
  /** It cannot be done for this event. */
  z.object({
    kind: z.literal('skipped'),
    action: ActionKind,
    /** Stable, kebab-case. */
    code: z.string(),
    reason: z.string(),
  }),
]);
export type ResolvedAction = z.infer<typeof ResolvedAction>;
