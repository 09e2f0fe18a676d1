import { z } from 'zod';
import { Rule } from './rule.ts';

/** Something about a rule that a person is told, in the language of the request; `pointer` is a JSON pointer into the draft. */
export const RuleRemark = z.object({
  pointer: z.string(),
  /** Stable, kebab-case. */
  code: z.string(),
  message: z.string(),
});
export type RuleRemark = z.infer<typeof RuleRemark>;

/** What a POST or a PUT of a rule answers: the rule in force, and what looks like a mistake in it but is allowed. */
export const SavedRule = Rule.extend({ warnings: z.array(RuleRemark) });
export type SavedRule = z.infer<typeof SavedRule>;

/** `POST /v1/projects/:p/rules/check`: what saving a draft would say. */
export const RuleCheck = z.object({
  /** Because of which it would be refused. */
  problems: z.array(RuleRemark),
  warnings: z.array(RuleRemark),
});
export type RuleCheck = z.infer<typeof RuleCheck>;
