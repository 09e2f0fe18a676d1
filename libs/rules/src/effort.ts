import { splitOperator } from './operators.ts';
import { TIME_OPERATORS } from './time-operators.ts';

/**
 * How much may still be looked through: a rule of 64 KB can ask for billions of comparisons. One is about what it takes to compare two numbers,
 * a tenth of a microsecond.
 */
export interface Effort {
  left: number;
}

/** What an operator takes to be asked about a value: some of it in any case, some for each character of the value. */
export interface Cost {
  readonly once: number;
  readonly perCharacter: number;
}

/** An instant is read from its text, and a schedule placed on a wall clock. */
export const INSTANT_COST = 30;
/** Of a pattern that is not compiled yet. */
const COMPILING_COST = 3_000;
/** Of a pattern at each character; one with a repetition that is counted is as many patterns at once. */
const [PATTERN_COST, COUNTED_COST] = [3, 30];
/** Texts are compared many characters at a time. */
const TEXT_COST = 1 / 64;

/** @param json - the value, which the operator compares with */
export function costOf(operator: string, value: unknown, json: string): Cost {
  const { decorators, base } = splitOperator(operator);
  if (base === 'matches') {
    // Lists have more patterns than are kept compiled, and `swap` takes what it looks at for one.
    if (decorators.some((decorator) => decorator !== 'not'))
      return { once: COMPILING_COST * (Array.isArray(value) ? value.length + 1 : 1), perCharacter: COUNTED_COST };
    return { once: 10, perCharacter: json.includes('{') ? COUNTED_COST : PATTERN_COST };
  }
  if (Object.hasOwn(TIME_OPERATORS, base)) return { once: INSTANT_COST, perCharacter: TEXT_COST };
  // The elements of a list are compared one by one: each has two characters at least.
  const size = typeof value === 'object' && value !== null ? json.length / 2 : json.length * TEXT_COST;
  return { once: 1 + size, perCharacter: TEXT_COST };
}

export const costFor = ({ once, perCharacter }: Cost, value: unknown): number =>
  typeof value === 'string' ? once + perCharacter * value.length : once;
