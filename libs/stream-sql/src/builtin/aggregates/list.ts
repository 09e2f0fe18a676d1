import type { AggregateFunction } from '../signature.ts';
import { COLLECTING } from './collecting.ts';
import { COUNTING } from './counting.ts';
import { EXTREMES } from './extremes.ts';
import { JSON_AGGREGATES } from './json.ts';
import { ORDERED } from './ordered.ts';
import { PERCENTILES } from './percentile.ts';
import { SUMMING } from './summing.ts';
import { VARIANCES } from './variance.ts';

/** All aggregates, in the order of Flink's documentation. */
export const AGGREGATES: readonly AggregateFunction[] = [
  ...COUNTING,
  ...SUMMING,
  ...EXTREMES,
  ...VARIANCES,
  ...COLLECTING,
  ...ORDERED,
  ...JSON_AGGREGATES,
  ...PERCENTILES,
];
