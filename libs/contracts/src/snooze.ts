import { z } from 'zod';
import { Rule } from './rule.ts';

/** Of a project, over all its rules. */
export const MAX_SNOOZES = 10_000;
const LONGEST_HOURS = 366 * 24;

/** Body of `POST /v1/projects/:p/rules/:id/snoozes`. */
export const SnoozeDraft = z
  .strictObject({
    /** By which the rule goes: the event's subject (`broker:b-17`), or the rule's own key (`listing:l-4`). */
    key: z.string().min(1).max(300),
    until: z.iso.datetime({ offset: true }).optional(),
    hours: z.number().positive().max(LONGEST_HOURS, 'a snooze lasts at most 366 days').optional(),
    /** Why. */
    note: z.string().trim().min(1).max(200).optional(),
  })
  .refine(({ until, hours }) => (until === undefined) !== (hours === undefined), 'say "until" or "hours"');
export type SnoozeDraft = z.infer<typeof SnoozeDraft>;

/** For whom a rule does not fire, and until when. */
export const Snooze = z.object({
  /** SHA-256 of the key, hex; the key itself is not kept. */
  keyHash: z.string(),
  until: z.iso.datetime(),
  note: z.string().nullable(),
  snoozedAt: z.iso.datetime(),
  snoozedBy: z.string(),
});
export type Snooze = z.infer<typeof Snooze>;
/** `GET /v1/projects/:p/rules/:id/snoozes`, those that are not over, the next one to end first. */
export const Snoozes = z.object({ snoozes: z.array(Snooze) });

/** Member of the set of rules: all that a rule is snoozed for. */
export const SnoozedRule = z.object({
  ruleId: Rule.shape.id,
  revision: z.number().int().positive(),
  /** `[hash of the key, until]`, the instant in ms since the epoch, by the hash. */
  keys: z.array(z.tuple([z.string(), z.number()])),
});
export type SnoozedRule = z.infer<typeof SnoozedRule>;
