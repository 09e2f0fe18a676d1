import type { Condition } from '@hermes/contracts/rule';
import { isInterval } from './comparison.ts';
import type { Likelihood } from './likelihood.ts';

/** What a comparison costs that calls a function, in comparisons that do not. */
const CALL_COST = 4;

/** No condition is taken to settle fewer events. */
const RARELY = 1e-9;

/** Of how many events a condition is likely to hold, and how many comparisons it takes to know. */
interface Estimate {
  readonly holds: number;
  readonly cost: number;
}

/**
 * The conditions of an `all` (or `any`) in the order that is likely to decide soonest: cheapest for each event that it settles. The classic order of
 * independent filters (Hanani, "An optimal evaluation of Boolean expressions in an online query system", CACM 1977).
 */
export function askingOrder(
  kind: 'all' | 'any',
  children: readonly Condition[],
  likelihood: Likelihood,
): readonly Condition[] {
  const ranked = children.map((child) => {
    const { holds, cost } = estimate(child, likelihood);
    return { child, rank: cost / Math.max(kind === 'all' ? 1 - holds : holds, RARELY) };
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ child }) => child);
}

function estimate(condition: Condition, likelihood: Likelihood): Estimate {
  if ('not' in condition) {
    const { holds, cost } = estimate(condition.not, likelihood);
    return { holds: 1 - holds, cost };
  }
  if ('all' in condition)
    return estimateInTurn(askingOrder('all', condition.all, likelihood), likelihood, (holds) => holds);
  if ('any' in condition) {
    const { holds, cost } = estimateInTurn(askingOrder('any', condition.any, likelihood), likelihood, (p) => 1 - p);
    return { holds: 1 - holds, cost };
  }
  return { holds: likelihood.ofLeaf(condition), cost: isInterval(condition) ? 1 : CALL_COST };
}

/** @param goesOn - of how many events the next one is asked, when one holds of so many */
function estimateInTurn(
  children: readonly Condition[],
  likelihood: Likelihood,
  goesOn: (holds: number) => number,
): Estimate {
  let reached = 1;
  let sum = 0;
  for (const child of children) {
    const { holds, cost } = estimate(child, likelihood);
    sum += reached * cost;
    reached *= goesOn(holds);
  }
  return { holds: reached, cost: sum };
}
