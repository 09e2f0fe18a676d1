import type { Condition } from '@hermes/contracts/rule';
import { comparisonOf } from './comparison.ts';
import { firstAbove, type Likelihood } from './likelihood.ts';
import { type Narrow, narrowsOf } from './narrowing-condition.ts';
import { asking } from './program.ts';
import { type Registers, UNREAD } from './registers.ts';

/** Rules found by the value of one place, by what its register holds. */
interface ValueTable {
  readonly register: number;
  readonly rules: ReadonlyMap<number, readonly number[]>;
}

/** Rules found by a bound on the number of one place, by rising bounds: those from the number on, or those up to it. */
interface RangeTable {
  readonly register: number;
  readonly isUpper: boolean;
  readonly bounds: Float64Array;
  readonly rules: Uint32Array;
}

/** A narrow with the rule that it finds. */
interface Finds {
  readonly rule: number;
  readonly narrow: Narrow;
}

/** One bound of a rule's comparison. */
interface Bound {
  readonly rule: number;
  readonly register: number;
  readonly isUpper: boolean;
  readonly bound: number;
}

/**
 * Finds, of many conditions, those that may be anything but false of an event: by what the event holds where they compare with literals, instead
 * of by asking each of them.
 */
export class Narrowing {
  private readonly registers: Registers;
  private readonly values: readonly ValueTable[];
  private readonly ranges: readonly RangeTable[];
  /** Those that nothing narrows; and those of this event, as bits. */
  private readonly always: Uint32Array;
  private readonly found: Uint32Array;

  /** @param conditions - known by their numbers in this list */
  constructor(conditions: readonly Condition[], likelihood: Likelihood, registers: Registers) {
    this.registers = registers;
    this.always = new Uint32Array(Math.ceil(conditions.length / 32));
    this.found = new Uint32Array(this.always.length);
    const finds: Finds[] = [];
    for (const [rule, condition] of conditions.entries()) {
      const narrows = narrowsOf(condition, likelihood);
      if (narrows === undefined) mark(this.always, rule);
      else finds.push(...narrows.map((narrow) => ({ rule, narrow })));
    }
    this.values = valueTables(finds, registers);
    this.ranges = rangeTables(finds, registers);
  }

  /** Calls `visit` with the numbers of the conditions that may be anything but false of the facts that are looked at, in rising order. */
  each(visit: (rule: number) => void): void {
    const { found, registers } = this;
    found.set(this.always);
    for (const { register, rules } of this.values) {
      const those = rules.get(registers.value(register));
      if (those !== undefined) for (const rule of those) mark(found, rule);
    }
    for (const table of this.ranges) this.markRange(table);
    for (let word = 0; word < found.length; word++) {
      for (let bits = found[word]!; bits !== 0; bits &= bits - 1) visit(word * 32 + (31 - Math.clz32(bits & -bits)));
    }
  }

  private markRange({ register, isUpper, bounds, rules }: RangeTable): void {
    const number = this.registers.value(register);
    if (Number.isNaN(number)) return;
    const isUndecidable = number === UNREAD;
    const from = isUpper && !isUndecidable ? firstAbove(bounds, number, false) : 0;
    const to = isUpper || isUndecidable ? rules.length : firstAbove(bounds, number, true);
    for (let i = from; i < to; i++) mark(this.found, rules[i]!);
  }
}

const mark = (bits: Uint32Array, at: number): void => void (bits[at >>> 5]! |= 1 << (at & 31));

function valueTables(finds: readonly Finds[], registers: Registers): readonly ValueTable[] {
  const tables = new Map<number, Map<number, number[]>>();
  for (const { rule, narrow } of finds) {
    if (narrow.kind !== 'values') continue;
    for (const value of new Set(narrow.values)) {
      const { register, is } = registers.valueAt(narrow.leaf, value);
      const rules = tables.get(register) ?? new Map<number, number[]>();
      tables.set(register, rules);
      const those = rules.get(is);
      if (those === undefined) rules.set(is, [rule]);
      else those.push(rule);
    }
  }
  return [...tables].map(([register, rules]) => ({ register, rules }));
}

function rangeTables(finds: readonly Finds[], registers: Registers): readonly RangeTable[] {
  const bounds: Bound[] = [];
  for (const { rule, narrow } of finds) {
    if (narrow.kind !== 'range') continue;
    const { register, low, high } = comparisonOf(narrow.leaf, registers, asking);
    const isUpper = low === -Infinity;
    // NaN: nothing is in that interval.
    if (!Number.isNaN(low) && !Number.isNaN(high))
      bounds.push({ rule, register, isUpper, bound: isUpper ? high : low });
  }
  const groups = Map.groupBy(bounds, ({ register, isUpper }) => `${String(register)} ${String(isUpper)}`);
  return [...groups.values()].map((those) => {
    const rising = those.toSorted((a, b) => a.bound - b.bound);
    return {
      register: those[0]!.register,
      isUpper: those[0]!.isUpper,
      bounds: Float64Array.from(rising, ({ bound }) => bound),
      rules: Uint32Array.from(rising, ({ rule }) => rule),
    };
  });
}
