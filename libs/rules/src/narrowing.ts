import type { Condition } from '@hermes/contracts/rule';
import type { FactReads } from './fact-reads.ts';
import { type Narrow, narrowsOf, valuesByPlace } from './narrowing-condition.ts';

/** Rules found by the value of one place. */
interface ValueTable {
  readonly place: number;
  readonly rules: ReadonlyMap<unknown, readonly number[]>;
}

/** Rules found by a bound on the number of one place, by rising bounds. */
interface RangeTable {
  readonly place: number;
  readonly isBelow: boolean;
  readonly isInclusive: boolean;
  readonly bounds: Float64Array;
  readonly rules: Uint32Array;
}

/**
 * Finds, of many conditions, those that may be anything but false of an event: by what the event holds where they compare with literals, instead
 * of by asking each of them.
 */
export class Narrowing {
  private readonly reads: FactReads;
  private readonly values: readonly ValueTable[];
  private readonly ranges: readonly RangeTable[];
  /** Those that nothing narrows; and those of this event, as bits. */
  private readonly always: Uint32Array;
  private readonly found: Uint32Array;

  /** @param conditions - known by their numbers in this list */
  constructor(conditions: readonly Condition[], reads: FactReads) {
    this.reads = reads;
    this.always = new Uint32Array(Math.ceil(conditions.length / 32));
    this.found = new Uint32Array(this.always.length);
    const known = valuesByPlace(conditions);
    const narrows: (Narrow & { readonly rule: number })[] = [];
    for (const [rule, condition] of conditions.entries()) {
      const those = narrowsOf(condition, known);
      if (those === undefined) mark(this.always, rule);
      else narrows.push(...those.map((narrow) => ({ ...narrow, rule })));
    }
    const placeOf = ({ leaf }: Narrow): number => reads.placeOf(leaf.fact, leaf.path);
    this.values = [...Map.groupBy(narrows.filter(isOfValues), placeOf)].map(([place, those]) => ({
      place,
      rules: rulesByValue(those),
    }));
    const groups = Map.groupBy(narrows.filter(isOfRange), (one) => `${String(placeOf(one))} ${one.leaf.operator}`);
    this.ranges = [...groups.values()].map((those) => rangeTable(placeOf(those[0]!), those));
  }

  /** Calls `visit` with the numbers of the conditions that may be anything but false of the facts that are looked at, in rising order. */
  each(visit: (rule: number) => void): void {
    const { found } = this;
    found.set(this.always);
    for (const { place, rules } of this.values) {
      const those = rules.get(this.reads.value(place));
      if (those !== undefined) for (const rule of those) mark(found, rule);
    }
    for (const table of this.ranges) this.markRange(table);
    for (let word = 0; word < found.length; word++) {
      for (let bits = found[word]!; bits !== 0; bits &= bits - 1) visit(word * 32 + (31 - Math.clz32(bits & -bits)));
    }
  }

  private markRange({ place, isBelow, isInclusive, bounds, rules }: RangeTable): void {
    const actual = this.reads.value(place);
    let from = 0;
    let to = rules.length;
    // What is no number is converted, by each comparison.
    if (typeof actual === 'number') {
      if (isBelow) from = firstAbove(bounds, actual, !isInclusive);
      else to = firstAbove(bounds, actual, isInclusive);
    }
    for (let i = from; i < to; i++) mark(this.found, rules[i]!);
  }
}

const mark = (bits: Uint32Array, at: number): void => void (bits[at >>> 5]! |= 1 << (at & 31));

type OfValues = Extract<Narrow, { kind: 'values' }> & { readonly rule: number };
type OfRange = Extract<Narrow, { kind: 'range' }> & { readonly rule: number };
const isOfValues = (narrow: Narrow & { readonly rule: number }): narrow is OfValues => narrow.kind === 'values';
const isOfRange = (narrow: Narrow & { readonly rule: number }): narrow is OfRange => narrow.kind === 'range';

function rulesByValue(narrows: readonly OfValues[]): ReadonlyMap<unknown, readonly number[]> {
  const rules = new Map<unknown, number[]>();
  for (const { values, rule } of narrows) {
    for (const value of values) {
      const those = rules.get(value);
      if (those === undefined) rules.set(value, [rule]);
      else those.push(rule);
    }
  }
  return rules;
}

function rangeTable(place: number, narrows: readonly OfRange[]): RangeTable {
  const byBound = narrows.toSorted((a, b) => a.bound - b.bound);
  const { operator } = narrows[0]!.leaf;
  return {
    place,
    isBelow: operator.startsWith('less'),
    isInclusive: operator.endsWith('Inclusive'),
    bounds: Float64Array.from(byBound, ({ bound }) => bound),
    rules: Uint32Array.from(byBound, ({ rule }) => rule),
  };
}

/** Index of the first bound that is greater than the number, or (`orEqual` false) not less than it. */
function firstAbove(bounds: Float64Array, number: number, skipsEqual: boolean): number {
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
