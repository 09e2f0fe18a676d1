import { z } from 'zod';
import { Condition } from './rule.ts';

/** Body of `PUT /v1/projects/:p/conditions/:id`. */
export const NamedConditionDraft = z.strictObject({
  name: z.string().trim().min(1).max(200),
  description: z.string().max(2_000).optional(),
  conditions: Condition,
});
export type NamedConditionDraft = z.infer<typeof NamedConditionDraft>;

/** A rule that has a named condition in it. */
export const ConditionUse = z.object({
  ruleId: z.string(),
  /** Of the condition, as the rule's newest version (or its draft) has it. */
  version: z.number().int().positive(),
  isDraft: z.boolean(),
  /** Whether the condition has a newer version; the rule has it once it is saved again. */
  isOlder: z.boolean(),
});
export type ConditionUse = z.infer<typeof ConditionUse>;

/** A condition of a project, of which rules take what it says when they are saved. */
export const NamedCondition = NamedConditionDraft.extend({
  id: z.string(),
  version: z.number().int().positive(),
  savedAt: z.iso.datetime(),
  savedBy: z.string(),
});
export type NamedCondition = z.infer<typeof NamedCondition>;
/** `GET /v1/projects/:p/conditions`, by id. */
export const NamedConditions = z.object({ conditions: z.array(NamedCondition) });
/** `GET /v1/projects/:p/conditions/:id`. */
export const NamedConditionView = NamedCondition.extend({ usedBy: z.array(ConditionUse) });
export type NamedConditionView = z.infer<typeof NamedConditionView>;
