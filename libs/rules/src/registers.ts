import { type FactReads, placeName } from './fact-reads.ts';
import type { FactReference } from './fact-reference.ts';
import { looksNumeric } from './operators.ts';
import { FALSE, UNDECIDABLE, type Verdict } from './verdict.ts';

/** What a condition says of the facts that are looked at. */
export type Test = () => Verdict;

/**
 * What a register holds before it is loaded, and for as long as what it stands for cannot be decided. An event's number may be this one: it is
 * loaded again each time, no more.
 */
export const UNREAD = -Number.MAX_VALUE;

/** What the register of a place's value holds when no condition compares the place with that value. */
const NO_VALUE = -1;

const FIRST_CAPACITY = 64;

/** Registers by how they are worked out: 0 by a function of their own. */
const SHORT_LIST = 1;
const LONG_LIST = 2;
const FIRST_ORDER = 3;
/** One of them stands for nothing, so that none lies in two lines of the processor's cache. */
const INTEGERS_PER_WAY = 4;
const ORDERS = ['lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'];

/** Two places of which one is to be less or greater than the other. */
export interface TwoPlaces {
  readonly order: string;
  readonly place: number;
  readonly than: number;
}

/**
 * What conditions compare, as numbers: each is worked out once for each event, and only when a comparison asks for it. One event at a time.
 *
 * There is a register for the number at a place (NaN where an order with a number is false of what stands there), for the value at a place (the
 * number of that value among those that conditions compare the place with), and for a test (its verdict).
 */
export class Registers {
  readonly reads: FactReads;
  values = new Float64Array(FIRST_CAPACITY).fill(UNREAD);
  private readonly loads: (() => number)[] = [];
  private readonly byName = new Map<string, number>();
  private readonly valuesByName = new Map<string, Map<unknown, number>>();
  private readonly loaded: number[] = [];
  /** Of each register its kind; of a list the register of the value, and its bits or their number in `bits`; of an order its two places. */
  private ways = new Int32Array(FIRST_CAPACITY * INTEGERS_PER_WAY);
  private readonly bits: Int32Array[] = [];
  private readonly tests = new Set<number>();
  private readonly lists = new Map<number, { readonly value: number; readonly numbers: readonly number[] }>();

  constructor(reads: FactReads) {
    this.reads = reads;
  }

  numberAt(place: FactReference): number {
    const { reads } = this;
    return this.named(`number ${placeName(place)}`, () => {
      const number = reads.placeOf(place);
      return () => {
        const value = reads.value(number);
        return typeof value === 'number' ? value : numberOf(value);
      };
    });
  }

  /** The register of the value at a place, and what it holds when the place holds this scalar (not NaN). */
  valueAt(place: FactReference, scalar: unknown): { readonly register: number; readonly is: number } {
    const name = placeName(place);
    let values = this.valuesByName.get(name);
    if (values === undefined) this.valuesByName.set(name, (values = new Map()));
    let is = values.get(scalar);
    if (is === undefined) values.set(scalar, (is = values.size));
    const known = values;
    const register = this.named(`value ${name}`, () => {
      const number = this.reads.placeOf(place);
      return () => known.get(this.reads.value(number)) ?? NO_VALUE;
    });
    return { register, is };
  }

  /**
   * The register of a test's verdict. `name`: two tests of the same name say the same of every event.
   *
   * @param places - two places that it holds against each other, where it is an order
   */
  verdictOf(name: string, make: () => Test, places?: TwoPlaces): number {
    const register = this.named(`test ${name}`, () => {
      const test = make();
      return () => {
        const verdict = test();
        return verdict === UNDECIDABLE ? UNREAD : verdict;
      };
    });
    this.tests.add(register);
    if (places !== undefined) {
      this.describe(register, ORDERS.indexOf(places.order) + FIRST_ORDER, places.place, places.than);
    }
    return register;
  }

