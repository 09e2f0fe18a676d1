import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Variation } from './vary-positions.ts';

export const SHARED_FILE = resolve(import.meta.dirname, '../../../../shared/data/gps-points.csv.gz');

export interface Settings {
  /** Without one positions are generated. */
  readonly file: string | undefined;
  readonly seed: number;
  /** Anomalies of each kind; absent: one for every 400 positions, and at least 100. */
  readonly count: number | undefined;
  /** The shortest teleport that is drawn, in km; absent: the check's least distance. */
  readonly leastKm: number | undefined;
  /** By how much the positions of one cell tower differ. */
  readonly towerSpreadM: number;
  readonly variation: Variation;
}

/** @throws Error with a sentence for what is no option, or no number */
export function readSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: {
      file: { type: 'string' },
      seed: { type: 'string', default: '1' },
      count: { type: 'string' },
      'least-km': { type: 'string' },
      'tower-spread-m': { type: 'string', default: '0' },
      'noise-m': { type: 'string', default: '0' },
      'keep-every': { type: 'string', default: '1' },
      'east-degrees': { type: 'string', default: '0' },
      'north-degrees': { type: 'string', default: '0' },
      devices: { type: 'string', default: '' },
    },
  });
  const number = (name: Exclude<keyof typeof values, 'file' | 'devices'>, least: number): number => {
    const value = Number(values[name]);
    if (Number.isFinite(value) && value >= least) return value;
    throw new Error(`--${name} is a number from ${String(least)}.`);
  };
  return {
    file: values.file ?? (existsSync(SHARED_FILE) ? SHARED_FILE : undefined),
    seed: number('seed', 0),
    count: values.count === undefined ? undefined : number('count', 1),
    leastKm: values['least-km'] === undefined ? undefined : number('least-km', 0.01),
    towerSpreadM: number('tower-spread-m', 0),
    variation: {
      noiseM: number('noise-m', 0),
      keepEvery: Math.round(number('keep-every', 1)),
      eastDegrees: number('east-degrees', -360),
      northDegrees: number('north-degrees', -90),
      devices: values.devices.split(',').filter((name) => name !== ''),
    },
  };
}
