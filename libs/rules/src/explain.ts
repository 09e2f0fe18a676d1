import type { TraceEntry } from '@hermes/contracts/decision';
import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { Change } from './change-operators.ts';
import { type Asking, expectedReader, isToldAsWritten } from './expected-value.ts';
import type { FactReads } from './fact-reads.ts';
import { FEATURE_FACT } from './feature-fact.ts';
import { LOOKUP_FACT } from './lookup-fact.ts';
import { PERSON_FACT, type PersonLookup, personName, personRefOf } from './person-fact.ts';
import { type MemoryLookup, memoryNamedBy } from './memory/memory-fact.ts';
import { operatorOf } from './operators.ts';
import { cutValue } from './trace-value.ts';
import { FALSE, negated, TRUE, UNDECIDABLE, type Verdict } from './verdict.ts';

const OUTCOMES: Readonly<Record<Verdict, TraceEntry['outcome']>> = { 0: 'false', 1: 'true', 2: 'unknown' };

/**
 * What a condition says of the facts that are looked at, and what each condition in it saw: entries are appended, a parent before its
 * children. It says what the compiled condition says; only few events are asked why. Without a trace it says only that.
 *
 * @param pointer - the condition's place in the rule, a JSON pointer
 * @param asking - of conditions on the elements of lists, which leave no trace of their own: a list may be long
 */
export function explain(
  condition: Condition,
  pointer: string,
  reads: FactReads,
  trace: TraceEntry[] | undefined,
  asking: Asking,
): Verdict {
  if ('all' in condition)
    return withHead(pointer, trace, () => inTurn(condition.all, FALSE, `${pointer}/all`, reads, trace, asking));
  if ('any' in condition)
    return withHead(pointer, trace, () => inTurn(condition.any, TRUE, `${pointer}/any`, reads, trace, asking));
  if ('not' in condition)
    return withHead(pointer, trace, () => negated(explain(condition.not, `${pointer}/not`, reads, trace, asking)));
  return explainLeaf(condition, pointer, reads, trace, asking);
}

/** Adds the entry of `all`, `any` or `not` before those of its children, and fills its outcome in afterwards. */
function withHead(pointer: string, trace: TraceEntry[] | undefined, evaluate: () => Verdict): Verdict {
  if (trace === undefined) return evaluate();
  const at = trace.push({ path: pointer, outcome: 'skipped' }) - 1;
  const verdict = evaluate();
  trace[at] = { path: pointer, outcome: OUTCOMES[verdict] };
  return verdict;
}

/** From left to right until one has the verdict that decides; where none has, the list is undecidable if one of them is. */
function inTurn(
  children: readonly Condition[],
  decides: Verdict,
  pointer: string,
  reads: FactReads,
  trace: TraceEntry[] | undefined,
  asking: Asking,
): Verdict {
  // An empty list is true for both, as in json-rules-engine.
  let verdict: Verdict = children.length === 0 ? TRUE : negated(decides);
  for (const [i, child] of children.entries()) {
    if (verdict === decides) {
      if (trace === undefined) return verdict;
      skip(child, `${pointer}/${String(i)}`, trace);
    } else {
      const said = explain(child, `${pointer}/${String(i)}`, reads, trace, asking);
      if (said !== negated(decides)) verdict = said === decides ? decides : UNDECIDABLE;
    }
  }
  return verdict;
}

/** Facts of which `params` say which one. */
const SEVERAL: readonly string[] = [FEATURE_FACT, LOOKUP_FACT, PERSON_FACT];

const knownOf = (leaf: LeafCondition, pointer: string): Omit<TraceEntry, 'outcome'> => ({
  path: pointer,
  fact: leaf.fact,
  ...(SEVERAL.includes(leaf.fact) && leaf.params !== undefined ? { params: leaf.params } : {}),
  ...(leaf.path === undefined ? {} : { factPath: leaf.path }),
  operator: leaf.operator,
});

function explainLeaf(
  leaf: LeafCondition,
  pointer: string,
  reads: FactReads,
  trace: TraceEntry[] | undefined,
  asking: Asking,
): Verdict {
  const operator = operatorOf(leaf.operator);
  if (operator === undefined) throw new Error(`unknown operator "${leaf.operator}" at ${pointer}`);
  const { value } = leaf;
  const actual = reads.value(reads.placeOf(leaf));
  const read = expectedReader(leaf, reads, asking);
  const expected = read === undefined ? value : read();
  const verdict = operator(actual, expected);
  if (trace === undefined) return verdict;
  const told = isToldAsWritten(leaf) ? value : expected;
  const seen = seenEvents(leaf, reads);
  trace.push({
    ...knownOf(leaf, pointer),
    ...(actual === undefined ? {} : { actual: cutValue(actual) }),
    ...(expected instanceof Change && expected.previous?.kind === 'value'
      ? { previous: cutValue(expected.previous.value) }
      : {}),
    ...(told === undefined ? {} : { expected: cutValue(told) }),
    outcome: OUTCOMES[verdict],
    ...(seen === undefined ? {} : { seen }),
  });
  return verdict;
}

/** The events that a fact with a memory, or what is known of the person, goes back to. */
function seenEvents(leaf: LeafCondition, { current }: FactReads): TraceEntry['seen'] {
  const person = personRefOf(leaf);
  if (person !== undefined) {
    const cause = (current[PERSON_FACT] as PersonLookup | undefined)?.(personName(person))?.cause;
    return cause && [{ id: cause.id, type: cause.type, time: cause.receivedAt }];
  }
  const memory = memoryNamedBy(leaf);
  const value = memory && (current[leaf.fact] as MemoryLookup | undefined)?.(memory.id);
  return value === undefined || value.seen.length === 0
    ? undefined
    : value.seen.map(({ id, type, time }) => ({ id, type, time }));
}

/** Appends the entries of a condition that was not evaluated. */
function skip(condition: Condition, pointer: string, trace: TraceEntry[]): void {
  const isLeaf = 'fact' in condition;
  trace.push({ ...(isLeaf ? knownOf(condition, pointer) : { path: pointer }), outcome: 'skipped' });
  if ('all' in condition) condition.all.forEach((child, i) => skip(child, `${pointer}/all/${String(i)}`, trace));
  else if ('any' in condition) condition.any.forEach((child, i) => skip(child, `${pointer}/any/${String(i)}`, trace));
  else if ('not' in condition) skip(condition.not, `${pointer}/not`, trace);
}
