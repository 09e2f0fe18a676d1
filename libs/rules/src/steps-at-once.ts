import { firstAbove } from './likelihood.ts';
import { END_TRUE, type Program, type Step } from './program.ts';
import { UNREAD } from './registers.ts';
import { FALSE, TRUE, UNDECIDABLE, type Verdict } from './verdict.ts';

/** So many steps of each condition are taken at once; few come to a later one. */
const LEVELS = 2;
/** A block has a row of bits for each stretch of values that its steps tell apart, of which there are up to twice as many: so its size stays in bounds. */
const STEPS_OF_A_BLOCK = 256;

/** A step of one condition, and where the condition goes on after it. */
interface Slot {
  readonly rule: number;
  readonly step: Step;
  /** The place of its next step among those of the next level, or, below 0, `~` of where it is walked on. */
  next: number;
}

/** Steps that ask one register. */
interface Block {
  readonly register: number;
  /** Where stretches begin, rising. */
  readonly cuts: Float64Array;
  /** For each stretch, also the one before the first cut: bits of the steps that end with true there, then of those that go on. */
  readonly rows: Uint32Array;
  readonly words: number;
  /** Of its bits among those of the level. */
  readonly firstWord: number;
}

/** The n-th steps of conditions. */
interface Level {
  readonly blocks: readonly Block[];
  /** Those that an event comes to, as bits. */
  readonly reached: Uint32Array;
  readonly rules: Int32Array;
  readonly next: Int32Array;
}

/**
 * The first few steps of many conditions, taken all at once: those that ask the same register are settled by one search for its value, after which bits say which
 * conditions are true, and which go on. Hardly any has to be walked by itself then.
 */
export class StepsAtOnce {
  private readonly program: Program;
  private readonly entries: Int32Array;
  private readonly levels: readonly Level[];
  /** Conditions that are walked from their first step on. */
  private readonly walked: readonly number[];
  /** Conditions without a step, which are true; and those of this event that are not false, and those that cannot be decided. */
  private readonly always: Uint32Array;
  private readonly told: Uint32Array;
  private readonly undecidable: Uint32Array;
  private isUndecidable = false;

  /** @param entries - where each condition's steps begin; they are known by their numbers in this list */
  constructor(program: Program, entries: Int32Array) {
    this.program = program;
    this.entries = entries;
    this.always = new Uint32Array(Math.ceil(entries.length / 32));
    this.told = new Uint32Array(this.always.length);
    this.undecidable = new Uint32Array(this.always.length);
    const slots: Slot[][] = Array.from({ length: LEVELS }, () => []);
    const walked: number[] = [];
    for (const [rule, entry] of entries.entries()) {
      const steps = entry < 0 ? [] : leadingSteps(program, entry);
      if (entry === END_TRUE) mark(this.always, rule);
      else if (entry >= 0 && steps.length === 0) walked.push(rule);
      for (const [level, step] of steps.entries()) slots[level]!.push({ rule, step, next: ~onwardOf(step) });
    }
    this.walked = walked;
    this.levels = levelsOf(slots);
  }

  /**
   * Calls `tell` with the numbers of the conditions that are not false of the facts that the program looks at, in rising order.
   *
   * @param withUndecidable - what a condition says that comes to what cannot be decided
   */
  evaluate(tell: (rule: number, verdict: Verdict) => void, withUndecidable: (rule: number) => Verdict): void {
    const { told, undecidable, levels } = this;
    told.set(this.always);
    this.isUndecidable = false;
    for (const rule of this.walked) this.walk(rule, this.entries[rule]!, withUndecidable);
    for (let i = 0; i < levels.length; i++) this.take(levels[i]!, levels[i + 1], i === 0, withUndecidable);
    for (let word = 0; word < told.length; word++) {
      for (let bits = told[word]!; bits !== 0; bits &= bits - 1) {
        const rule = word * 32 + lowestOf(bits);
        tell(rule, this.isUndecidable && isMarked(undecidable, rule) ? UNDECIDABLE : TRUE);
      }
    }
  }

  private walk(rule: number, from: number, withUndecidable: (rule: number) => Verdict): void {
    const verdict = this.program.walk(from) ?? withUndecidable(rule);
    if (verdict === FALSE) return;
    mark(this.told, rule);
    if (verdict === TRUE) return;
    if (!this.isUndecidable) this.undecidable.fill(0);
    this.isUndecidable = true;
    mark(this.undecidable, rule);
  }

