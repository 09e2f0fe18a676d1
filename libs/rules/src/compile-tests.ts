import type { Condition } from '@hermes/contracts/rule';
import type { FactReads } from './fact-reads.ts';
import { leafTest, type Test } from './leaf-test.ts';
import { FALSE, negated, TRUE, type Verdict } from './verdict.ts';

/**
 * Compiles conditions that look at the same events into closures, in their order. A condition that occurs several times, in one of them or in
 * several, is evaluated once for each event.
 *
 * @throws Error for a condition that `checkRule` refuses
 */
export function compileTests(conditions: readonly Condition[], reads: FactReads): readonly Test[] {
  const occurrences = new Map<string, number>();
  for (const condition of conditions) count(condition, occurrences);
  const shared = new Map<string, Test>();
  const compile = (condition: Condition): Test => {
    const name = nameOf(condition);
    if ((occurrences.get(name) ?? 0) < 2) return own(condition);
    let test = shared.get(name);
    if (test === undefined) shared.set(name, (test = once(own(condition), reads)));
    return test;
  };
  const own = (condition: Condition): Test => {
    if ('all' in condition) return inTurn(condition.all.map(compile), TRUE);
    if ('any' in condition) return inTurn(condition.any.map(compile), FALSE);
    if (!('not' in condition)) return leafTest(condition, reads);
    const test = compile(condition.not);
    return () => negated(test());
  };
  return conditions.map(compile);
}

/** What a condition says; two with the same name say the same of every event. */
function nameOf(condition: Condition): string {
  if ('all' in condition) return `all(${condition.all.map(nameOf).join()})`;
  if ('any' in condition) return `any(${condition.any.map(nameOf).join()})`;
  if ('not' in condition) return `not(${nameOf(condition.not)})`;
  const { fact, path, operator, value } = condition;
  return JSON.stringify([fact, path ?? '', operator, value]);
}

function count(condition: Condition, occurrences: Map<string, number>): void {
  const name = nameOf(condition);
  const before = occurrences.get(name) ?? 0;
  occurrences.set(name, before + 1);
  // What is below a condition that occurs again is only reached through the first one.
  if (before > 0) return;
  if ('not' in condition) return count(condition.not, occurrences);
  const children = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [];
  for (const child of children) count(child, occurrences);
}

function once(test: Test, reads: FactReads): Test {
  let round = -1;
  let verdict: Verdict = FALSE;
  return () => {
    if (round !== reads.round) {
      round = reads.round;
      verdict = test();
    }
    return verdict;
  };
}

/**
 * `all` and `any`: their children from left to right; `goOn` is the verdict after which the next one is asked. An empty list is true for both,
 * as in json-rules-engine.
 */
function inTurn(tests: readonly Test[], goOn: Verdict): Test {
  const [first, second, third] = tests;
  if (first === undefined) return () => TRUE;
  if (second === undefined) return first;
  if (third === undefined) {
    return () => {
      const verdict = first();
      return verdict === goOn ? second() : verdict;
    };
  }
  return () => {
    for (let i = 0; i < tests.length; i++) {
      const verdict = tests[i]!();
      if (verdict !== goOn) return verdict;
    }
    return goOn;
  };
}
