/** A stream of pseudo-random numbers whose whole state is one 32-bit integer: the same seed gives the same city. */
export interface Dice {
  /** What to go on with: equal states give equal streams. */
  readonly state: number;
  /** In [0, 1). */
  next(): number;
  /** In [low, high). */
  between(low: number, high: number): number;
  /** An integer in [0, below). */
  index(below: number): number;
  pick<T>(items: readonly T[]): T;
  /** About normally distributed, mean 0, standard deviation 1 (sum of uniforms, Irwin-Hall). */
  bell(): number;
}

/** Source: mulberry32 by Tommy Ettinger (public domain). */
export function dice(seed: number): Dice {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const index = (below: number): number => Math.floor(next() * below);
  return {
    get state() {
      return state;
    },
    next,
    between: (low, high) => low + (high - low) * next(),
    index,
    pick: (items) => items[index(items.length)]!,
    bell: () =>
      next() + next() + next() + next() + next() + next() + next() + next() + next() + next() + next() + next() - 6,
  };
}
