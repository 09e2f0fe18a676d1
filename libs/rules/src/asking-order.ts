import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { isChangeOperator } from './change-operators.ts';
import { isInterval } from './comparison.ts';
import { referenceIn } from './expected-value.ts';
import { FEATURE_FACT } from './feature-fact.ts';
import type { Likelihood } from './likelihood.ts';

/** What a comparison costs that calls a function, in comparisons that do not. */
const CALL_COST = 4;
/** And one that computes a feature. */
const FEATURE_COST = 100;

/** No condition is taken to settle fewer events. */
const RARELY = 1e-9;

function costOf(leaf: LeafCondition): number {
  const features = [leaf, referenceIn(leaf)].filter((place) => place?.fact === FEATURE_FACT).length;
  const changes = isChangeOperator(leaf.operator) ? 1 : 0;
  return (features + changes) * FEATURE_COST + (isInterval(leaf) ? 1 : CALL_COST);
}

/** Of how many events a condition is likely to hold, and how many comparisons it takes to know. */
interface Estimate {
  readonly holds: number;
  readonly cost: number;
}

/**
 * In which order conditions are asked: what is cheapest for each event that it settles comes first. The classic order of independent filters
 * (Hanani, "An optimal evaluation of Boolean expressions in an online query system", CACM 1977).
 */
export class AskingOrder {
  private readonly likelihood: Likelihood;
  /** Each is estimated once, however deep it stands. */
  private readonly known = new Map<Condition, Estimate>();

  constructor(likelihood: Likelihood) {
    this.likelihood = likelihood;
  }

  /** The conditions of an `all` or `any`, the first to be asked first. */
  of(kind: 'all' | 'any', children: readonly Condition[]): readonly Condition[] {
    const ranked = children.map((child) => {
      const { holds, cost } = this.estimate(child);
      return { child, rank: cost / Math.max(kind === 'all' ? 1 - holds : holds, RARELY) };
    });
    return ranked.sort((a, b) => a.rank - b.rank).map(({ child }) => child);
  }

  private estimate(condition: Condition): Estimate {
    const known = this.known.get(condition) ?? this.worked(condition);
    this.known.set(condition, known);
    return known;
  }

  private worked(condition: Condition): Estimate {
    if ('not' in condition) {
      const { holds, cost } = this.estimate(condition.not);
      return { holds: 1 - holds, cost };
    }
    if ('all' in condition) return this.inTurn(this.of('all', condition.all), (holds) => holds);
    if ('any' in condition) {
      const { holds, cost } = this.inTurn(this.of('any', condition.any), (p) => 1 - p);
      return { holds: 1 - holds, cost };
    }
    return { holds: this.likelihood.ofLeaf(condition), cost: costOf(condition) };
  }

  /** @param goesOn - of how many events the next one is asked, when one holds of so many */
  private inTurn(children: readonly Condition[], goesOn: (holds: number) => number): Estimate {
    let reached = 1;
    let sum = 0;
    for (const child of children) {
      const { holds, cost } = this.estimate(child);
      sum += reached * cost;
      reached *= goesOn(holds);
    }
    return { holds: reached, cost: sum };
  }
}
