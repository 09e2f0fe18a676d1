import type { TraceEntry } from '@hermes/contracts/decision';
import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { isFactReference } from './fact-reference.ts';
import type { FactReads } from './fact-reads.ts';
import { operatorOf } from './operators.ts';
import { cutValue } from './trace-value.ts';
import { FALSE, negated, TRUE, type Verdict } from './verdict.ts';

const outcomeOf = (verdict: Verdict): TraceEntry['outcome'] => (verdict === TRUE ? 'true' : 'false');

/**
 * What a condition says of the facts that are looked at, and what each condition in it saw: entries are appended, a parent before its
 * children. It says what the compiled condition says; only few events are asked why.
 *
 * @param pointer - the condition's place in the rule, a JSON pointer
 */
export function explain(condition: Condition, pointer: string, reads: FactReads, trace: TraceEntry[]): Verdict {
  if ('all' in condition)
    return withHead(pointer, trace, () => inTurn(condition.all, TRUE, `${pointer}/all`, reads, trace));
  if ('any' in condition)
    return withHead(pointer, trace, () => inTurn(condition.any, FALSE, `${pointer}/any`, reads, trace));
  if ('not' in condition)
    return withHead(pointer, trace, () => negated(explain(condition.not, `${pointer}/not`, reads, trace)));
  return explainLeaf(condition, pointer, reads, trace);
}

/** Adds the entry of `all`, `any` or `not` before those of its children, and fills its outcome in afterwards. */
function withHead(pointer: string, trace: TraceEntry[], evaluate: () => Verdict): Verdict {
  const at = trace.push({ path: pointer, outcome: 'skipped' }) - 1;
  const verdict = evaluate();
  trace[at] = { path: pointer, outcome: outcomeOf(verdict) };
  return verdict;
}

/** As the compiled list: from left to right, `goOn` is the verdict after which the next one is asked. */
function inTurn(
  children: readonly Condition[],
  goOn: Verdict,
  pointer: string,
  reads: FactReads,
  trace: TraceEntry[],
): Verdict {
  let verdict: Verdict = children.length === 0 ? TRUE : goOn;
  let isDecided = false;
  for (const [i, child] of children.entries()) {
    if (isDecided) skip(child, `${pointer}/${String(i)}`, trace);
    else {
      verdict = explain(child, `${pointer}/${String(i)}`, reads, trace);
      isDecided = verdict !== goOn;
    }
  }
  return verdict;
}

const knownOf = (leaf: LeafCondition, pointer: string): Omit<TraceEntry, 'outcome'> => ({
  path: pointer,
  fact: leaf.fact,
  ...(leaf.path === undefined ? {} : { factPath: leaf.path }),
  operator: leaf.operator,
});

function explainLeaf(leaf: LeafCondition, pointer: string, reads: FactReads, trace: TraceEntry[]): Verdict {
  const operator = operatorOf(leaf.operator);
  if (operator === undefined) throw new Error(`unknown operator "${leaf.operator}" at ${pointer}`);
  const { value } = leaf;
  const actual = reads.value(reads.placeOf(leaf.fact, leaf.path));
  const expected = isFactReference(value) ? reads.value(reads.placeOf(value.fact, value.path)) : value;
  const verdict = operator(actual, expected);
  trace.push({
    ...knownOf(leaf, pointer),
    ...(actual === undefined ? {} : { actual: cutValue(actual) }),
    ...(expected === undefined ? {} : { expected: cutValue(expected) }),
    outcome: outcomeOf(verdict),
  });
  return verdict;
}

/** Appends the entries of a condition that was not evaluated. */
function skip(condition: Condition, pointer: string, trace: TraceEntry[]): void {
  const isLeaf = 'fact' in condition;
  trace.push({ ...(isLeaf ? knownOf(condition, pointer) : { path: pointer }), outcome: 'skipped' });
  if ('all' in condition) condition.all.forEach((child, i) => skip(child, `${pointer}/all/${String(i)}`, trace));
  else if ('any' in condition) condition.any.forEach((child, i) => skip(child, `${pointer}/any/${String(i)}`, trace));
  else if ('not' in condition) skip(condition.not, `${pointer}/not`, trace);
}
