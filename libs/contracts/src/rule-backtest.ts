import { z } from 'zod';
import { TraceEntry } from './decision.ts';
import { Feature } from './feature.ts';
import { Lookup } from './lookup.ts';
import { Segment } from './profile-segment.ts';
import { FeatureValue } from './profile.ts';
import { Rule, RuleDraft } from './rule.ts';

/** So far back a backtest may begin. */
const MAX_DAYS = 400;

/** Body of `POST /v1/projects/:p/rules/:id/backtests`: what to run, without both the draft that is saved. */
export const BacktestBody = z
  .strictObject({
    /** Back from now; half a day is 0.5. */
    days: z.number().positive().max(MAX_DAYS),
    /** A published version. */
    version: z.number().int().positive().optional(),
    /** One that need not be saved. It is checked by `RuleDraft` where it is placed. */
    draft: z.unknown().optional(),
  })
  .refine(({ version, draft }) => version === undefined || draft === undefined, {
    path: ['version'],
    message: 'give a version or a draft, not both',
  });
export type BacktestBody = z.infer<typeof BacktestBody>;

/** Body of `POST /v1/projects/:p/rule-backtests`: a rule that is not there yet. */
export const NewRuleBacktestBody = z.strictObject({
  days: z.number().positive().max(MAX_DAYS),
  draft: z.unknown(),
});

/** Everything that a backtest goes by; it does not change while it runs, whatever becomes of the rules. */
/** What is counted over the past to know what rules ask for of persons. */
export const PastPersons = z.object({
  features: z.array(Feature),
  /** Ids of those whose values rules ask for; the others are what segments name. */
  told: z.array(z.string()),
  segments: z.array(Segment),
});
export type PastPersons = z.infer<typeof PastPersons>;

