import type { Condition } from '@hermes/contracts/rule';
import { AskingOrder } from './asking-order.ts';
import { comparisonOf, isScalar, leafName, nextUp } from './comparison.ts';
import type { Asking } from './expected-value.ts';
import { explain } from './explain.ts';
import { type Facts, FactReads } from './fact-reads.ts';
import { Likelihood } from './likelihood.ts';
import { Registers, UNREAD } from './registers.ts';
import { FALSE, TRUE, type Verdict } from './verdict.ts';

/** A step is four doubles wide: low, high, and as integers the register and where to go on when it is inside and outside. */
const DOUBLES_PER_STEP = 4;
const INTEGERS_PER_STEP = DOUBLES_PER_STEP * 2;
const REGISTER = 4;
/** Where to go on; `walk` counts on OUTSIDE being one more. */
const INSIDE = 5;
const OUTSIDE = INSIDE + 1;

const FIRST_CAPACITY = 64;

/** Where a program ends: below 0, and `~` gives the verdict. */
const ends = (verdict: typeof TRUE | typeof FALSE): number => ~verdict;

/** Where a condition that is true ends. */
export const END_TRUE = ends(TRUE);

/** A step, as it can be taken with others. */
export interface Step {
  readonly register: number;
  /** Whether its register is loaded by calling a function. */
  readonly isCalling: boolean;
  /** Values from `low` on, up to and without `above`; NaN: without an end. */
  readonly intervals: readonly { readonly low: number; readonly above: number }[];
  /** Where to go on when the register is in one of them, and when it is in none; below 0 it ends. */
  readonly inside: number;
  readonly outside: number;
}

/**
 * Conditions that look at the same events, as steps in one array: each step asks whether a register is in an interval, and names the step that
 * comes next if it is and if it is not. So a condition that is over many comparisons is a walk of one or two steps through neighbouring memory.
 *
 * Conditions in a list are asked in the order that is likely to decide soonest. The verdict does not depend on it: `all` is false where one of
 * them is false, and undecidable only where none is and one is undecidable (Kleene's logic, as SQL's); `any` the other way round.
 */
export class Program {
  readonly reads = new FactReads();
  readonly registers = new Registers(this.reads);
  private readonly order: AskingOrder;
  private bounds = new Float64Array(FIRST_CAPACITY * DOUBLES_PER_STEP);
  private links = new Int32Array(this.bounds.buffer);
  private steps = 0;
  private readonly occurrences = new Map<string, number>();

  /** @param conditions - all that will be added: those that occur in it several times are evaluated once for each event */
  constructor(conditions: readonly Condition[], likelihood: Likelihood) {
    this.order = new AskingOrder(likelihood);
    for (const condition of conditions) this.count(condition);
  }

  /** Says where its steps begin. @throws Error for a condition that `checkRule` refuses */
  add(condition: Condition): number {
    return this.emit(condition, ends(TRUE), ends(FALSE));
  }

  /** From here on it is about these facts. */
  look(facts: Facts): void {
    this.reads.look(facts);
    this.registers.clear();
  }

  /** As `look`, with what was read of facts that are the same ones: of an event, for each element of a list in it. */
  lookOn(facts: Facts): void {
    this.reads.lookOn(facts);
    this.registers.clear();
  }

  /**
   * What the condition whose steps begin there says of the facts that are looked at; undefined where it comes to a comparison that cannot be
   * decided: ask `withUndecidable`.
   */
  walk(entry: number): Verdict | undefined {
    const { bounds, links, registers } = this;
    const { values } = registers;
    let at = entry;
    while (at >= 0) {
      const register = links[at + REGISTER]!;
      let value = values[register]!;
      if (value === UNREAD) {
        value = registers.load(register);
        if (value === UNREAD) return undefined;
      }
      const low = at >>> 1;
      // Without a branch: the processor could not foresee it.
      const inside = Number(value >= bounds[low]!) & Number(value <= bounds[low + 1]!);
      at = links[at + OUTSIDE - inside]!;
    }
    return ~at as Verdict;
  }

