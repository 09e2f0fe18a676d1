import type { Language } from '@hermes/contracts/language';
import type { RuleRemark } from '@hermes/contracts/rule-api';
import type { z } from 'zod';
import { inChinese, unknownWord } from './rule-words.ts';

/** One thing that is wrong with a rule: where (JSON pointer), what, and what to do. */
export type RuleProblem = Readonly<RuleRemark>;

/** A JSON pointer. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The faults that a schema found outside of the conditions. `known`: fields of the outermost object, for 'did you mean'. */
export function frameProblems(
  error: z.ZodError,
  known: readonly string[],
  knownBelow: readonly string[] = [],
  language: Language = 'en',
): RuleProblem[] {
  return error.issues.flatMap((issue): RuleProblem[] => {
    const pointer = pointerOf(issue.path);
    if (issue.code === 'unrecognized_keys') {
      const fields = issue.path.length === 0 ? known : knownBelow;
      return issue.keys.map((key) => ({
        pointer: `${pointer}${pointerOf([key])}`,
        code: 'unknown-field',
        message: unknownWord('field', key, fields)[language],
      }));
    }
    const message = language === 'zh' ? inChinese(issue.message) : issue.message;
    return [{ pointer, code: 'invalid-field', message }];
  });
}
