import { z } from 'zod';
import { EventTypeName } from './identifiers.ts';
import { KeyField } from './key-field.ts';
import { MAX_ACTIONS, RuleAction } from './rule-action.ts';
import { ListId } from './named-list.ts';
import { GivenPerson } from './person.ts';

/** The operators of json-rules-engine 7, and behind them those of texts, of time, of places, of lists' elements, of named lists and of change, which it has not. */
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
  'before',
  'after',
  'within',
  'during',
  'withinKm',
  'insidePolygon',
  'anyElement',
  'allElements',
  'noElement',
  'countElements',
  'inList',
  'notInList',
  'was',
  'became',
  'changed',
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

/** What json-rules-engine lets a condition say besides; it changes no outcome. */
const described = { name: z.string().optional(), priority: z.number().int().min(1).optional() };
interface Described {
  readonly name?: string | undefined;
  readonly priority?: number | undefined;
}

/** A named condition's name in rules and routes: `in-beijing`. */
export const ConditionId = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,63}$/,
    'a condition id is 1 to 64 characters: lower-case letters, digits, "_" and "-", the first one a letter or a digit',
  );

/** A version of a named condition: what a group says that has it is what this said when the rule was saved. It changes no outcome. */
export const ConditionRef = z.strictObject({ id: ConditionId, version: z.number().int().positive() });
export type ConditionRef = z.infer<typeof ConditionRef>;

const grouping = { ...described, condition: ConditionRef.optional() };
interface Grouping extends Described {
  readonly condition?: ConditionRef | undefined;
}

/**
 * One comparison; `path` is JSONPath into the fact, `value` may be a fact reference `{fact, path}`. `feature` is a feature of the event's
 * subject or of another key that stands in it, the event in hand included; `person` is what profile-store last told of the subject; `lookup` is what another system answers to a key; `element` is the
 * element in hand, within the condition that an operator of elements asks them.
 */
export const LeafCondition = z.strictObject({
  ...described,
  /**
   * Which feature: `{id, version}`; the version is written in when a rule is published. Which lookup, and with what: `{id, key}`, where `key` is a place of the
   * event or a literal. What of the person: `{feature}` or `{segment}`. What a fact with a memory remembers: see `rule-memory`. Of an operator of change `previous`, which is written in too: the feature that
   * keeps what was before. Of the event they change nothing else.
   */
  params: z.record(z.string(), z.unknown()).optional(),
  fact: z.enum(['event', 'element', 'feature', 'lookup', 'person', 'sequence', 'absence', 'itinerary']),
  path: z.string().startsWith('$').optional(),
  operator: DecoratedOperator,
  value: z.unknown(),
});
export type LeafCondition = z.infer<typeof LeafCondition>;

export type Condition =
  | LeafCondition
  | (Grouping & { readonly all: readonly Condition[] })
  | (Grouping & { readonly any: readonly Condition[] })
  | (Grouping & { readonly not: Condition });

export const Condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ ...grouping, all: z.array(Condition) }),
    z.strictObject({ ...grouping, any: z.array(Condition) }),
    z.strictObject({ ...grouping, not: Condition }),
    LeafCondition,
  ]),
);

export const Severity = z.enum(['info', 'warning', 'critical']);
export type Severity = z.infer<typeof Severity>;

const SECONDS = { days: 86_400, hours: 3_600, minutes: 60, seconds: 1 } as const;
const LONGEST_SPAN_SECONDS = 31 * SECONDS.days;
type Span = { readonly [unit in keyof typeof SECONDS]?: number | undefined };

/** The length of a suppression, or of another span, its units added up. */
export const suppressionSeconds = (period: Span): number =>
  Object.entries(SECONDS).reduce((sum, [unit, each]) => sum + (period[unit as keyof Span] ?? 0) * each, 0);

const count = z.number().int().nonnegative().optional();

/** From a second to 31 days. `otherwise`: what is said of any other. */
const span = (otherwise: string) =>
  z.strictObject({ days: count, hours: count, minutes: count, seconds: count }).refine((period) => {
    const seconds = suppressionSeconds(period);
    return seconds > 0 && seconds <= LONGEST_SPAN_SECONDS;
  }, otherwise);

/** A length of time; its units are added up. */
export const TimeSpan = span('a time is from a second to 31 days, for example {"hours": 2}');
export type TimeSpan = z.infer<typeof TimeSpan>;

/** For how long a rule that has fired for a subject does not fire for it again; its units are added up. */
export const Suppression = span('a suppression lasts from a second to 31 days, for example {"hours": 4}');
export type Suppression = z.infer<typeof Suppression>;

/** An event of a test that came before the one in hand. */
export const EarlierEvent = z.strictObject({
  /** Without it the first type that the rule looks at. */
  type: EventTypeName.optional(),
  /** Without it that of the event in hand. */
  subject: z.string().optional(),
  /** How long before the event in hand it came. */
  before: TimeSpan,
  data: z.record(z.string(), z.unknown()),
});
export type EarlierEvent = z.infer<typeof EarlierEvent>;

