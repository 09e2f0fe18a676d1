import type { Condition } from '@hermes/contracts/rule';
import { type Choice, type Demand, demandsOf, demandWords } from './demand.ts';
import { elementSearchOf } from './element-operators.ts';
import { canHold, type Effort } from './exclusion.ts';
import type { Finding } from './finding.ts';
import { relationOf, relationsCanHold } from './relation.ts';
import { both, quoted } from './words.ts';

/** What of a condition can never hold. */
export interface Contradictions {
  /** `contradiction`: comparisons that exclude each other, those that are needed for it and no others. */
  readonly findings: readonly Finding[];
  /** Whether because of them the whole condition is true of no event. */
  readonly neverHolds: boolean;
}

const MOST_COMPARISONS = 1_000_000;
/** Of more demands on one place it is not looked for which of them exclude each other. */
const MOST_NARROWED = 50;

type CanHold = (demands: readonly Demand[]) => boolean;

/** Fewest of the demands that cannot be met together: each of them is needed for that. */
function core(demands: readonly Demand[], isPossible: CanHold): readonly Demand[] {
  let left = demands;
  if (left.length > MOST_NARROWED) return left;
  for (const demand of demands) {
    const without = left.filter((one) => one !== demand);
    if (without.length > 0 && !isPossible(without)) left = without;
  }
  return left;
}

class Search {
  readonly findings: Finding[] = [];
  private readonly effort: Effort = { left: MOST_COMPARISONS };

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
    const own = new Set(demands);
    const together = [...around, ...demands];
    const isPossible: CanHold = (some) => canHold(some, this.effort);
    const places = [...Map.groupBy(together, ({ place }) => place).values()];
    const relations = Map.groupBy(
      together.flatMap((demand) => relationOf(demand) ?? []),
      ({ pair }) => pair,
    );
    const arePossible: CanHold = (some) => relationsCanHold(some.flatMap((demand) => relationOf(demand) ?? []));
    const groups = [
      ...places.map((group) => ({ group, isPossible })),
      ...[...relations.values()].map((those) => ({
        group: those.map(({ demand }) => demand),
        isPossible: arePossible,
      })),
    ];
    const told = new Set<string>();
    for (const { group, isPossible: may } of groups) {
      if (!group.some((demand) => own.has(demand)) || may(group)) continue;
      const those = core(group, may);
      const { pointer } = those.findLast((demand) => own.has(demand)) ?? those[0]!;
      const names = quoted([...new Set(those.map(demandWords))]);
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
