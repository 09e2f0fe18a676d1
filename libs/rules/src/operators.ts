import { RuleOperator } from '@hermes/contracts/rule';
import { CHANGE_OPERATORS } from './change-operators.ts';
import { ELEMENT_OPERATORS } from './element-operators.ts';
import { GEO_OPERATORS } from './geo-operators.ts';
import { linearPattern, type Pattern } from './linear-pattern.ts';
import { LIST_OPERATORS } from './list-operators.ts';
import { namedOnce } from './named-once.ts';
import { TIME_OPERATORS } from './time-operators.ts';
import { FALSE, negated, TRUE, UNDECIDABLE, verdictOf, type Verdict } from './verdict.ts';

/** `actual` is what the fact had, `expected` the condition's value. Never throws. */
export type Operator = (actual: unknown, expected: unknown) => Verdict;

/** Values with a hostile `toString` make a conversion throw; then there is no verdict. */
function guarded(compare: () => boolean): Verdict {
  try {
    return verdictOf(compare());
  } catch {
    return UNDECIDABLE;
  }
}

/** Whether json-rules-engine sees a number in it: `parseFloat` of its text, so '12 km' and [5] count, true and null do not. */
export function looksNumeric(value: unknown): boolean {
  return typeof value === 'number' ? !Number.isNaN(value) : !Number.isNaN(Number.parseFloat(value as string));
}

/** An order comparison: numbers the straight way, everything else with JavaScript's own conversions. */
function ordering(compare: (a: number, b: number) => boolean): Operator {
  return (actual, expected) => {
    if (typeof actual === 'number' && typeof expected === 'number') return verdictOf(compare(actual, expected));
    return guarded(() => looksNumeric(actual) && compare(actual as number, expected as number));
  };
}

/** Whether `list` holds `value`: an array's element, or a part of a text, as `indexOf` has it. */
function member(value: unknown, list: unknown): Verdict {
  if (Array.isArray(list)) return verdictOf(list.indexOf(value) > -1);
  if (typeof list === 'string') return guarded(() => list.indexOf(value as string) > -1);
  return UNDECIDABLE;
}

/** A comparison of texts: of anything else it is false. */
function ofTexts(compare: (actual: string, expected: string) => Verdict): Operator {
  return (actual, expected) => {
    if (typeof expected !== 'string') return UNDECIDABLE;
    return typeof actual === 'string' ? compare(actual, expected) : FALSE;
  };
}

/** A longer pattern is refused: nobody reads one. */
export const MAX_PATTERN_LENGTH = 500;
/** More than the rules of a project are likely to have: what is not kept is compiled for each event. */
const patternNamed = namedOnce(5_000, linearPattern);

/** Compiled once; undefined for what is no pattern, which is undecidable like everything that cannot be compared. */
const patternOf = (text: string): Pattern | undefined =>
  text.length > MAX_PATTERN_LENGTH ? undefined : patternNamed(text);

const OPERATORS: Readonly<Record<RuleOperator, Operator>> = {
  equal: (actual, expected) => verdictOf(actual === expected),
  notEqual: (actual, expected) => verdictOf(actual !== expected),
  in: member,
  notIn: (actual, expected) => negated(member(actual, expected)),
  contains: (actual, expected) => verdictOf(Array.isArray(actual) && actual.indexOf(expected) > -1),
  doesNotContain: (actual, expected) => verdictOf(Array.isArray(actual) && actual.indexOf(expected) === -1),
  lessThan: ordering((a, b) => a < b),
  lessThanInclusive: ordering((a, b) => a <= b),
  greaterThan: ordering((a, b) => a > b),
  greaterThanInclusive: ordering((a, b) => a >= b),
  startsWith: ofTexts((actual, expected) => verdictOf(actual.startsWith(expected))),
  endsWith: ofTexts((actual, expected) => verdictOf(actual.endsWith(expected))),
  matches: ofTexts((actual, expected) => {
    const pattern = patternOf(expected);
    return pattern === undefined ? UNDECIDABLE : verdictOf(pattern.test(actual));
  }),
  ...TIME_OPERATORS,
  ...GEO_OPERATORS,
  ...ELEMENT_OPERATORS,
  ...LIST_OPERATORS,
  ...CHANGE_OPERATORS,
};

