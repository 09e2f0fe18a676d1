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
  /** From the beginning of the replay. */
  readonly atMs: number;
  /** Killed at the same moment. */
  readonly units: readonly Unit[];
}

/**
 * One strike a round, at a random moment of it. The strikes follow each other in turns of all units: as many rounds as there are
 * units strike every unit, half of them in a pair with another one; twice as many strike every unit alone and in a pair.
 */
export function planStrikes(
  dice: Dice,
  rounds: number,
  roundMs: number,
  among: readonly Unit[] = UNITS,
): readonly Strike[] {
  const turns: Turn[] = [];
  return Array.from({ length: rounds }, (_, round) => {
    if (turns.length === 0) turns.push(...twoTurns(dice, among));
    const { unit, isPair } = turns.shift()!;
    const others = among.filter((other) => other !== unit);
    const units = isPair && others.length > 0 ? [unit, pick(dice, others)] : [unit];
    return { atMs: Math.round((round + dice()) * roundMs), units };
  });
}

interface Turn {
  readonly unit: Unit;
  readonly isPair: boolean;
}

/** Every unit twice: whoever comes alone in the first turn comes with another one in the second, and the other way round. */
function twoTurns(dice: Dice, among: readonly Unit[]): readonly Turn[] {
  const first = shuffled(dice, among).map((unit, place): Turn => ({ unit, isPair: place % 2 === 1 }));
  return [...first, ...shuffled(dice, first).map(({ unit, isPair }): Turn => ({ unit, isPair: !isPair }))];
}

/** How long the replay must last: every strike, also the last one, is followed by a round under load in which to come back. */
export const replayMs = (rounds: number, roundMs: number): number => (rounds + 1) * roundMs;
