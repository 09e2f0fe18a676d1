import { describe, expect, test } from 'vitest';
import { diceOf } from './dice.ts';
import { type Strike, UNITS, type Unit, planStrikes, replayMs } from './kill-plan.ts';

const ROUND_MS = 8_000;
const SEEDS = [1, 2, 3, 4, 5];

const struck = (strikes: readonly Strike[]): Unit[] => [...new Set(strikes.flatMap(({ units }) => units))].sort();
const pairsOf = (strikes: readonly Strike[]): readonly Strike[] => strikes.filter(({ units }) => units.length === 2);
const ALL = [...UNITS].sort();

test('the same seed makes the same plan, another seed another one: who and when', () => {
  expect(planStrikes(diceOf(7), 20, ROUND_MS)).toEqual(planStrikes(diceOf(7), 20, ROUND_MS));
  expect(planStrikes(diceOf(8), 20, ROUND_MS)).not.toEqual(planStrikes(diceOf(7), 20, ROUND_MS));
});

describe.each(SEEDS)('seed %i', (seed) => {
  test.each([10, 11, 19])('%i rounds strike every unit, and pairs', (rounds) => {
    const strikes = planStrikes(diceOf(seed), rounds, ROUND_MS);
    expect(strikes).toHaveLength(rounds);
    expect(struck(strikes)).toEqual(ALL);
    expect(pairsOf(strikes).length).toBeGreaterThanOrEqual(5);
  });

  test('20 rounds strike every unit alone and every unit in a pair', () => {
    const strikes = planStrikes(diceOf(seed), 20, ROUND_MS);
    const pairs = pairsOf(strikes);
    expect(struck(strikes.filter(({ units }) => units.length === 1))).toEqual(ALL);
    expect(pairs.map(({ units }) => units[0]).sort()).toEqual(ALL);
    expect(pairs.every(({ units }) => units[0] !== units[1])).toBe(true);
  });

  test('each strike falls into its round, anywhere in it, and a whole round of the replay follows the last', () => {
    const strikes = planStrikes(diceOf(seed), 40, ROUND_MS);
    const within = strikes.map(({ atMs }, round) => atMs - round * ROUND_MS);
    expect(Math.min(...within)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...within)).toBeLessThanOrEqual(ROUND_MS);
    expect(Math.max(...within) - Math.min(...within)).toBeGreaterThan(ROUND_MS / 2);
    expect(strikes.at(-1)!.atMs + ROUND_MS).toBeLessThanOrEqual(replayMs(40, ROUND_MS));
  });
});

test('only the units that are named are struck; one alone has nobody to pair with', () => {
  expect(struck(planStrikes(diceOf(1), 9, ROUND_MS, ['kafka', 'ingest', 'valkey']))).toEqual([
    'ingest',
    'kafka',
    'valkey',
  ]);
  expect(planStrikes(diceOf(1), 4, ROUND_MS, ['kafka']).every(({ units }) => units.length === 1)).toBe(true);
});
