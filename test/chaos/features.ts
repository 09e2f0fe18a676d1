import type { FeaturePlan } from '../scenario/publish-features.ts';
import { type Deal, DEAL_TYPE, fenOf, subjectOf } from './deals.ts';

const eventTypes = [DEAL_TYPE];
const path = '$.data.totalPriceCny';
const byDistrict = { kind: 'field', path: '$.data.district', entity: 'district' } as const;
export const DEAR_FROM_CNY = 5_000_000;

/** Published before the first deal. */
export const EARLY_FEATURES: FeaturePlan = {
  deals: { name: 'Deals', eventTypes, compute: { kind: 'count' } },
  value: { name: 'Value', eventTypes, compute: { kind: 'sum', path } },
  districts: { name: 'Districts', eventTypes, compute: { kind: 'distinct-count', path: '$.data.district' } },
  // Of deals that are years old at their receipt none is in the window: all are counted as late.
  value_30d: {
    name: 'Of 30 days',
    eventTypes,
    compute: { kind: 'sum', path },
    window: { kind: 'sliding', length: '30d' },
  },
  district_deals: { name: 'Deals of a district', eventTypes, key: byDistrict, compute: { kind: 'count' } },
};

/** Published in the midst of the replay and of the strikes: filled from history, live from a cut on. */
export const MIDWAY_FEATURES: FeaturePlan = {
  value_later: { name: 'Value', eventTypes, compute: { kind: 'sum', path }, group: 'later' },
  dear: {
    name: 'Dear deals',
    eventTypes,
    compute: { kind: 'count' },
    filter: { all: [{ fact: 'event', path, operator: 'greaterThanInclusive', value: DEAR_FROM_CNY }] },
  },
  highest: { name: 'Highest', eventTypes, compute: { kind: 'max', path } },
  top_district: { name: 'Top district', eventTypes, compute: { kind: 'top-k', path: '$.data.district', k: 1 } },
  district_value: { name: 'Value of a district', eventTypes, key: byDistrict, compute: { kind: 'sum', path } },
};

/** A value as one text, the same for what was computed and what was read. */
export const featureText = (value: unknown, late = 0): string =>
  `${JSON.stringify(value)}${late > 0 ? ` late ${late}` : ''}`;

/** A sum of fen as the number that its features answer. */
const yuan = (fen: bigint): number => Number(`${fen}e-2`);

/** `<subject> <feature>` -> value, from the deals alone. */
export function expectedFeatures(deals: readonly Deal[]): ReadonlyMap<string, string> {
  const expected = new Map<string, string>();
  for (const [subject, mine] of groupBy(deals, subjectOf)) {
    const put = (feature: string, value: unknown, late = 0): void =>
      void expected.set(`${subject} ${feature}`, featureText(value, late));
    const fen = mine.map((deal) => fenOf(deal.totalPrice));
    const total = fen.reduce((sum, one) => sum + one, 0n);
    put('deals', mine.length);
    put('value', yuan(total));
    put('value_later', yuan(total));
    put('value_30d', 0, mine.length);
    put('districts', new Set(mine.map(({ district }) => district)).size);
    put('dear', fen.filter((one) => one >= BigInt(DEAR_FROM_CNY) * 100n).length);
    put('highest', yuan(fen.reduce((most, one) => (one > most ? one : most))));
    const counts = [...groupBy(mine, ({ district }) => district)].map(([value, list]) => ({
      value,
      count: list.length,
    }));
    counts.sort((a, b) => b.count - a.count || (JSON.stringify(a.value) < JSON.stringify(b.value) ? -1 : 1));
    put('top_district', counts.slice(0, 1));
  }
  for (const [district, mine] of groupBy(deals, (deal) => deal.district)) {
    const total = mine.reduce((sum, deal) => sum + fenOf(deal.totalPrice), 0n);
    expected.set(`district:${district} district_deals`, featureText(mine.length));
    expected.set(`district:${district} district_value`, featureText(yuan(total)));
  }
  return expected;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const list = groups.get(keyOf(item));
    if (list === undefined) groups.set(keyOf(item), [item]);
    else list.push(item);
  }
  return groups;
}
