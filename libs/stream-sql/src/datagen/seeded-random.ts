/** Random numbers that depend on their seed alone (mulberry32): the same seed gives the same numbers in the same order. */
export class SeededRandom {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** A whole number of 32 bits. */
  uint32(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** From 0 (included) to 1 (not included), in 53 bits. */
  fraction(): number {
    return ((this.uint32() >>> 5) * 67_108_864 + (this.uint32() >>> 6)) / 9_007_199_254_740_992;
  }

  /** A whole number between both, which are included. */
  between(min: bigint, max: bigint): bigint {
    const span = max - min + 1n;
    const bits = (BigInt(this.uint32()) << 64n) | (BigInt(this.uint32()) << 32n) | BigInt(this.uint32());
    return min + (bits % span);
  }
}

/** A seed for the row of this number: rows that follow each other have nothing in common. */
export const seedOfRow = (seed: number, row: number): number =>
  Math.imul(seed ^ Math.imul(row | 0, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(Math.floor(row / 2 ** 32) + 1, 0xc2b2ae35);