/** Named lists as a test or a dry run gives them, by id. */
export const GivenLists = z.record(ListId, z.array(z.union([z.string(), z.number()])).max(1_000));
export type GivenLists = z.infer<typeof GivenLists>;

/** What stood at paths in the event before, as a test or a dry run gives it. */
export const GivenPrevious = z.record(z.string().startsWith('$'), z.union([z.string(), z.number(), z.boolean()]));
export type GivenPrevious = z.infer<typeof GivenPrevious>;

/** An event, what came before it, and whether the rule should fire on it. */
export const RuleTest = z.strictObject({
  name: z.string().min(1).max(200),
  event: z.strictObject({
    /** Without it the first type that the rule looks at. */
    type: EventTypeName.optional(),
    subject: z.string().optional(),
    time: z.iso.datetime({ offset: true }).optional(),
    data: z.record(z.string(), z.unknown()),
  }),
  /** Of facts with a memory; in any order. */
  earlier: z.array(EarlierEvent).max(200).optional(),
  /** So much time passes after the event in hand: the rule should fire on it, or once that time has passed without another. */
  waits: TimeSpan.optional(),
  /** What features of the subject are, the event included; by id. */
  features: z.record(z.string(), z.unknown()).optional(),
  /** What stands in named lists, by id; one that is not given is empty. */
  lists: GivenLists.optional(),
  /** What stood at a path in the event before; by path. Without it there was none. */
  previous: GivenPrevious.optional(),
  /** What lookups answer, whatever the key; by id. */
  lookups: z.record(z.string(), z.unknown()).optional(),
  /** What is known of the person. */
  person: GivenPerson.optional(),
  fires: z.boolean(),
});
export type RuleTest = z.infer<typeof RuleTest>;

/** To how many of the keys a rule fires for: those that a hash picks, the same ones for as long as the number does not change. */
export const Rollout = z.strictObject({ percent: z.number().gt(0).max(100) });
export type Rollout = z.infer<typeof Rollout>;

/**
 * When a rule runs, by the receipt of events: on these days of the week, between these times of the day, from one instant on, up to another. The time zone, and the
 * offsets of instants, are written in when it is saved.
 */
export const RunTimes = z.strictObject({
  days: z.array(z.string()).optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  timeZone: z.string().optional(),
  starts: z.string().optional(),
  ends: z.string().optional(),
});
export type RunTimes = z.infer<typeof RunTimes>;

/** A word under which rules are found. */
export const RuleTag = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}_-]{0,49}$/u, {
  error: 'a tag is one word of up to 50 letters, digits, "_" and "-"',
});
const RuleTags = z
  .array(RuleTag)
  .max(20)
  .refine((tags) => new Set(tags).size === tags.length, 'each tag stands there once');

/**
 * A rule as a person writes it: json-rules-engine's `conditions` and `event` ({type, params}), and what Hermes adds:
 * the event types it looks at and its severity. The fact `event` is the whole event (`$.data.totalPriceCny`, `$.subject`).
 */
export const RuleDraft = z.strictObject({
  name: z.string().min(1).max(200),
  eventTypes: z.array(EventTypeName).min(1),
  /** By which the rule remembers what it does; without it by the event's subject. An event without the field is of no interest to the rule. */
  key: KeyField.optional(),
  conditions: Condition,
  event: z.strictObject({ type: z.string().min(1), params: z.record(z.string(), z.unknown()).optional() }),
  priority: z.number().int().min(1).optional(),
  severity: Severity,
  /** Without it the rule fires on each event for which its conditions hold. */
  suppression: Suppression.optional(),
  /** Without it the rule runs always. */
  schedule: RunTimes.optional(),
  /** Without it the rule fires for every key. */
  rollout: Rollout.optional(),
  /** The rule is published when it passes all of them, and at least one says that it fires. */
  tests: z.array(RuleTest).max(100).optional(),
  /** It is evaluated on live events, and nothing is done about what it decides; its decisions are kept and counted apart. */
  shadow: z.boolean().optional(),
  /** A decision of this rule raises an alert. */
  alert: z.boolean().default(true),
  /** What else is done. */
  actions: z.array(RuleAction).max(MAX_ACTIONS).optional(),
  /** Who answers for it: a name or an e-mail. */
  owner: z.string().trim().min(1).max(200).optional(),
  tags: RuleTags.optional(),
});
export type RuleDraft = z.infer<typeof RuleDraft>;

/** A published rule: immutable per version. */
export const Rule = RuleDraft.extend({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  project: z.string(),
  version: z.number().int().positive(),
  publishedAt: z.iso.datetime(),
  /**
   * Since when the rule has asked for each of its facts with a memory, and of the person, without a break, by the facts' ids: what was remembered or told
   * before is void. Only as processors read it.
   */
  rememberedSince: z.record(z.string(), z.iso.datetime()).optional(),
  /** It runs in the shadow of the version in force, beside it. Only as processors read it. */
  candidate: z.literal(true).optional(),
});
export type Rule = z.infer<typeof Rule>;
