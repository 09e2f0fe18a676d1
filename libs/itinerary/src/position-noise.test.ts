import { expect, test } from 'vitest';
import { impossibleTravel } from './impossible-travel.ts';
import { accuracyOfJitterM, NO_NOISE, seeNoise } from './position-noise.ts';
import { fixByKm, placeByKm } from './testing/place-by-km.ts';
import { findingsOf } from './testing/run-check.ts';

/** Draws of the standard normal distribution, the same for the same seed. Source: G. E. P. Box and M. E. Muller, 1958. */
function normals(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state + 1) / 0x8000_0001;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

const walk = (count: number, sigmaKm: number, seed: number, everySeconds = 5) => {
  const normal = normals(seed);
  return Array.from({ length: count }, (_, i) => ({
    ...fixByKm(i * everySeconds, 0),
    position: placeByKm(i * 0.005 + normal() * sigmaKm, normal() * sigmaKm),
  }));
};
const learned = (fixes: ReturnType<typeof walk>): number =>
  fixes.reduce((noise, { timeMs, position }) => seeNoise(noise, { timeMs, ...position }), NO_NOISE).jitterM;

test.each([3, 30, 300])('the jitter of positions with a deviation of %i m is learned to a third', (sigmaM) => {
  // The radius that holds 68 % is 1.51 deviations.
  const ratio = learned(walk(600, sigmaM / 1_000, 11)) / (1.51 * sigmaM);
  expect(ratio).toBeGreaterThan(2 / 3);
  expect(ratio).toBeLessThan(3 / 2);
});

test('a single wild position changes what was learned by a few steps at most', () => {
  const fixes = walk(300, 0.01, 5);
  const wild = fixes.with(200, { ...fixes[200]!, position: placeByKm(5_000) });
  expect(learned(wild) / learned(fixes)).toBeLessThan(1.8);
});

test('from positions minutes apart nothing is learned: the device may have turned a corner between them', () =>
  expect(learned(walk(100, 0.5, 5, 120))).toBe(0));

test.each([
  [20, 0],
  [100, 0],
  [300, 0],
  // It takes some positions to learn that a phone is this bad.
  [800, 2],
])('of forty walks with phones that are %i m off and do not say so, at most %i seem impossible', (sigmaM, most) => {
  const walks = Array.from({ length: 40 }, (_, seed) => walk(200, sigmaM / 1_000, seed * 7_919 + 1));
  const told = walks.filter((fixes) => findingsOf(impossibleTravel, fixes).length > 0);
  expect(told.length).toBeLessThanOrEqual(most);
});

test('an accuracy that is learned is not believed as readily as one that is stated', () =>
  expect(accuracyOfJitterM(100)).toBeGreaterThan(100));