  /** The register of whether the value at a place is one of these scalars, of which there is at least one. */
  listAt(place: FactReference, scalars: readonly unknown[]): number {
    const numbers = [...new Set(scalars.map((scalar) => this.valueAt(place, scalar).is))].sort((a, b) => a - b);
    const { register: value } = this.valueAt(place, scalars[0]);
    const register = this.named(`list ${String(value)} ${numbers.join()}`, () => () => Number.NaN);
    if (this.lists.has(register)) return register;
    this.lists.set(register, { value, numbers });
    const words = new Int32Array((numbers.at(-1)! >>> 5) + 1);
    for (const number of numbers) words[number >>> 5]! |= 1 << (number & 31);
    if (words.length === 1) this.describe(register, SHORT_LIST, value, words[0]!);
    else this.describe(register, LONG_LIST, value, this.bits.push(words) - 1);
    return register;
  }

  /** Whether it is a register of `verdictOf`. */
  isTest(register: number): boolean {
    return this.tests.has(register);
  }

  /** Of a register of `listAt`: that of the value, and the numbers that it holds for what is in the list. */
  listOf(register: number): { readonly value: number; readonly numbers: readonly number[] } | undefined {
    return this.lists.get(register);
  }

  /** From here on it is about the facts that are looked at now. */
  clear(): void {
    const { values, loaded } = this;
    for (let i = 0; i < loaded.length; i++) values[loaded[i]!] = UNREAD;
    loaded.length = 0;
  }

  /** What the register holds for the facts that are looked at; `UNREAD` where that cannot be decided. */
  value(register: number): number {
    const value = this.values[register]!;
    return value === UNREAD ? this.load(register) : value;
  }

  /** As `value`, of a register that holds `UNREAD`. */
  load(register: number): number {
    const value = this.worked(register);
    this.values[register] = value;
    this.loaded.push(register);
    return value;
  }

  /** What many registers are is worked out here, from arrays that lie together, instead of by a function of each. */
  private worked(register: number): number {
    const { ways } = this;
    const at = register * INTEGERS_PER_WAY;
    const kind = ways[at]!;
    if (kind === SHORT_LIST) {
      const number = this.value(ways[at + 1]!);
      return number < 0 || number >= 32 ? FALSE : (ways[at + 2]! >>> number) & 1;
    }
    if (kind === LONG_LIST) {
      const [number, words] = [this.value(ways[at + 1]!), this.bits[ways[at + 2]!]!];
      return number < 0 || number >= words.length * 32 ? FALSE : (words[number >>> 5]! >>> (number & 31)) & 1;
    }
    if (kind >= FIRST_ORDER) {
      const [one, other] = [this.reads.value(ways[at + 1]!), this.reads.value(ways[at + 2]!)];
      if (typeof one === 'number' && typeof other === 'number') {
        if (kind === FIRST_ORDER) return Number(one < other);
        if (kind === FIRST_ORDER + 1) return Number(one <= other);
        return Number(kind === FIRST_ORDER + 2 ? one > other : one >= other);
      }
    }
    return this.loads[register]!();
  }

  private describe(register: number, ...way: readonly [kind: number, one: number, other: number]): void {
    this.ways.set(way, register * INTEGERS_PER_WAY);
  }

  private named(name: string, make: () => () => number): number {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const register = this.loads.push(make()) - 1;
    this.byName.set(name, register);
    if (register === this.values.length) this.grow();
    return register;
  }

  private grow(): void {
    const values = new Float64Array(this.values.length * 2).fill(UNREAD);
    values.set(this.values);
    this.values = values;
    const ways = new Int32Array(values.length * INTEGERS_PER_WAY);
    ways.set(this.ways);
    this.ways = ways;
  }
}

/** What an order with a number compares of a value that is none; see `operators.ts`. */
function numberOf(value: unknown): number {
  if (value === undefined || value === null || typeof value === 'boolean') return Number.NaN;
  // As a number it would lose digits.
  if (typeof value === 'bigint') return UNREAD;
  try {
    return looksNumeric(value) ? Number(value) : Number.NaN;
  } catch {
    return UNREAD;
  }
}
