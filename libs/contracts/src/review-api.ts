import { z } from 'zod';
import { Decision } from './decision.ts';

export const ReviewVerdict = z.enum(['release', 'refuse']);
export type ReviewVerdict = z.infer<typeof ReviewVerdict>;

export const ReviewStatus = z.enum(['open', 'released', 'refused']);
export type ReviewStatus = z.infer<typeof ReviewStatus>;

/** A decision that a rule holds until a person says what becomes of it. */
export const Review = z.object({
  decisionId: z.string(),
  ruleId: z.string(),
  ruleVersion: z.number().int(),
  subject: z.string(),
  heldAt: z.iso.datetime(),
  status: ReviewStatus,
  /** Who said so, and when; null while it is open. */
  by: z.string().nullable(),
  at: z.iso.datetime().nullable(),
  note: z.string().nullable(),
  /** While it is open: what would be done, and why. Afterwards `GET decisions/:id` has it. */
  decision: Decision.nullable(),
});
export type Review = z.infer<typeof Review>;

/** `GET /v1/projects/:p/reviews`, newest first. */
export const Reviews = z.object({
  reviews: z.array(Review),
  /** Give it as `before` for older ones; null when there is none. */
  next: z.string().nullable(),
});
export type Reviews = z.infer<typeof Reviews>;

const Note = z
  .string()
  .trim()
  .min(1)
  .max(2_000)
  .refine((text) => !text.includes('\u0000'), 'a note has no NUL character');

/** Body of `POST /v1/projects/:p/reviews/:decisionId`. */
export const ReviewBody = z.strictObject({ verdict: ReviewVerdict, note: Note.optional() });
export type ReviewBody = z.infer<typeof ReviewBody>;

/** Body of `PUT /v1/projects/:p/decisions/:id/feedback`: whether the rule was right to fire. */
export const FeedbackBody = z.strictObject({ verdict: z.enum(['right', 'wrong']), note: Note.optional() });
export type FeedbackBody = z.infer<typeof FeedbackBody>;

/** A person's last word on a decision. */
export const Feedback = z.object({
  by: z.string(),
  at: z.iso.datetime(),
  verdict: FeedbackBody.shape.verdict,
  note: z.string().nullable(),
});
export type Feedback = z.infer<typeof Feedback>;
/** `GET /v1/projects/:p/decisions/:id/feedback`, newest first. */
export const FeedbackList = z.object({ feedback: z.array(Feedback) });

/** `GET /v1/projects/:p/decisions/:id`. */
export const DecisionView = Decision.extend({
  /** What became of one that was held; absent while nobody has said, and while that cannot be read. */
  review: Review.pick({ status: true, by: true, at: true, note: true }).optional(),
  /** Absent while it cannot be read. */
  feedback: z.array(Feedback).optional(),
});
export type DecisionView = z.infer<typeof DecisionView>;
