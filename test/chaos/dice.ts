/** A seeded source of numbers in [0, 1): the same seed, the same numbers. Source: mulberry32 (Tommy Ettinger, public domain). */
export type Dice = () => number;

export function diceOf(seed: number): Dice {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const pick = <T>(dice: Dice, items: readonly T[]): T => items[Math.floor(dice() * items.length)]!;

/** Fisher and Yates. */
export function shuffled<T>(dice: Dice, items: readonly T[]): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(dice() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
