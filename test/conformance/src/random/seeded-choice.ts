import { seededRandom } from '../../../bench/seeded-random.ts';

/** A sequence of choices that a seed decides. */
export class SeededChoice {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** From 0 to below `bound`. */
  below(bound: number): number {
    return Math.floor(this.random() * bound);
  }

  one<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}
