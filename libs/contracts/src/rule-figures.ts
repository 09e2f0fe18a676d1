import { z } from 'zod';

const count = z.number().int().nonnegative();

/** What one version of a rule came to on events received in a period. */
export const RuleVersionFigures = z.object({
  version: z.number().int().positive(),
  /** Events on which the version was asked, and those of them on which it could say neither yes nor no; by the instant of evaluation. */
  evaluated: count,
  undecided: count,
  /** Decisions, without those in the shadow and those that are held or were refused. */
  hits: count,
  shadowHits: count,
  /** Events on which it would have fired, had it not been suppressed, as far as later decisions have told. */
  suppressed: count,
  /** What the hits did. `skipped`: could not be done. */
  actions: z.object({
    alert: count,
    'emit-event': count,
    'set-attribute': count,
    webhook: count,
    skipped: count,
  }),
  held: z.object({ open: count, released: count, refused: count }),
  /** From the event's receipt to the decision, in milliseconds; null without decisions. */
  latencyMs: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
  /** Its decisions, those in the shadow too, on which most people's last word is right, or wrong. `precision`: right among right and wrong; null while there are none. */
  feedback: z.object({ right: count, wrong: count, precision: z.number().nullable() }),
});
export type RuleVersionFigures = z.infer<typeof RuleVersionFigures>;

/** `GET /v1/projects/:p/rules/:id/figures?from=&to=`, the newest version first. */
export const RuleFigures = z.object({
  ruleId: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Before this instant decisions have expired. */
  keptSince: z.iso.datetime(),
  versions: z.array(RuleVersionFigures),
});
export type RuleFigures = z.infer<typeof RuleFigures>;
