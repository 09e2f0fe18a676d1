import { type Dice, pick, shuffled } from './dice.ts';

/** What can be killed: every service and every server. */
export const UNITS = [
  'ingest',
  'sql-executor',
  'rule-engine',
  'profile-store',
  'alerting',
  'console',
  'kafka',
  'valkey',
  'clickhouse',
  'postgres',
] as const;
export type Unit = (typeof UNITS)[number];

export interface Strike {
  /** From the beginning of the round. */
  readonly afterMs: number;
  /** Killed at the same moment. */
  readonly units: readonly Unit[];
}

/**
 * One strike a round, at a random moment of its first `withinMs`. Singles and pairs take turns: every unit dies once alone before any
 * dies alone again, and the pairs' first members go through all units too, so that 20 rounds hit each at least twice.
 */
export function planStrikes(
  dice: Dice,
  rounds: number,
  withinMs: number,
  among: readonly Unit[] = UNITS,
): readonly Strike[] {
  const alone: Unit[] = [];
  const first: Unit[] = [];
  return Array.from({ length: rounds }, (_, round) => {
    const bag = round % 2 === 0 ? alone : first;
    if (bag.length === 0) bag.push(...shuffled(dice, among));
    const unit = bag.pop()!;
    const others = among.filter((other) => other !== unit);
    const units = round % 2 === 0 || others.length === 0 ? [unit] : [unit, pick(dice, others)];
    return { afterMs: Math.round(dice() * withinMs), units };
  });
}
