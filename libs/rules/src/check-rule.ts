import { FeatureId } from '@hermes/contracts/feature';
import { RuleDraft } from '@hermes/contracts/rule';
import { z } from 'zod';
import { isElementOperator } from './element-operators.ts';
import { isNearness } from './expected-value.ts';
import { isFactReference, isRelative } from './fact-reference.ts';
import { FEATURE_FACT } from './feature-fact.ts';
import { type Fields, isFields } from './fields.ts';
import { GEO_OPERATORS, geoValueProblem } from './geo-operators.ts';
import { pathProblem } from './json-path.ts';
import { linearPattern } from './linear-pattern.ts';
import {
  DECORATOR_NAMES,
  isOrder,
  MAX_PATTERN_LENGTH,
  OPERATOR_NAMES,
  literalsOf,
  operatorOf,
  splitOperator,
  TEXT_OPERATORS,
} from './operators.ts';
import { suggest } from './suggestion.ts';
import { TIME_OPERATORS, timeValueProblem } from './time-operators.ts';

/** The facts that a rule may name; a condition on the elements of a list may name `element` as well. */
export const FACT_NAMES: readonly string[] = ['event', FEATURE_FACT];
const ELEMENT_FACT = 'element';

export const MAX_DEPTH = 20;
export const MAX_CONDITIONS = 500;
/** The whole rule as JSON: it travels in one record and is kept with every decision's version. */
export const MAX_RULE_LENGTH = 65_536;

/** One thing that is wrong with a rule: where (JSON pointer), what, and what to do. */
export interface RuleProblem {
  readonly pointer: string;
  /** Stable, kebab-case. */
  readonly code: string;
  readonly message: string;
}

export type CheckedRule =
  | { readonly kind: 'ok'; readonly draft: RuleDraft }
  | { readonly kind: 'rejected'; readonly problems: readonly RuleProblem[] };

const DRAFT_KEYS = Object.keys(RuleDraft.shape);
const DESCRIBING_KEYS = ['name', 'priority'];
const LEAF_KEYS = [...DESCRIBING_KEYS, 'fact', 'params', 'path', 'operator', 'value'];
const BRANCH_KEYS = ['all', 'any', 'not'];
const COUNT_KEYS = ['that', 'atLeast', 'atMost'];
const FEATURE_KEYS = ['id', 'version'];

/** Everything but the conditions, which get messages of their own: those of a recursive union say nothing to a person. */
const Frame = RuleDraft.extend({ conditions: z.unknown() });

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The faults that a schema found outside of the conditions. `known`: fields of the outermost object, for 'did you mean'. */
export function frameProblems(
  error: z.ZodError,
  known: readonly string[],
  knownBelow: readonly string[] = [],
): RuleProblem[] {
  return error.issues.flatMap((issue): RuleProblem[] => {
    const pointer = pointerOf(issue.path);
    if (issue.code === 'unrecognized_keys') {
      const fields = issue.path.length === 0 ? known : knownBelow;
      return issue.keys.map((key) => ({
        pointer: `${pointer}${pointerOf([key])}`,
        code: 'unknown-field',
        message: fields.length === 0 ? `unknown field "${key}"` : `unknown field "${key}"; ${suggest(key, fields)}`,
      }));
    }
    return [{ pointer, code: 'invalid-field', message: issue.message }];
  });
}

class ConditionCheck {
  readonly problems: RuleProblem[] = [];
  private count = 0;
  private facts: readonly string[];

  constructor(facts: readonly string[]) {
    this.facts = facts;
  }

  private refuse(pointer: string, code: string, message: string): void {
    this.problems.push({ pointer, code, message });
  }

  root(value: unknown, pointer: string, depth = 1): void {
    if (isFields(value) && !BRANCH_KEYS.some((key) => Object.hasOwn(value, key))) {
      this.refuse(
        pointer,
        'no-root',
        'the outermost condition is "all", "any" or "not"; wrap a single comparison in "all"',
      );
    }
    this.node(value, pointer, depth);
  }

