import { type Condition, RuleDraft } from '@hermes/contracts/rule';
import { z } from 'zod';
import { isFactReference } from './fact-reference.ts';
import { pathProblem } from './json-path.ts';
import { linearPattern } from './linear-pattern.ts';
import {
  DECORATOR_NAMES,
  isOrder,
  MAX_PATTERN_LENGTH,
  OPERATOR_NAMES,
  operatorOf,
  splitOperator,
  TEXT_OPERATORS,
} from './operators.ts';
import { suggest } from './suggestion.ts';

/** The facts that a rule may name. */
export const FACT_NAMES: readonly string[] = ['event'];

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
const LEAF_KEYS = ['name', 'fact', 'path', 'operator', 'value'];
const BRANCH_KEYS = ['all', 'any', 'not'];

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

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

class ConditionCheck {
  readonly problems: RuleProblem[] = [];
  private count = 0;

  private refuse(pointer: string, code: string, message: string): void {
    this.problems.push({ pointer, code, message });
  }

  root(value: unknown, pointer: string): void {
    if (isFields(value) && !BRANCH_KEYS.some((key) => Object.hasOwn(value, key))) {
      this.refuse(
        pointer,
        'no-root',
        'the outermost condition is "all", "any" or "not"; wrap a single comparison in "all"',
      );
    }
    this.node(value, pointer, 1);
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
    if (branch === undefined) return this.leaf(value, pointer);
    if (branches.length > 1) {
      return this.refuse(
        pointer,
        'ambiguous',
        `a condition has one of "all", "any" and "not"; nest ${branches.join(' and ')} in each other`,
      );
    }
    this.keys(value, [branch], pointer);
    const below = value[branch];
    if (branch === 'not') return this.node(below, `${pointer}/not`, depth + 1);
    if (!Array.isArray(below))
      return this.refuse(`${pointer}/${branch}`, 'not-a-list', `"${branch}" holds a list of conditions`);
    below.forEach((child: unknown, i) => this.node(child, `${pointer}/${branch}/${i}`, depth + 1));
  }

  private keys(value: Fields, known: readonly string[], pointer: string): void {
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue;
      this.refuse(
        `${pointer}${pointerOf([key])}`,
        'unknown-field',
        `unknown field "${key}"; ${suggest(key, [...known, ...BRANCH_KEYS])}`,
      );
    }
  }

  private leaf(value: Fields, pointer: string): void {
    this.keys(value, LEAF_KEYS, pointer);
    if (value['name'] !== undefined && typeof value['name'] !== 'string') {
      this.refuse(`${pointer}/name`, 'invalid-field', 'a name is a text');
    }
    this.fact(value['fact'], `${pointer}/fact`);
    this.path(value['path'], `${pointer}/path`);
    const operator = value['operator'];
    const known = this.operator(operator, `${pointer}/operator`);
    if (!Object.hasOwn(value, 'value')) {
      return this.refuse(`${pointer}/value`, 'missing-field', 'a comparison needs a "value" (null is one)');
    }
    if (isFactReference(value['value'])) return this.reference(value['value'], `${pointer}/value`);
    if (!known) return;
    this.expected(value['value'], operator as string, `${pointer}/value`);
    this.patterns(value['value'], operator as string, `${pointer}/value`);
  }

  private reference(value: object, pointer: string): void {
    const fields = value as Fields;
    this.keys(fields, ['fact', 'path'], pointer);
    this.fact(fields['fact'], `${pointer}/fact`);
    this.path(fields['path'], `${pointer}/path`);
  }

  private fact(fact: unknown, pointer: string): void {
    if (typeof fact !== 'string')
      return this.refuse(pointer, 'missing-field', `a comparison names its fact: ${FACT_NAMES.join(', ')}`);
    if (!FACT_NAMES.includes(fact))
      this.refuse(pointer, 'unknown-fact', `unknown fact "${fact}"; ${suggest(fact, FACT_NAMES)}`);
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

/** Checks a condition by itself: everything that is wrong with it. One that passes compiles, and its evaluation never throws. */
export function checkCondition(input: unknown, pointer: string): readonly RuleProblem[] {
  const check = new ConditionCheck();
  check.root(input, pointer);
  return check.problems;
}

/**
 * Checks what a person wrote, and says everything that is wrong with it in one answer. A rule that passes compiles, and its
 * evaluation never throws.
 */
export function checkRule(input: unknown): CheckedRule {
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
    ...checkCondition(input['conditions'], '/conditions'),
  ];
  if (!frame.success || problems.length > 0) return { kind: 'rejected', problems };
  return { kind: 'ok', draft: { ...frame.data, conditions: input['conditions'] as Condition } };
}
