import { parseArgs } from 'node:util';

export const PHASES = ['load', 'reads', 'batches', 'backlog'] as const;
export type Phase = (typeof PHASES)[number];

export interface Settings {
  readonly subjects: number;
  readonly eventsPerProfile: number;
  readonly seed: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
  readonly runs: number;
  readonly readsPerSecond: number;
  readonly updatesPerSecond: number;
  /** Events that are caught up while reads are measured. */
  readonly backlog: number;
  /** The history is always loaded; without the others. */
  readonly phases: ReadonlySet<Phase>;
}

/** @throws Error with a sentence for what is no option, or no number */
export function readSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      subjects: { type: 'string', default: '100000' },
      'events-per-profile': { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      'warm-up': { type: 'string', default: '10' },
      seconds: { type: 'string', default: '30' },
      runs: { type: 'string', default: '3' },
      reads: { type: 'string', default: '2000' },
      updates: { type: 'string', default: '2000' },
      backlog: { type: 'string', default: '1000000' },
      phase: { type: 'string', default: PHASES.join(',') },
    },
  });
  const number = (name: keyof typeof values, least: number): number => {
    const value = Number(values[name]);
    if (Number.isFinite(value) && value >= least) return value;
    throw new Error(`--${name} is a number from ${String(least)}.`);
  };
  const phases = values.phase.split(',').map((name) => {
    const phase = PHASES.find((one) => one === name);
    if (phase === undefined) throw new Error(`There is no phase "${name}"; there are ${PHASES.join(', ')}.`);
    return phase;
  });
  return {
    subjects: number('subjects', 10),
    eventsPerProfile: number('events-per-profile', 1),
    seed: number('seed', 0),
    warmUpMs: number('warm-up', 0) * 1_000,
    measuredMs: number('seconds', 1) * 1_000,
    runs: number('runs', 1),
    readsPerSecond: number('reads', 1),
    updatesPerSecond: number('updates', 1),
    backlog: number('backlog', 1),
    phases: new Set(phases),
  };
}