  private node(value: unknown, pointer: string, depth: number): void {
    this.count += 1;
    if (this.count === MAX_CONDITIONS + 1)
      this.refuse(pointer, 'too-many-conditions', `a rule has at most ${MAX_CONDITIONS} conditions`);
    if (this.count > MAX_CONDITIONS) return;
    if (depth > MAX_DEPTH) return this.refuse(pointer, 'too-deep', `conditions nest at most ${MAX_DEPTH} deep`);
    if (!isFields(value)) {
      return this.refuse(
        pointer,
        'not-a-condition',
        'a condition is an object: {"all": [...]}, {"any": [...]}, {"not": {...}} or a comparison',
      );
    }
    const branches = BRANCH_KEYS.filter((key) => Object.hasOwn(value, key));
    const branch = branches[0];
    if (branch === undefined) return this.leaf(value, pointer, depth);
    if (branches.length > 1) {
      return this.refuse(
        pointer,
        'ambiguous',
        `a condition has one of "all", "any" and "not"; nest ${branches.join(' and ')} in each other`,
      );
    }
    this.keys(value, [branch, ...DESCRIBING_KEYS], pointer);
    this.described(value, pointer);
    const below = value[branch];
    if (branch === 'not') return this.node(below, `${pointer}/not`, depth + 1);
    if (!Array.isArray(below))
      return this.refuse(`${pointer}/${branch}`, 'not-a-list', `"${branch}" holds a list of conditions`);
    below.forEach((child: unknown, i) => this.node(child, `${pointer}/${branch}/${i}`, depth + 1));
  }

