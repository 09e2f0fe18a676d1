import type { AggregateFunction } from '../signature.ts';
import { COUNTING } from './counting.ts';
import { EXTREMES } from './extremes.ts';
import { SUMMING } from './summing.ts';
import { VARIANCES } from './variance.ts';

/** All aggregates, in the order of the documentation. */
export const AGGREGATES: readonly AggregateFunction[] = [...COUNTING, ...SUMMING, ...EXTREMES, ...VARIANCES];
