import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { elementSearchOf, ElementTest } from './element-operators.ts';
import type { FactReads, Facts } from './fact-reads.ts';
import { type FactReference, isFactReference, isRelative } from './fact-reference.ts';
import type { Verdict } from './verdict.ts';

/** Makes a condition ready to be asked of other facts than those that are looked at. */
export type Asking = (condition: Condition) => (facts: Facts) => Verdict;

/** The other place of a fact that a condition's value names, whole or in `of`. */
export function referenceIn(value: unknown): FactReference | undefined {
  if (isFactReference(value)) return value;
  return isRelative(value) && isFactReference(value.of) ? value.of : undefined;
}

/** Reads what a comparison compares with, where that is more than the literal. */
export function expectedReader(leaf: LeafCondition, reads: FactReads, asking: Asking): (() => unknown) | undefined {
  const search = elementSearchOf(leaf);
  if (search !== undefined) {
    const ask = asking(search.that);
    const test = new ElementTest((element) => ask({ ...reads.current, element }), search);
    return () => test;
  }
  const { value } = leaf;
  const reference = referenceIn(value);
  if (reference === undefined) return undefined;
  const place = reads.placeOf(reference.fact, reference.path);
  if (isFactReference(value)) return () => reads.value(place);
  return () => ({ ...(value as object), of: reads.value(place) });
}