  private keys(value: Fields, known: readonly string[], pointer: string, near = [...known, ...BRANCH_KEYS]): void {
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue;
      this.refuse(`${pointer}${pointerOf([key])}`, 'unknown-field', `unknown field "${key}"; ${suggest(key, near)}`);
    }
  }

  private described({ name, priority }: Fields, pointer: string): void {
    if (name !== undefined && typeof name !== 'string')
      this.refuse(`${pointer}/name`, 'invalid-field', 'a name is a text');
    if (priority !== undefined && !(Number.isSafeInteger(priority) && (priority as number) >= 1))
      this.refuse(`${pointer}/priority`, 'invalid-field', 'a priority is a whole number from 1');
  }

  private leaf(value: Fields, pointer: string, depth: number): void {
    this.keys(value, LEAF_KEYS, pointer);
    this.described(value, pointer);
    this.place(value, pointer);
    const operator = value['operator'];
    const known = this.operator(operator, `${pointer}/operator`);
    if (!Object.hasOwn(value, 'value')) {
      return this.refuse(`${pointer}/value`, 'missing-field', 'a comparison needs a "value" (null is one)');
    }
    if (known && isElementOperator(splitOperator(operator as string).base)) return this.elements(value, pointer, depth);
    if (isFactReference(value['value'])) return this.reference(value['value'], `${pointer}/value`);
    if (!known) return;
    this.expected(value['value'], operator as string, `${pointer}/value`);
    this.patterns(value['value'], operator as string, `${pointer}/value`);
    this.timesAndPlaces(value['value'], operator as string, `${pointer}/value`);
  }

  /** A condition on the elements of a list. It asks no lists itself: their elements' number would be the product of lengths that events choose. */
  private elements({ operator, value }: Fields, pointer: string, depth: number): void {
    const name = operator as string;
    if (!isElementOperator(name)) {
      return this.refuse(
        `${pointer}/operator`,
        'decorated',
        `"${splitOperator(name).base}" stands by itself; the opposite of "anyElement" is "noElement"`,
      );
    }
    if (this.facts.includes(ELEMENT_FACT))
      return this.refuse(
        `${pointer}/operator`,
        'list-in-list',
        'a condition on elements asks no list; a path such as "$.data.listings[*].rooms[*]" leads to the elements of all of them',
      );
    const { facts } = this;
    this.facts = [...facts, ELEMENT_FACT];
    if (name === 'countElements') this.counted(value, `${pointer}/value`, depth);
    else this.root(value, `${pointer}/value`, depth + 1);
    this.facts = facts;
  }

  private counted(value: unknown, pointer: string, depth: number): void {
    const example = 'for example {"that": {"all": [...]}, "atLeast": 3}';
    if (!isFields(value) || !Object.hasOwn(value, 'that'))
      return this.refuse(pointer, 'wrong-value', `"countElements" needs a condition and how many, ${example}`);
    this.keys(value, COUNT_KEYS, pointer, COUNT_KEYS);
    const { that, atLeast, atMost } = value;
    for (const [key, number] of Object.entries({ atLeast, atMost })) {
      if (number !== undefined && !(Number.isInteger(number) && (number as number) >= 0))
        this.refuse(`${pointer}/${key}`, 'wrong-value', 'how many elements is a whole number from 0');
    }
    if (atLeast === undefined && atMost === undefined)
      this.refuse(pointer, 'wrong-value', `"countElements" needs "atLeast", "atMost" or both, ${example}`);
    if (typeof atLeast === 'number' && typeof atMost === 'number' && atLeast > atMost)
      this.refuse(pointer, 'wrong-value', `no list has at least ${atLeast} and at most ${atMost} of them`);
    this.root(that, `${pointer}/that`, depth + 1);
  }

  private reference(value: object, pointer: string): void {
    this.keys(value as Fields, ['fact', 'params', 'path'], pointer);
    this.place(value as Fields, pointer);
  }

  /** A fact and where in it. */
  private place({ fact, params, path }: Fields, pointer: string): void {
    this.fact(fact, `${pointer}/fact`);
    this.path(path, `${pointer}/path`);
    if (params !== undefined && !isFields(params))
      return this.refuse(`${pointer}/params`, 'invalid-field', 'params is an object');
    if (fact === FEATURE_FACT) this.feature(params ?? {}, `${pointer}/params`);
  }

  private feature(params: Fields, pointer: string): void {
    this.keys(params, FEATURE_KEYS, pointer, FEATURE_KEYS);
    const id = FeatureId.safeParse(params['id']);
    if (!id.success)
      this.refuse(`${pointer}/id`, 'missing-field', 'say which feature, for example "params": {"id": "showings_7d"}');
    const { version } = params;
    if (version !== undefined && !(Number.isSafeInteger(version) && (version as number) >= 1))
      this.refuse(`${pointer}/version`, 'invalid-field', 'a version is a whole number from 1');
  }

  private fact(fact: unknown, pointer: string): void {
    if (typeof fact !== 'string')
      return this.refuse(pointer, 'missing-field', `a comparison names its fact: ${this.facts.join(', ')}`);
    if (!this.facts.includes(fact))
      this.refuse(pointer, 'unknown-fact', `unknown fact "${fact}"; ${suggest(fact, this.facts)}`);
  }

  private path(path: unknown, pointer: string): void {
    if (path === undefined) return;
    const problem = typeof path === 'string' ? pathProblem(path) : 'a path is a text such as "$.data.totalPriceCny"';
    if (problem !== undefined) this.refuse(pointer, 'invalid-path', problem);
  }

  private operator(operator: unknown, pointer: string): boolean {
    if (typeof operator !== 'string') {
      this.refuse(pointer, 'missing-field', `a comparison has an operator: ${OPERATOR_NAMES.join(', ')}`);
      return false;
    }
    if (operatorOf(operator) !== undefined && operator.length <= 200) return true;
    const { decorators, base } = splitOperator(operator);
    const stranger = decorators.find((decorator) => !DECORATOR_NAMES.includes(decorator));
    const message =
      stranger === undefined
        ? `unknown operator "${base}"; ${suggest(base, OPERATOR_NAMES)}`
        : `unknown decorator "${stranger}"; ${suggest(stranger, DECORATOR_NAMES)}`;
    this.refuse(pointer, 'unknown-operator', message);
    return false;
  }

  /** Patterns that could never be used, under decorators too; `swap` takes them from the event. */
  private patterns(value: unknown, operator: string, pointer: string): void {
    const { decorators, base } = splitOperator(operator);
    if (base !== 'matches' || decorators.includes('swap')) return;
    for (const pattern of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      const problem = typeof pattern === 'string' ? patternProblem(pattern) : undefined;
      if (problem !== undefined) this.refuse(pointer, 'invalid-pattern', problem);
    }
  }

  /** Dates, spans, schedules and places that say nothing, under decorators too. */
  private timesAndPlaces(value: unknown, operator: string, pointer: string): void {
    const { decorators, base } = splitOperator(operator);
    const isTime = Object.hasOwn(TIME_OPERATORS, base);
    if (!isTime && !Object.hasOwn(GEO_OPERATORS, base)) return;
    if (decorators.includes('swap'))
      return this.refuse(pointer, 'decorated', `"${base}" does not take "swap": its value is what the rule says`);
    for (const one of literalsOf(operator, value)) {
      const isPlace = (of: unknown): boolean => isNearness(operator) && isFactReference(of);
      const problem = (isTime ? timeValueProblem : geoValueProblem)(base, one, isPlace);
      if (problem !== undefined) this.refuse(pointer, 'wrong-value', problem);
      else if (isRelative(one) && isPlace(one.of)) this.reference(one.of as object, `${pointer}/of`);
    }
  }

  /** Literal values with which an undecorated operator could never hold, or never decide. */
  private expected(value: unknown, operator: string, pointer: string): void {
    const structured = typeof value === 'object' && value !== null;
    if (operator === 'in' || operator === 'notIn') {
      if (!Array.isArray(value) && typeof value !== 'string') {
        this.refuse(
          pointer,
          'wrong-value',
          `"${operator}" needs a list of values, for example ["Haidian", "Chaoyang"]`,
        );
      }
    } else if (
      operator === 'equal' ||
      operator === 'notEqual' ||
      operator === 'contains' ||
      operator === 'doesNotContain'
    ) {
      if (structured)
        this.refuse(
          pointer,
          'wrong-value',
          `"${operator}" compares with one value; lists and objects are never equal to each other`,
        );
    } else if ((TEXT_OPERATORS as readonly string[]).includes(operator)) {
      if (typeof value !== 'string') this.refuse(pointer, 'wrong-value', `"${operator}" needs a text`);
    } else if (isOrder(operator) && typeof value !== 'number' && typeof value !== 'string') {
      this.refuse(
        pointer,
        'wrong-value',
        `"${operator}" needs a number, or a text that begins with one such as a date`,
      );
    }
  }
}