export const BacktestSetting = z.object({
  project: z.string(),
  timeZone: z.string(),
  partitions: z.number().int().positive(),
  /** null: of a rule that is not there yet. */
  ruleId: z.string().nullable(),
  /** What is tried. */
  candidate: RuleDraft,
  /** What it is compared with: the version in force; null: there is none. */
  live: Rule.nullable(),
  /** Those that the two ask for, each once. */
  features: z.array(Feature),
  /** What they look up with. Over the past nothing is asked: each answers its fallback. */
  lookups: z.array(Lookup),
  /** Absent where they ask for nothing of persons. */
  persons: PastPersons.optional(),
  /** By receipt, ISO 8601; included, and not included. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
});
export type BacktestSetting = z.infer<typeof BacktestSetting>;

/** One hit as people look at it. */
export const BacktestSample = z.object({
  at: z.iso.datetime(),
  subject: z.string(),
  /** By which the rule goes, where that is not the subject. */
  key: z.string().optional(),
  event: z.object({
    id: z.string(),
    source: z.string(),
    type: z.string(),
    time: z.iso.datetime(),
    /** null: too large to be shown here. */
    data: z.record(z.string(), z.unknown()).nullable(),
  }),
  /** The decision of the version in force, where it fires: `GET decisions/:id` has it if live made it; null where it does not. */
  liveDecision: z.string().nullable(),
  /** Why it fired: the candidate's where that fired, otherwise the live version's. */
  trace: z.array(TraceEntry),
  features: z.record(z.string(), FeatureValue).optional(),
  /** Why the other did not: its trace; empty where it is not known, or the other does not look at such events. */
  other: z.array(TraceEntry),
  /** The other's conditions held, but it had fired for the subject shortly before. */
  otherSuppressed: z.boolean(),
});
export type BacktestSample = z.infer<typeof BacktestSample>;

/** `more`: the candidate fires and the live version does not; `fewer`: the other way round. */
export const BacktestDifference = z.enum(['more', 'fewer', 'same']);
export type BacktestDifference = z.infer<typeof BacktestDifference>;

const Counts = z.object({ more: z.number().int(), fewer: z.number().int(), same: z.number().int() });

const SideCounts = z.object({
  hits: z.number().int(),
  /** On how many more events its conditions held, but it had fired for the subject within its suppression. */
  suppressed: z.number().int(),
  /** On how many events it could say neither yes nor no. */
  undecided: z.number().int(),
});
export type SideCounts = z.infer<typeof SideCounts>;

/** Something that a reader has to know about the figures. */
export const BacktestNote = z.discriminatedUnion('code', [
  /** What was received before has expired: the span begins there. */
  z.object({ code: z.literal('history-begins'), since: z.iso.datetime() }),
  /** Before `wholeFrom` the feature may lack events that have expired; null: always. */
  z.object({ code: z.literal('feature-not-whole'), feature: z.string(), wholeFrom: z.iso.datetime().nullable() }),
  /** The live version was published within the span; the figures are of it all the same. */
  z.object({ code: z.literal('live-is-younger'), since: z.iso.datetime() }),
  /** A suppression, a sequence or an absence may have begun before what is kept. */
  z.object({ code: z.literal('memory-begins-anew'), since: z.iso.datetime() }),
  /** Where a suppression stands in its period when the span begins is not always known. */
  z.object({ code: z.literal('suppression-may-be-out-of-step') }),
  /** What other systems answered then is not asked for again: the lookups' fallbacks stand in its place. */
  z.object({ code: z.literal('lookups-fall-back'), lookups: z.array(z.string()) }),
  /** What was known of persons is computed by what is published now. */
  z.object({ code: z.literal('persons-recomputed') }),
]);
export type BacktestNote = z.infer<typeof BacktestNote>;

export const BacktestResult = z.object({
  /** Of the decisions' events, by receipt. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  candidate: SideCounts,
  /** null: no version is in force. */
  live: SideCounts.nullable(),
  difference: Counts,
  /** Hours for short spans, otherwise days of the project's time zone; those without a hit are left out. */
  per: z.enum(['hour', 'day']),
  overTime: z.array(Counts.extend({ from: z.iso.datetime() })),
  /** Those with most hits of the candidate, then of the live version. */
  subjects: z.array(z.object({ subject: z.string(), candidate: z.number().int(), live: z.number().int() })),
  /** The latest of each, up to 50, and as many as are 500 kB. */
  samples: z.record(BacktestDifference, z.array(BacktestSample)),
  events: z.object({
    /** Those before the span too, which only count. */
    read: z.number().int(),
    /** Of the span, that one of the rules looks at. */
    lookedAt: z.number().int(),
  }),
  seconds: z.number(),
  eventsPerSecond: z.number(),
  notes: z.array(BacktestNote),
});
export type BacktestResult = z.infer<typeof BacktestResult>;

export const BacktestProgress = z.object({
  /** From 0 to 1, as far as it can be told. */
  fraction: z.number(),
  events: z.number().int(),
  eventsPerSecond: z.number(),
});
export type BacktestProgress = z.infer<typeof BacktestProgress>;

export const BacktestState = z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']);
export type BacktestState = z.infer<typeof BacktestState>;

const WordedNote = z.object({ code: z.string(), message: z.string() });

/** One run of a rule over the past. */
export const Backtest = z.object({
  id: z.string(),
  /** null: of a rule that is not there yet. */
  ruleId: z.string().nullable(),
  /** What was tried: a version, or `draft`. */
  candidate: z.union([z.literal('draft'), z.number().int()]),
  /** The version it is compared with; null when none was in force. */
  liveVersion: z.number().int().nullable(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  state: BacktestState,
  requestedBy: z.string(),
  requestedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  progress: BacktestProgress.nullable(),
  /** Why it failed. */
  problem: WordedNote.nullable(),
});
export type Backtest = z.infer<typeof Backtest>;

/** `GET .../backtests/:id`. */
export const BacktestView = Backtest.extend({
  /** null until it is done. */
  result: BacktestResult.omit({ notes: true })
    .extend({ notes: z.array(WordedNote) })
    .nullable(),
});
export type BacktestView = z.infer<typeof BacktestView>;

/** `GET .../backtests`, newest first. */
export const Backtests = z.object({ backtests: z.array(Backtest) });
