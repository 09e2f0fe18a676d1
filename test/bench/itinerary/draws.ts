import { seededRandom } from '../seeded-random.ts';

/** Draws of one seed. */
export interface Draws {
  uniform(least: number, most: number): number;
  logUniform(least: number, most: number): number;
  /** From 0 to before `count`. */
  index(count: number): number;
  /** Standard normal, by Box and Muller's transform. */
  normal(): number;
}

/** @param stream - tells the draws of one purpose from those of another with the same seed */
export function drawsOf(seed: number, stream: number): Draws {
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream, 0x85ebca6b));
  const uniform = (least: number, most: number): number => least + random() * (most - least);
  return {
    uniform,
    logUniform: (least, most) => Math.exp(uniform(Math.log(least), Math.log(most))),
    index: (count) => Math.floor(random() * count),
    normal: () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  };
}
