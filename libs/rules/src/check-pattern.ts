import type { Bilingual } from '@hermes/contracts/event-type';
import { linearPattern, UnusablePattern } from './linear-pattern.ts';
import { MAX_PATTERN_LENGTH } from './operators.ts';
import { SAYS } from './rule-words.ts';

/** Why a pattern cannot be used, in words; undefined when it can. */
export function patternProblem(pattern: string): Bilingual | undefined {
  if (pattern.length > MAX_PATTERN_LENGTH) return SAYS.patternTooLong(MAX_PATTERN_LENGTH);
  try {
    linearPattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof UnusablePattern) return error.text;
    throw error;
  }
}
