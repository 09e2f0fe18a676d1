import { z } from 'zod';
import { Bilingual } from './event-type.ts';
import { LookupSeen } from './lookup.ts';
import { PersonSeen } from './person.ts';
import { FeatureValue } from './profile.ts';
import { ResolvedAction } from './rule-action.ts';
import { Severity } from './rule.ts';

/** What one condition saw and said. `path` is the condition's place in the rule, a JSON pointer. */
export const TraceEntry = z.object({
  path: z.string(),
  fact: z.string().optional(),
  /** Which feature or lookup, or what of the person. */
  params: z.record(z.string(), z.unknown()).optional(),
  /** JSONPath into the fact. */
  factPath: z.string().optional(),
  operator: z.string().optional(),
  /** What the fact had; absent when undefined. */
  actual: z.unknown().optional(),
  expected: z.unknown().optional(),
  /** What stood there before, for an operator of change; absent when nothing did. */
  previous: z.unknown().optional(),
  outcome: z.enum(['true', 'false', 'unknown', 'skipped']),
  /** The events that a fact with a memory, or what is known of the person, goes back to, oldest first; not the event in hand. */
  seen: z.array(z.object({ id: z.string(), type: z.string(), time: z.string() })).optional(),
});
export type TraceEntry = z.infer<typeof TraceEntry>;

/** What an entry looked at, for people: `data.priceCny`; of a feature `showings_7d`, `last_5 [1]`, of a lookup `credit score`; of a group of conditions its place in the rule. */
export function tracedPlace({ fact, params, factPath, path }: TraceEntry): string {
  const field = factPath?.replace(/^\$\.?/, '');
  if (fact !== 'feature' && fact !== 'lookup' && fact !== 'person') return field ?? fact ?? path;
  return [params?.['id'] ?? params?.['feature'] ?? params?.['segment'], field]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}

const Coordinate = z.tuple([z.number(), z.number()]);

/** What a check on a broker's day found: as `libs/itinerary` has it. */
export const DecisionFinding = z.object({
  kind: z.string(),
  /** When it happened, ms since the epoch. */
  timeMs: z.number(),
  /** Subjects such as `broker:b-17`. */
  concerns: z.array(z.string()),
  reason: Bilingual,
  /** Each name ends in its unit. */
  numbers: z.record(z.string(), z.number()),
  labels: z.record(z.string(), z.string()),
  /** How many times the limit. */
  strength: z.number(),
  /** For a map, WGS84. */
  shapes: z.array(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('Point'), coordinates: Coordinate, role: z.string() }),
      z.object({ type: z.literal('LineString'), coordinates: z.array(Coordinate), role: z.string() }),
    ]),
  ),
});
export type DecisionFinding = z.infer<typeof DecisionFinding>;

/** A rule's outcome on an event, on `<project>.decisions`; the record's key is the subject. */
export const Decision = z.object({
  /** Stable: a function of project, rule id, rule version and the event's (source, id), and where time decided of what was waited for. */
  id: z.string(),
  project: z.string(),
  ruleId: z.string(),
  ruleName: z.string(),
  ruleVersion: z.number().int(),
  severity: Severity,
  alert: z.boolean(),
  /** The rule ran in the shadow: nothing is done about it. */
  shadow: z.literal(true).optional(),
  outcome: z.object({ type: z.string(), params: z.record(z.string(), z.unknown()).optional() }),
  subject: z.string(),
  /** By which the rule goes; absent when that is the subject. */
  key: z.string().optional(),
  event: z.object({
    id: z.string(),
    source: z.string(),
    type: z.string(),
    time: z.iso.datetime(),
    data: z.record(z.string(), z.unknown()),
  }),
  trace: z.array(TraceEntry),
  /** What features that the rule asks for were, by id; absent when it asks for none. */
  features: z.record(z.string(), FeatureValue).optional(),
  /** Revisions of the named lists that the rule asks, by id; absent when it asks none. */
  lists: z.record(z.string(), z.number().int().positive()).optional(),
  /** What checks on a broker's day found that the rule asks for, strongest first; absent when they found nothing. */
  findings: z.array(DecisionFinding).optional(),
  /** What lookups answered that the rule names, each with its key; absent when it names none. */
  lookups: z.array(LookupSeen).optional(),
  /** What was known of the person that the rule asks for; absent when it asks for nothing, or nothing of it had been told. */
  person: z.array(PersonSeen).optional(),
  /**
   * On how many events since its last decision for this key the rule would have fired, had it not been suppressed. Absent: on none, or the
   * suppression was over for more than a day.
   */
  suppressed: z.number().int().positive().optional(),
  /** What is done besides the alert, in the rule's order; absent where the rule has no actions, or is in the shadow. */
  actions: z.array(ResolvedAction).optional(),
  /** It waits for a person: nothing is done about it yet, nor an alert raised. */
  held: z.literal(true).optional(),
  /** It was held, and a person let it go: what there is to do is done now. */
  released: z.object({ by: z.string(), at: z.iso.datetime() }).optional(),
  /** The way's instants, for latency by hop. Where no event but time decided, `receivedAt` is when that was due. */
  receivedAt: z.iso.datetime(),
  acceptedAt: z.iso.datetime(),
  decidedAt: z.iso.datetime(),
});
export type Decision = z.infer<typeof Decision>;
