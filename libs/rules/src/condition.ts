import type { TraceEntry } from '@hermes/contracts/decision';
import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { compilePath } from './json-path.ts';
import { operatorOf } from './operators.ts';
import { cutValue } from './trace-value.ts';
import { FALSE, negated, TRUE, type Verdict } from './verdict.ts';

/** What conditions look at, by the fact's name. A fact that is absent is undefined (json-rules-engine's `allowUndefinedFacts`). */
export type Facts = Readonly<Record<string, unknown>>;

/** One condition as closures. `test` is the fast way; `explain` says the same and tells what each condition saw. */
export interface CompiledCondition {
  test(facts: Facts): Verdict;
  /** Appends this condition's entry and those below it, a parent before its children. */
  explain(facts: Facts, trace: TraceEntry[]): Verdict;
  /** Appends the same entries as not evaluated. */
  skip(trace: TraceEntry[]): void;
}

type Reader = (facts: Facts) => unknown;

export interface FactReference {
  readonly fact: string;
  readonly path?: string;
}

/** Whether a condition's value stands for a fact: an object with a property `fact`, as in json-rules-engine. */
export function isFactReference(value: unknown): value is FactReference {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'fact');
}

/** A path applies to objects and lists only; of any other fact the value itself is taken, as in json-rules-engine. */
function factReader(fact: string, path: string | undefined): Reader {
  if (path === undefined || path === '') return (facts) => facts[fact];
  const read = compilePath(path);
  return (facts) => {
    const value = facts[fact];
    return typeof value === 'object' && value !== null ? read(value) : value;
  };
}

const outcomeOf = (verdict: Verdict): TraceEntry['outcome'] => (verdict === TRUE ? 'true' : 'false');

function compileLeaf(leaf: LeafCondition, pointer: string): CompiledCondition {
  const operator = operatorOf(leaf.operator);
  if (operator === undefined) throw new Error(`unknown operator "${leaf.operator}" at ${pointer}`);
  const readActual = factReader(leaf.fact, leaf.path);
  const expectedValue = leaf.value;
  const readExpected: Reader = isFactReference(expectedValue)
    ? factReader(expectedValue.fact, expectedValue.path)
    : () => expectedValue;
  const known = {
    path: pointer,
    fact: leaf.fact,
    ...(leaf.path === undefined ? {} : { factPath: leaf.path }),
    operator: leaf.operator,
  };
  return {
    test: isFactReference(expectedValue)
      ? (facts) => operator(readActual(facts), readExpected(facts))
      : (facts) => operator(readActual(facts), expectedValue),
    explain: (facts, trace) => {
      const actual = readActual(facts);
      const expected = readExpected(facts);
      const verdict = operator(actual, expected);
      trace.push({
        ...known,
        ...(actual === undefined ? {} : { actual: cutValue(actual) }),
        ...(expected === undefined ? {} : { expected: cutValue(expected) }),
        outcome: outcomeOf(verdict),
      });
      return verdict;
    },
    skip: (trace) => void trace.push({ ...known, outcome: 'skipped' }),
  };
}

/** Adds the entry of `all`, `any` or `not` before those of its children, and fills its outcome in afterwards. */
function withHead(pointer: string, trace: TraceEntry[], evaluate: () => Verdict): Verdict {
  const at = trace.push({ path: pointer, outcome: 'skipped' }) - 1;
  const verdict = evaluate();
  trace[at] = { path: pointer, outcome: outcomeOf(verdict) };
  return verdict;
}

/**
 * `all` and `any` over their children from left to right; `goOn` is the verdict after which the next one is asked. An empty list is
 * true for both, as in json-rules-engine.
 */
function compileList(children: readonly CompiledCondition[], goOn: Verdict, pointer: string): CompiledCondition {
  const [first, second] = children;
  const exhausted: Verdict = children.length === 0 ? TRUE : goOn;
  const test = (facts: Facts): Verdict => {
    for (const child of children) {
      const verdict = child.test(facts);
      if (verdict !== goOn) return verdict;
    }
    return exhausted;
  };
  return {
    test: first !== undefined && second === undefined ? (facts) => first.test(facts) : test,
    explain: (facts, trace) =>
      withHead(pointer, trace, () => {
        let verdict: Verdict = exhausted;
        let decided = false;
        for (const child of children) {
          if (decided) {
            child.skip(trace);
            continue;
          }
          verdict = child.explain(facts, trace);
          decided = verdict !== goOn;
        }
        return verdict;
      }),
    skip: (trace) => {
      trace.push({ path: pointer, outcome: 'skipped' });
      for (const child of children) child.skip(trace);
    },
  };
}

function compileNot(child: CompiledCondition, pointer: string): CompiledCondition {
  return {
    test: (facts) => negated(child.test(facts)),
    explain: (facts, trace) => withHead(pointer, trace, () => negated(child.explain(facts, trace))),
    skip: (trace) => {
      trace.push({ path: pointer, outcome: 'skipped' });
      child.skip(trace);
    },
  };
}

/**
 * Compiles a checked condition into closures.
 *
 * @param pointer - the condition's place in the rule, a JSON pointer, for the trace
 * @throws Error for a condition that `checkRule` refuses
 */
export function compileCondition(condition: Condition, pointer = '/conditions'): CompiledCondition {
  if ('all' in condition) {
    return compileList(
      condition.all.map((child, i) => compileCondition(child, `${pointer}/all/${i}`)),
      TRUE,
      pointer,
    );
  }
  if ('any' in condition) {
    return compileList(
      condition.any.map((child, i) => compileCondition(child, `${pointer}/any/${i}`)),
      FALSE,
      pointer,
    );
  }
  if ('not' in condition) return compileNot(compileCondition(condition.not, `${pointer}/not`), pointer);
  return compileLeaf(condition, pointer);
}
