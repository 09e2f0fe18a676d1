import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { Change, isChangeOperator, previousReader } from './change-operators.ts';
import { elementSearchOf, ElementTest, isElementOperator } from './element-operators.ts';
import type { FactReads, Facts } from './fact-reads.ts';
import { type FactReference, isFactReference, isRelative } from './fact-reference.ts';
import { LIST_FACT, listAsked, type ListLookup } from './list-operators.ts';
import { splitOperator, takesList } from './operators.ts';
import type { Verdict } from './verdict.ts';

/** Makes a condition ready to be asked of other facts than those that are looked at. */
export type Asking = (condition: Condition) => (facts: Facts) => Verdict;

/** Whether the operator compares with something near: only then does `of` in its value name a place, and only of one value. */
export function isNearness(operator: string): boolean {
  const { decorators, base } = splitOperator(operator);
  return /^within(Km)?$/u.test(base) && !takesList(operator) && !decorators.includes('swap');
}

/** The other place of a fact that a comparison's value names, whole or in `of`; its search's, if it asks for elements, is not meant. */
export function referenceIn({ operator, value }: Pick<LeafCondition, 'operator' | 'value'>): FactReference | undefined {
  if (isElementOperator(operator)) return undefined;
  if (isFactReference(value)) return value;
  return isNearness(operator) && isRelative(value) && isFactReference(value.of) ? value.of : undefined;
}

/** Whether what a comparison compares with is told as it is written: it is more than a value. */
export const isToldAsWritten = (leaf: LeafCondition): boolean =>
  isElementOperator(leaf.operator) || isChangeOperator(leaf.operator) || listAsked(leaf) !== undefined;

/** Reads what a comparison compares with, where that is more than the literal. */
export function expectedReader(leaf: LeafCondition, reads: FactReads, asking: Asking): (() => unknown) | undefined {
  const search = elementSearchOf(leaf);
  if (search !== undefined) {
    const ask = asking(search.that);
    const test = new ElementTest((element) => ask({ ...reads.current, element }), search);
    return () => test;
  }
  const list = listAsked(leaf);
  if (list !== undefined) return () => (reads.current[LIST_FACT] as ListLookup | undefined)?.(list);
  const { value } = leaf;
  if (isChangeOperator(leaf.operator)) {
    const previous = previousReader(leaf);
    return () => new Change(previous(reads.current), value);
  }
  const reference = referenceIn(leaf);
  if (reference === undefined) return undefined;
  const place = reads.placeOf(reference);
  if (isFactReference(value)) return () => reads.value(place);
  return () => ({ ...(value as object), of: reads.value(place) });
}
