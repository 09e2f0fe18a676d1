import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { isScalar } from './comparison.ts';
import { placeName } from './fact-reads.ts';
import { isFactReference } from './fact-reference.ts';
import { listAsked } from './list-operators.ts';
import { isOrder } from './operators.ts';

/** Of what nothing is known. */
const EVEN = 0.5;

/**
 * Of how many events comparisons are likely to hold, told from the literals of a set of conditions alone: people compare a place with what
 * occurs there, so the more values or bounds there are, the fewer events each of them stands for.
 */
export class Likelihood {
  private readonly values = new Map<string, Set<unknown>>();
  private readonly bounds = new Map<string, Float64Array>();
  private readonly lists = new Map<string, Set<string>>();

  constructor(conditions: readonly Condition[]) {
    const bounds = new Map<string, number[]>();
    for (const condition of conditions) this.collect(condition, bounds);
    for (const [name, those] of bounds) this.bounds.set(name, Float64Array.from(those).sort());
  }

  /** Between 0 and 1, both excluded. */
  ofLeaf(leaf: LeafCondition): number {
    const { operator, value } = leaf;
    if (isFactReference(value)) return EVEN;
    const name = placeName(leaf);
    const perValue = 1 / ((this.values.get(name)?.size ?? 0) + 1);
    switch (operator) {
      case 'equal':
      case 'became':
        return perValue;
      case 'notEqual':
        return 1 - perValue;
      case 'in':
      case 'notIn': {
        const values = Array.isArray(value) ? value.length || EVEN : EVEN;
        const share = Math.min(values * perValue, 1 - perValue / 2);
        return operator === 'in' ? share : 1 - share;
      }
      case 'inList':
      case 'notInList': {
        // An event's value is mostly in few of the lists that it is looked up in.
        const share = 1 / ((this.lists.get(name)?.size ?? 0) + 1);
        return operator === 'inList' ? share : 1 - share;
      }
      default:
        return isOrder(operator) && typeof value === 'number' ? this.ofOrder(name, operator, value) : EVEN;
    }
  }

  private ofOrder(name: string, operator: string, bound: number): number {
    const bounds = this.bounds.get(name) ?? new Float64Array();
    const below = (firstAbove(bounds, bound, false) + EVEN) / (bounds.length + 1);
    return operator.startsWith('less') ? below : 1 - below;
  }

  private collect(condition: Condition, bounds: Map<string, number[]>): void {
    if ('all' in condition) return condition.all.forEach((child) => this.collect(child, bounds));
    if ('any' in condition) return condition.any.forEach((child) => this.collect(child, bounds));
    if ('not' in condition) return this.collect(condition.not, bounds);
    const { operator, value } = condition;
    const name = placeName(condition);
    if (isOrder(operator) && typeof value === 'number') {
      const those = bounds.get(name);
      if (those === undefined) bounds.set(name, [value]);
      else those.push(value);
    }
    const list = listAsked(condition);
    if (list !== undefined) this.lists.set(name, (this.lists.get(name) ?? new Set()).add(list));
    if (!/^(equal|notEqual|in|notIn|became)$/u.test(operator)) return;
    const values = this.values.get(name) ?? new Set();
    this.values.set(name, values);
    for (const one of Array.isArray(value) ? value : [value]) if (isScalar(one)) values.add(one);
  }
}

/** Index of the first of rising bounds that is greater than the number, or, without `skipsEqual`, not less than it. */
export function firstAbove(bounds: Float64Array, number: number, skipsEqual: boolean): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const bound = bounds[middle]!;
    if (bound < number || (skipsEqual && bound === number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