  private take(
    { blocks, reached, rules, next }: Level,
    below: Level | undefined,
    isFirst: boolean,
    withUndecidable: (rule: number) => Verdict,
  ): void {
    const { told, entries } = this;
    const { registers } = this.program;
    if (below !== undefined) below.reached.fill(0);
    for (const { register, cuts, rows, words, firstWord } of blocks) {
      if (!isFirst && !isAny(reached, firstWord, words)) continue;
      const value = registers.value(register);
      const isUnread = value === UNREAD;
      const row = isUnread ? 0 : firstAbove(cuts, value, true) * words * 2;
      for (let word = 0; word < words; word++) {
        const [here, from] = [reached[firstWord + word]!, (firstWord + word) * 32];
        if (isUnread) {
          for (let bits = here; bits !== 0; bits &= bits - 1) {
            const rule = rules[from + lowestOf(bits)]!;
            this.walk(rule, entries[rule]!, withUndecidable);
          }
          continue;
        }
        for (let bits = rows[row + word]! & here; bits !== 0; bits &= bits - 1)
          mark(told, rules[from + lowestOf(bits)]!);
        for (let bits = rows[row + words + word]! & here; bits !== 0; bits &= bits - 1) {
          const slot = from + lowestOf(bits);
          const onward = next[slot]!;
          if (onward >= 0) mark(below!.reached, onward);
          else this.walk(rules[slot]!, ~onward, withUndecidable);
        }
      }
    }
  }
}

const mark = (bits: Uint32Array, at: number): void => void (bits[at >>> 5]! |= 1 << (at & 31));
const isMarked = (bits: Uint32Array, at: number): boolean => ((bits[at >>> 5]! >>> (at & 31)) & 1) === 1;
const lowestOf = (bits: number): number => 31 - Math.clz32(bits & -bits);

function isAny(bits: Uint32Array, from: number, words: number): boolean {
  for (let word = from; word < from + words; word++) if (bits[word] !== 0) return true;
  return false;
}

/** Where a condition goes on after a step, by its one outcome that does not end it. */
const onwardOf = ({ inside, outside }: Step): number => Math.max(inside, outside);

/** The first steps of a condition that can be taken with others: each leads to the next one by one outcome, and ends by the other. */
function leadingSteps(program: Program, entry: number): readonly Step[] {
  const steps: Step[] = [];
  for (let at = entry; at >= 0 && steps.length < LEVELS;) {
    const step = program.stepAt(at);
    // What calls a function is asked only of those that come to it.
    if ((step.inside >= 0 && step.outside >= 0) || (steps.length > 0 && step.isCalling)) break;
    steps.push(step);
    at = onwardOf(step);
  }
  return steps;
}

function levelsOf(slots: readonly (readonly Slot[])[]): readonly Level[] {
  const levels: Level[] = [];
  /** Where the rules' steps of the level below stand. */
  let below = new Map<number, number>();
  for (const those of slots.toReversed()) {
    const places = new Map<number, number>();
    const blocks: Block[] = [];
    const placed: Slot[] = [];
    let firstWord = 0;
    for (const group of Map.groupBy(those, ({ step }) => step.register).values()) {
      for (let from = 0; from < group.length; from += STEPS_OF_A_BLOCK) {
        const some = group.slice(from, from + STEPS_OF_A_BLOCK);
        const block = blockOf(some, firstWord);
        blocks.push(block);
        for (const [i, slot] of some.entries()) {
          const place = firstWord * 32 + i;
          places.set(slot.rule, place);
          placed[place] = { ...slot, next: below.get(slot.rule) ?? slot.next };
        }
        firstWord += block.words;
      }
    }
    const reached = new Uint32Array(firstWord);
    for (const place of places.values()) mark(reached, place);
    levels.unshift({
      ...{ blocks, reached },
      rules: Int32Array.from({ length: firstWord * 32 }, (_, place) => placed[place]?.rule ?? -1),
      next: Int32Array.from({ length: firstWord * 32 }, (_, place) => placed[place]?.next ?? 0),
    });
    below = places;
  }
  return levels.filter(({ blocks }) => blocks.length > 0);
}

function blockOf(slots: readonly Slot[], firstWord: number): Block {
  const bounds = slots.flatMap(({ step: { intervals } }) => intervals.flatMap(({ low, above }) => [low, above]));
  const cuts = Float64Array.from(new Set(bounds.filter((bound) => !Number.isNaN(bound)))).sort();
  const words = Math.ceil(slots.length / 32);
  const rows = new Uint32Array((cuts.length + 1) * words * 2);
  for (const [at, { step }] of slots.entries()) {
    const { intervals, inside, outside } = step;
    for (let stretch = 0; stretch <= cuts.length; stretch++) {
      // Before the first cut nothing is inside.
      const from = stretch === 0 ? Number.NaN : cuts[stretch - 1]!;
      const next = intervals.some(({ low, above }) => low <= from && !(from >= above)) ? inside : outside;
      const row = rows.subarray(stretch * words * 2);
      if (next >= 0) mark(row.subarray(words), at);
      else if (next === END_TRUE) mark(row, at);
    }
  }
  return { register: slots[0]!.step.register, cuts, rows, words, firstWord };
}
