import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { placeName } from './fact-reads.ts';
import { isFactReference } from './fact-reference.ts';
import { isOrder } from './operators.ts';

/** One comparison with literals by which rules can be found from what an event holds: none of the others may fire. */
export type Narrow =
  | { readonly kind: 'values'; readonly leaf: LeafCondition; readonly values: readonly unknown[] }
  | { readonly kind: 'range'; readonly leaf: LeafCondition; readonly bound: number };

/** So many of all events are taken to pass a comparison with a bound. */
const RANGE_SHARE = 0.5;

/** How many different values the conditions compare a place with, by the place: the more there are, the fewer rules each of them finds. */
export type ValuesByPlace = ReadonlyMap<string, number>;

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** A comparison as a way to find its rule; undefined where it is none. */
export function narrowOf(leaf: LeafCondition): Narrow | undefined {
  const { operator, value } = leaf;
  if (isFactReference(value)) return undefined;
  if (operator === 'equal') return isScalar(value) ? { kind: 'values', leaf, values: [value] } : undefined;
  if (operator === 'in')
    return Array.isArray(value) ? { kind: 'values', leaf, values: value.filter(isScalar) } : undefined;
  if (isOrder(operator) && typeof value === 'number') return { kind: 'range', leaf, bound: value };
  return undefined;
}

/**
 * Comparisons of which one must hold if the condition is to be anything but false, chosen so that they find it for as few events as can be told
 * from the literals; undefined: it has to be evaluated for every event.
 *
 * A comparison counts only where nothing that is evaluated before it can be undecidable: where all of them fail, the condition is false, and
 * neither true nor reported.
 */
export function narrowsOf(condition: Condition, values: ValuesByPlace): readonly Narrow[] | undefined {
  if ('not' in condition) return undefined;
  if ('any' in condition) {
    const all: Narrow[] = [];
    for (const child of condition.any) {
      const narrows = narrowsOf(child, values);
      if (narrows === undefined) return undefined;
      all.push(...narrows);
    }
    // An empty list is true.
    return all.length === 0 ? undefined : all;
  }
  if ('all' in condition) {
    let best: readonly Narrow[] | undefined;
    for (const child of condition.all) {
      const narrows = narrowsOf(child, values);
      if (narrows !== undefined && (best === undefined || shareOf(narrows, values) < shareOf(best, values)))
        best = narrows;
      if (!isAlwaysDecided(child)) break;
    }
    return best;
  }
  const narrow = narrowOf(condition);
  return narrow && [narrow];
}

function shareOf(narrows: readonly Narrow[], values: ValuesByPlace): number {
  let share = 0;
  for (const narrow of narrows) {
    share +=
      narrow.kind === 'range'
        ? RANGE_SHARE
        : narrow.values.length / (values.get(placeName(narrow.leaf.fact, narrow.leaf.path)) ?? 1);
  }
  return share;
}

/** Whether a condition is true or false of every event. */
function isAlwaysDecided(condition: Condition): boolean {
  if ('all' in condition) return condition.all.every(isAlwaysDecided);
  if ('any' in condition) return condition.any.every(isAlwaysDecided);
  if ('not' in condition) return isAlwaysDecided(condition.not);
  const { operator, value } = condition;
  switch (operator) {
    case 'equal':
    case 'notEqual':
    case 'contains':
    case 'doesNotContain':
      return true;
    case 'in':
    case 'notIn':
      return Array.isArray(value);
    default:
      // Orders convert what is no number, which may fail.
      return false;
  }
}

/** What the conditions compare each place with. */
export function valuesByPlace(conditions: readonly Condition[]): ValuesByPlace {
  const found = new Map<string, Set<unknown>>();
  const visit = (condition: Condition): void => {
    if ('all' in condition) return condition.all.forEach(visit);
    if ('any' in condition) return condition.any.forEach(visit);
    if ('not' in condition) return visit(condition.not);
    const narrow = narrowOf(condition);
    if (narrow?.kind !== 'values') return;
    const name = placeName(condition.fact, condition.path);
    const values = found.get(name) ?? new Set();
    found.set(name, values);
    for (const value of narrow.values) values.add(value);
  };
  conditions.forEach(visit);
  return new Map([...found].map(([name, values]) => [name, values.size]));
}