  stepAt(at: number): Step {
    const { bounds, links } = this;
    const [low, high] = [bounds[at / 2]!, bounds[at / 2 + 1]!];
    const register = links[at + REGISTER]!;
    const isCalling = this.registers.isTest(register);
    const outcomes = { isCalling, inside: links[at + INSIDE]!, outside: links[at + OUTSIDE]! };
    // NaN: nothing is in the interval.
    const isEmpty = Number.isNaN(low) || Number.isNaN(high);
    const list = isEmpty ? undefined : this.registers.listOf(register);
    if (list === undefined) return { ...outcomes, register, intervals: isEmpty ? [] : [{ low, above: nextUp(high) }] };
    // By the value itself: no list has to be looked into.
    const intervals = list.numbers.map((number) => ({ low: number, above: nextUp(number) }));
    return { ...outcomes, register: list.value, intervals };
  }

  /** What a condition says of the facts that are looked at, whatever cannot be decided in it. */
  withUndecidable(condition: Condition): Verdict {
    return explain(condition, '', this.reads, undefined, asking);
  }

  /** Appends the steps of a condition that goes on at `holds` where it is true and at `fails` where it is false; says where they begin. */
  private emit(condition: Condition, holds: number, fails: number): number {
    if (!('fact' in condition) && (this.occurrences.get(nameOf(condition)) ?? 1) > 1)
      return this.emitShared(condition, holds, fails);
    if ('not' in condition) return this.emit(condition.not, fails, holds);
    if ('all' in condition) {
      const children = this.order.of('all', condition.all);
      return children.reduceRight((next, child) => this.emit(child, next, fails), holds);
    }
    if ('any' in condition) {
      // An empty list is true for both, as in json-rules-engine.
      if (condition.any.length === 0) return holds;
      const children = this.order.of('any', condition.any);
      return children.reduceRight((next, child) => this.emit(child, holds, next), fails);
    }
    const { register, low, high, isNegated } = comparisonOf(condition, this.registers, asking);
    const asked = this.step(register, low, high, isNegated ? fails : holds, isNegated ? holds : fails);
    if (condition.operator !== 'became' || !isScalar(condition.value)) return asked;
    // What the value is now settles most events, without what was before.
    const now = this.registers.valueAt(condition, condition.value);
    return this.step(now.register, now.is, now.is, asked, fails);
  }

  private emitShared(condition: Condition, holds: number, fails: number): number {
    const name = nameOf(condition);
    const register = this.registers.verdictOf(name, () => {
      this.occurrences.delete(name);
      const entry = this.add(condition);
      return () => this.walk(entry) ?? this.withUndecidable(condition);
    });
    return this.step(register, TRUE, TRUE, holds, fails);
  }

  private step(register: number, low: number, high: number, inside: number, outside: number): number {
    const at = this.steps * INTEGERS_PER_STEP;
    if (at === this.links.length) this.grow();
    this.steps += 1;
    this.bounds[at / 2] = low;
    this.bounds[at / 2 + 1] = high;
    this.links[at + REGISTER] = register;
    this.links[at + INSIDE] = inside;
    this.links[at + OUTSIDE] = outside;
    return at;
  }

  private grow(): void {
    const bounds = new Float64Array(this.bounds.length * 2);
    bounds.set(this.bounds);
    this.bounds = bounds;
    this.links = new Int32Array(bounds.buffer);
  }

  private count(condition: Condition): void {
    if ('fact' in condition) return;
    const name = nameOf(condition);
    const before = this.occurrences.get(name) ?? 0;
    this.occurrences.set(name, before + 1);
    // What is below a condition that occurs again is only reached through the first one.
    if (before > 0) return;
    if ('not' in condition) return this.count(condition.not);
    for (const child of 'all' in condition ? condition.all : condition.any) this.count(child);
  }
}

const compiled = new WeakMap<Condition, (facts: Facts) => Verdict>();

/** One condition by itself, compiled once. @throws Error for one that `checkRule` refuses */
export const asking: Asking = (condition) => {
  let ask = compiled.get(condition);
  if (ask === undefined) compiled.set(condition, (ask = compile(condition)));
  return ask;
};

function compile(condition: Condition): (facts: Facts) => Verdict {
  const program = new Program([condition], new Likelihood([condition]));
  const entry = program.add(condition);
  return (facts) => {
    program.lookOn(facts);
    return program.walk(entry) ?? program.withUndecidable(condition);
  };
}

/** What a condition says; two with the same name say the same of every event. */
function nameOf(condition: Condition): string {
  if ('all' in condition) return `all(${condition.all.map(nameOf).join()})`;
  if ('any' in condition) return `any(${condition.any.map(nameOf).join()})`;
  if ('not' in condition) return `not(${nameOf(condition.not)})`;
  return leafName(condition);
}
