import type { FeatureDraft } from '@hermes/contracts/feature';
import type { z } from 'zod';
import { DEAL } from '../service/deals.ts';

type Draft = z.input<typeof FeatureDraft>;

const PRICE = '$.data.totalPriceCny';
const AREA = '$.data.areaM2';
const DISTRICT = '$.data.district';
const LISTING = '$.data.listingId';

const feature = (compute: Draft['compute'], length?: string): Draft => ({
  name: 'Of the bench',
  eventTypes: [DEAL],
  compute,
  window: length === undefined ? { kind: 'all-time' } : { kind: 'sliding', length },
});

/** 20 features that every deal changes: 6 all-time, 8 sliding, 2 distinct, 2 last-10, 2 EWMA. */
export const BENCH_FEATURES: Readonly<Record<string, Draft>> = {
  deals: feature({ kind: 'count' }),
  price_sum: feature({ kind: 'sum', path: PRICE }),
  area_avg: feature({ kind: 'avg', path: AREA }),
  price_min: feature({ kind: 'min', path: PRICE }),
  price_max: feature({ kind: 'max', path: PRICE }),
  district_last: feature({ kind: 'last', path: DISTRICT }),
  deals_1d: feature({ kind: 'count' }, '1d'),
  price_sum_1d: feature({ kind: 'sum', path: PRICE }, '1d'),
  deals_7d: feature({ kind: 'count' }, '7d'),
  price_sum_7d: feature({ kind: 'sum', path: PRICE }, '7d'),
  area_avg_7d: feature({ kind: 'avg', path: AREA }, '7d'),
  deals_30d: feature({ kind: 'count' }, '30d'),
  price_sum_30d: feature({ kind: 'sum', path: PRICE }, '30d'),
  price_max_30d: feature({ kind: 'max', path: PRICE }, '30d'),
  listings: feature({ kind: 'distinct-count', path: LISTING }),
  districts: feature({ kind: 'distinct-count', path: DISTRICT }),
  listings_last_10: feature({ kind: 'last-n', path: LISTING, n: 10 }),
  prices_last_10: feature({ kind: 'last-n', path: PRICE, n: 10 }),
  price_ewma: feature({ kind: 'ewma', path: PRICE, halfLife: '7d' }),
  area_ewma: feature({ kind: 'ewma', path: AREA, halfLife: '7d' }),
};

export const BENCH_FEATURE_IDS: readonly string[] = Object.keys(BENCH_FEATURES);
