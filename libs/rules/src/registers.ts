import { type FactReads, placeName } from './fact-reads.ts';
import type { FactReference } from './fact-reference.ts';
import { looksNumeric } from './operators.ts';
import { UNDECIDABLE, type Verdict } from './verdict.ts';

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

  /** The register of a test's verdict. `name`: two tests of the same name say the same of every event. */
  verdictOf(name: string, make: () => Test): number {
    return this.named(`test ${name}`, () => {
      const test = make();
      return () => {
        const verdict = test();
        return verdict === UNDECIDABLE ? UNREAD : verdict;
      };
    });
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
    const value = this.loads[register]!();
    this.values[register] = value;
    this.loaded.push(register);
    return value;
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
