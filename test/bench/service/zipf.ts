/**
 * Weights of `ranks` by Zipf's law with exponent 1, the most frequent ones cut so that none has more than `maxShare` of the whole: ranks below
 * the cut have that share each.
 */
export function zipfShares(ranks: number, maxShare: number): Float64Array {
  const shares = new Float64Array(ranks);
  const total = (cap: number): number => {
    let sum = 0;
    for (let rank = 1; rank <= ranks; rank++) sum += Math.min(1 / rank, cap);
    return sum;
  };
  let cap = 1;
  // cap / total(cap) falls with the cap: halve the interval until the share fits. With too few ranks for the share all become equal.
  for (let low = 1 / ranks, step = 0; cap / total(cap) > maxShare && step < 50; step++) {
    const middle = (low + cap) / 2;
    if (middle / total(middle) > maxShare) cap = middle;
    else low = middle;
    if (cap - low < 1e-9) break;
  }
  const sum = total(cap);
  for (let rank = 1; rank <= ranks; rank++) shares[rank - 1] = Math.min(1 / rank, cap) / sum;
  return shares;
}

/** Draws ranks, from 0, by their shares. */
export class ZipfSampler {
  private readonly cumulative: Float64Array;
  private readonly random: () => number;

  /** @param random - numbers from 0 to before 1 */
  constructor(ranks: number, maxShare: number, random: () => number) {
    this.random = random;
    this.cumulative = zipfShares(ranks, maxShare);
    for (let i = 1; i < ranks; i++) this.cumulative[i]! += this.cumulative[i - 1]!;
  }

  next(): number {
    const { cumulative } = this;
    const at = this.random();
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle]! > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