function patternProblem(pattern: string): string | undefined {
  if (pattern.length > MAX_PATTERN_LENGTH) return `a pattern has at most ${MAX_PATTERN_LENGTH} characters`;
  try {
    linearPattern(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Checks a condition by itself: everything that is wrong with it. One that passes compiles, and its evaluation never throws.
 *
 * @param facts - that it may name
 */
export function checkCondition(
  input: unknown,
  pointer: string,
  facts: readonly string[] = FACT_NAMES,
): readonly RuleProblem[] {
  const check = new ConditionCheck(facts);
  check.root(input, pointer);
  return check.problems;
}

/**
 * Checks what a person wrote, and says everything that is wrong with it in one answer. A rule that passes compiles, and its
 * evaluation never throws.
 *
 * @param facts - that it may name
 */
export function checkRule(input: unknown, facts = FACT_NAMES): CheckedRule {
  if (!isFields(input))
    return { kind: 'rejected', problems: [{ pointer: '', code: 'not-a-rule', message: 'a rule is a JSON object' }] };
  if (JSON.stringify(input).length > MAX_RULE_LENGTH) {
    return {
      kind: 'rejected',
      problems: [
        { pointer: '', code: 'too-long', message: `a rule has at most ${MAX_RULE_LENGTH} characters of JSON` },
      ],
    };
  }
  const frame = Frame.safeParse(input);
  const problems = [
    ...(frame.success ? [] : frameProblems(frame.error, DRAFT_KEYS, ['type', 'params'])),
    ...checkCondition(input['conditions'], '/conditions', facts),
  ];
  if (!frame.success || problems.length > 0) return { kind: 'rejected', problems };
  // What has passed is read by this schema from Kafka, and compiled: a rule that could not be would hold up all changes behind it.
  const draft = RuleDraft.safeParse(input);
  if (!draft.success) return { kind: 'rejected', problems: frameProblems(draft.error, DRAFT_KEYS) };
  return { kind: 'ok', draft: draft.data };
}
