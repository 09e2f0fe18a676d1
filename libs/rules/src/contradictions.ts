import type { Bilingual } from '@hermes/contracts/event-type';
import type { Condition } from '@hermes/contracts/rule';
import { type Choice, type Demand, demandsOf } from './demand.ts';
import type { Effort } from './effort.ts';
import { elementSearchOf } from './element-operators.ts';
import { canHold } from './exclusion.ts';
import type { Finding } from './finding.ts';
import { relationsCanHold } from './relation.ts';
import { both, quoted } from './words.ts';

/** What of a condition can never hold. */
export interface Contradictions {
  /** `contradiction`: comparisons that exclude each other, those that are needed for it and no others. */
  readonly findings: readonly Finding[];
  /** Whether because of them the whole condition is true of no event. */
  readonly neverHolds: boolean;
}

/** A tenth of a second. */
const MOST_EFFORT = 1_000_000;
/** Nobody reads more. */
const MOST_NAMED = 10;

type CanHold = (demands: readonly Demand[]) => boolean;

/**
 * Fewest of the demands that cannot be met together: each of them is needed for that. Halving finds the last one from which on they cannot be met, and
 * then the next one that is needed beside it.
 *
 * Source: U. Junker, QUICKXPLAIN: Preferred Explanations and Relaxations for Over-Constrained Problems (2004).
 */
function core(demands: readonly Demand[], isPossible: CanHold, effort: Effort): readonly Demand[] {
  const needed: Demand[] = [];
  let rest = demands;
  // Of what is not looked at for want of effort nothing is left out.
  while (rest.length > 0 && isPossible(needed) && effort.left >= 0) {
    let [last, possible] = [0, rest.length];
    while (possible - last > 1) {
      const middle = (last + possible) >>> 1;
      if (isPossible([...needed, ...rest.slice(middle)])) possible = middle;
      else last = middle;
    }
    needed.push(rest[last]!);
    rest = rest.slice(last + 1);
  }
  return effort.left < 0 ? [...needed, ...rest] : needed;
}

function namesOf(demands: readonly Demand[]): Bilingual {
  const words = [...new Set(demands.map((demand) => demand.words))];
  const names = quoted(words.slice(0, MOST_NAMED));
  const more = words.length - MOST_NAMED;
  return more <= 0 ? names : both(`${names.en} and ${more} more`, `${names.zh}等 ${words.length} 项`);
}

/** The demands by what they are about, where some of their own are about it. */
function grouped(
  own: readonly Demand[],
  around: readonly Demand[],
  about: (demand: Demand) => string | undefined,
): readonly (readonly Demand[])[] {
  const named = new Set(own.map(about));
  named.delete(undefined);
  const together = [...around, ...own].filter((demand) => named.has(about(demand)));
  return [...Map.groupBy(together, about).values()];
}

class Search {
  readonly findings: Finding[] = [];
  private readonly effort: Effort = { left: MOST_EFFORT };

  /**
   * Whether the condition can never be true (false, where `isWanted` is not) beside what has to be so anyway.
   *
   * @param around - demands that can be met together
   */
  neverHolds(condition: Condition, pointer: string, isWanted: boolean, around: readonly Demand[]): boolean {
    const { demands, choices } = demandsOf(condition, pointer, isWanted);
    const isExcluded = this.exclude(demands, around);
    // Each contradiction is told once, not again wherever it stands beside something.
    const beside = isExcluded ? [] : [...around, ...demands];
    const isWithoutChoice = choices.map((choice) => this.leavesNone(choice, beside)).includes(true);
    const isWithoutElement = demands.map((demand) => this.findsNone(demand)).includes(true);
    return isExcluded || isWithoutChoice || isWithoutElement;
  }

  private leavesNone({ parts, holds }: Choice, around: readonly Demand[]): boolean {
    const never = parts.map(({ condition, pointer }) => this.neverHolds(condition, pointer, holds, around));
    return !never.includes(false);
  }

  /** Whether it demands an element of which its condition can never be true. */
  private findsNone({ leaf, pointer, operator, holds }: Demand): boolean {
    const search = elementSearchOf(leaf);
    if (search === undefined) return false;
    const at = `${pointer}/value${leaf.operator === 'countElements' ? '/that' : ''}`;
    const isNever = this.neverHolds(search.that, at, true, []);
    return isNever && holds && (operator === 'anyElement' || (operator === 'countElements' && search.atLeast > 0));
  }

  /** Tells which of the demands exclude each other, or one of those around; whether some do. */
  private exclude(demands: readonly Demand[], around: readonly Demand[]): boolean {
    this.effort.left -= around.length + demands.length;
    if (this.effort.left < 0) return false;
    const own = new Set(demands);
    const isPossible: CanHold = (some) => canHold(some, this.effort);
    const arePossible: CanHold = (some) => {
      this.effort.left -= some.length;
      return this.effort.left < 0 || relationsCanHold(some);
    };
    const groups = [
      ...grouped(demands, around, ({ place }) => place).map((group) => ({ group, isPossible })),
      ...grouped(demands, around, ({ pair }) => pair?.name).map((group) => ({ group, isPossible: arePossible })),
    ];
    const told = new Set<string>();
    for (const { group, isPossible: may } of groups) {
      if (may(group)) continue;
      const those = core(group, may, this.effort);
      const { pointer } = those.findLast((demand) => own.has(demand)) ?? those[0]!;
      const names = namesOf(those);
      // Two places may exclude each other by what is demanded of each, too.
      if (told.has(names.en)) continue;
      told.add(names.en);
      const text =
        those.length === 1
          ? both(`${names.en} never holds`, `${names.zh}不可能成立`)
          : both(`${names.en} never hold together`, `${names.zh}不可能同时成立`);
      this.findings.push({ pointer, code: 'contradiction', text });
    }
    return told.size > 0;
  }
}

/**
 * Comparisons of a checked condition that can never hold together, whatever an event has: of what stands under one `all`, nested ones and
 * what is around an `any` included. Its dates are placed in a time zone (`inTimeZone`). Not all contradictions are found; what is told is one.
 */
export function contradictionsOf(condition: Condition, pointer: string): Contradictions {
  const search = new Search();
  const neverHolds = search.neverHolds(condition, pointer, true, []);
  return { findings: search.findings, neverHolds };
}