function some(values: readonly unknown[], test: (value: unknown) => Verdict): Verdict {
  for (const value of values) {
    const verdict = test(value);
    if (verdict !== FALSE) return verdict;
  }
  return FALSE;
}

function every(values: readonly unknown[], test: (value: unknown) => Verdict): Verdict {
  for (const value of values) {
    const verdict = test(value);
    if (verdict !== TRUE) return verdict;
  }
  return TRUE;
}

/** json-rules-engine's decorators: written before the operator with a colon, `everyFact:in`, and nested, `not:someFact:equal`. */
const DECORATORS: Readonly<Record<string, (next: Operator) => Operator>> = {
  someFact: (next) => (actual, expected) =>
    Array.isArray(actual) ? some(actual, (one) => next(one, expected)) : FALSE,
  everyFact: (next) => (actual, expected) =>
    Array.isArray(actual) ? every(actual, (one) => next(one, expected)) : FALSE,
  someValue: (next) => (actual, expected) =>
    Array.isArray(expected) ? some(expected, (one) => next(actual, one)) : UNDECIDABLE,
  everyValue: (next) => (actual, expected) =>
    Array.isArray(expected) ? every(expected, (one) => next(actual, one)) : UNDECIDABLE,
  swap: (next) => (actual, expected) => next(expected, actual),
  not: (next) => (actual, expected) => negated(next(actual, expected)),
};

/** Whether it is one of the four orders, without decorators. */
export const isOrder = (name: string): boolean => /^(less|greater)Than(Inclusive)?$/u.test(name);

export const OPERATOR_NAMES: readonly RuleOperator[] = RuleOperator.options;
export const TEXT_OPERATORS: readonly RuleOperator[] = ['startsWith', 'endsWith', 'matches'];
/** Those that json-rules-engine has not. */
export const OWN_OPERATORS: readonly RuleOperator[] = [
  ...TEXT_OPERATORS,
  ...(Object.keys({
    ...TIME_OPERATORS,
    ...GEO_OPERATORS,
    ...ELEMENT_OPERATORS,
    ...LIST_OPERATORS,
    ...CHANGE_OPERATORS,
  }) as RuleOperator[]),
];
export const DECORATOR_NAMES: readonly string[] = Object.keys(DECORATORS);

/** Splits `not:someFact:equal` into its decorators, outermost first, and its operator. */
export function splitOperator(name: string): { readonly decorators: readonly string[]; readonly base: string } {
  const parts = name.split(':');
  return { decorators: parts.slice(0, -1), base: parts.at(-1) ?? '' };
}

/** Whether the operator takes its values one by one out of a list: `someValue:`, `everyValue:`. */
export const takesList = (name: string): boolean => /(^|:)(some|every)Value:/u.test(name);

/** The values that the operator compares with; none where it needs a list and has none. */
export function literalsOf(name: string, value: unknown): readonly unknown[] {
  if (!takesList(name)) return [value];
  return Array.isArray(value) ? value : [];
}

/** The operator of that name with its decorators; `undefined` when a part of the name is unknown. */
export function operatorOf(name: string): Operator | undefined {
  const { decorators, base } = splitOperator(name);
  let operator = Object.hasOwn(OPERATORS, base) ? OPERATORS[base as RuleOperator] : undefined;
  for (const decorator of decorators.toReversed()) {
    if (operator === undefined || !Object.hasOwn(DECORATORS, decorator)) return undefined;
    operator = DECORATORS[decorator]?.(operator);
  }
  return operator;
}
