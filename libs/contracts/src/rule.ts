import { z } from 'zod';
import { EventTypeName } from './identifiers.ts';

/** The operators of json-rules-engine 7, and behind them those of texts, which it has not. */
export const RuleOperator = z.enum([
  'equal',
  'notEqual',
  'lessThan',
  'lessThanInclusive',
  'greaterThan',
  'greaterThanInclusive',
  'in',
  'notIn',
  'contains',
  'doesNotContain',
  'startsWith',
  'endsWith',
  'matches',
]);
export type RuleOperator = z.infer<typeof RuleOperator>;

/** An operator, optionally under decorators of json-rules-engine 7: `equal`, `someFact:equal`, `not:everyFact:in`. */
export const DecoratedOperator = z
  .string()
  .max(200)
  .regex(
    new RegExp(`^((someFact|everyFact|someValue|everyValue|swap|not):)*(${RuleOperator.options.join('|')})$`),
    'an operator of rules',
  );

/** One comparison; `path` is JSONPath into the fact, `value` may be a fact reference `{fact, path}`. */
export const LeafCondition = z.strictObject({
  name: z.string().optional(),
  fact: z.literal('event'),
  path: z.string().startsWith('$').optional(),
  operator: DecoratedOperator,
  value: z.unknown(),
});
export type LeafCondition = z.infer<typeof LeafCondition>;

export type Condition =
  | LeafCondition
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

export const Condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ all: z.array(Condition) }),
    z.strictObject({ any: z.array(Condition) }),
    z.strictObject({ not: Condition }),
    LeafCondition,
  ]),
);

export const Severity = z.enum(['info', 'warning', 'critical']);
export type Severity = z.infer<typeof Severity>;

/**
 * A rule as a person writes it: json-rules-engine's `conditions` and `event` ({type, params}), and what Hermes adds:
 * the event types it looks at and its severity. The fact `event` is the whole event (`$.data.totalPriceCny`, `$.subject`).
 */
export const RuleDraft = z.strictObject({
  name: z.string().min(1).max(200),
  eventTypes: z.array(EventTypeName).min(1),
  conditions: Condition,
  event: z.strictObject({ type: z.string().min(1), params: z.record(z.string(), z.unknown()).optional() }),
  priority: z.number().int().min(1).optional(),
  severity: Severity,
  /** A decision of this rule raises an alert. */
  alert: z.boolean().default(true),
});
export type RuleDraft = z.infer<typeof RuleDraft>;

/** A published rule: immutable per version. */
export const Rule = RuleDraft.extend({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  project: z.string(),
  version: z.number().int().positive(),
  publishedAt: z.iso.datetime(),
});
export type Rule = z.infer<typeof Rule>;
