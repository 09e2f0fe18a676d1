import { z } from 'zod';
import { TraceEntry } from './decision.ts';
import { FeatureValue } from './profile.ts';
import { RuleApproval, RuleRemark } from './rule-api.ts';
import { BacktestDifference } from './rule-backtest.ts';

const version = z.number().int().positive();

/** A version that runs, or ran, in the shadow of its rule's version in force. */
export const RuleShadow = z.object({
  ruleId: z.string(),
  version,
  /** `waiting`: for its features to be filled. `promoted`: it came into force. `ended`: it did not. */
  state: z.enum(['waiting', 'running', 'promoted', 'ended']),
  /** The rule's newest version when it began. On top of another it is not promoted. */
  basedOn: version,
  startedBy: z.string(),
  startedAt: z.iso.datetime(),
  /** Features that are still to be filled, by id. */
  waitsFor: z.array(z.string()),
  /** Since when it is asked; null where it never was. */
  runningSince: z.iso.datetime().nullable(),
  endedBy: z.string().nullable(),
  endedAt: z.iso.datetime().nullable(),
  /** Why it ended, where nobody asked for that. */
  note: z.string().nullable(),
  approvals: z.array(RuleApproval),
  /** What keeps it from being promoted; empty when nothing does, or it is over. */
  problems: z.array(RuleRemark),
});
export type RuleShadow = z.infer<typeof RuleShadow>;

/** `GET /v1/projects/:p/rule-shadows`, by the rule's id: those that are not over. */
export const RuleShadows = z.object({ shadows: z.array(RuleShadow) });

/** Body of `POST /v1/projects/:p/rules/:id/shadow/approve` and `.../promote`. */
export const RuleShadowBody = z.strictObject({
  /** The candidate that is meant. */
  version,
});

/** An event on which one of the two fired, or both. */
export const ShadowSample = z.object({
  /** By receipt; where time decided, when that was due. */
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
  /** Of `GET decisions/:id`; null where it did not fire. */
  candidateDecision: z.string().nullable(),
  inForceDecision: z.string().nullable(),
  /** That was in force; null where it did not fire. */
  inForceVersion: version.nullable(),
  /** Why it fired: the candidate's where that fired, otherwise the other's. */
  trace: z.array(TraceEntry),
  features: z.record(z.string(), FeatureValue).optional(),
  /** Why the other did not fire: its trace, made anew; empty where that asks for more than the event, and where both fired. */
  other: z.array(TraceEntry),
  /** By that its conditions held: what kept it from firing was a suppression, a roll-out, or when it runs. */
  otherKeptBack: z.boolean(),
});
export type ShadowSample = z.infer<typeof ShadowSample>;

const count = z.number().int().nonnegative();

/** `GET /v1/projects/:p/rules/:id/shadow/comparison?version=&from=&to=&samples=`: what a candidate and the versions in force decided on the same events. */
export const ShadowComparison = z.object({
  ruleId: z.string(),
  version,
  /** By receipt: what was asked for, or the last 7 days, as far as the candidate ran. Not included: `to`. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Before this instant decisions have expired. */
  keptSince: z.iso.datetime(),
  candidate: z.object({ hits: count }),
  inForce: z.object({ hits: count, versions: z.array(version) }),
  /** Events: `more`: the candidate alone fired on them, `fewer`: the version in force alone, `same`: both. */
  difference: z.object({ more: count, fewer: count, same: count }),
  /** Those of `more` of keys to which the version in force is not rolled out. */
  notRolledOut: count,
  /** The latest of each. */
  samples: z.record(BacktestDifference, z.array(ShadowSample)),
  /** What to know about the figures. */
  notes: z.array(z.object({ code: z.string(), message: z.string() })),
});
export type ShadowComparison = z.infer<typeof ShadowComparison>;
