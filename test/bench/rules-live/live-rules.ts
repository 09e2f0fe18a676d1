import type { RuleDraft } from '@hermes/contracts/rule';
import type { z } from 'zod';
import type { FeaturePlan } from '../../scenario/publish-features.ts';
import { seededRandom } from '../seeded-random.ts';
import { DEAL, DISTRICTS, FOLLOWERS, LINES } from '../service/deals.ts';

type Draft = z.input<typeof RuleDraft>;
type Leaf = { readonly fact: 'event' | 'feature' } & Readonly<Record<string, unknown>>;

const PRICE = '$.data.totalPriceCny';
const LENGTHS = ['1h', '1d', '7d', '30d'] as const;

const windowed = (compute: FeaturePlan[string]['compute'], length: string): FeaturePlan[string] => ({
  name: 'Of the bench',
  eventTypes: [DEAL],
  compute,
  window: { kind: 'sliding', length },
});

/** Twelve windows, and a count that tells whether every event was counted. */
export const LIVE_FEATURES: FeaturePlan = {
  deals: { name: 'Of the bench', eventTypes: [DEAL], compute: { kind: 'count' } },
  ...Object.fromEntries(
    LENGTHS.flatMap((length) => [
      [`deals_${length}`, windowed({ kind: 'count' }, length)],
      [`value_${length}`, windowed({ kind: 'sum', path: PRICE }, length)],
      [`listings_${length}`, windowed({ kind: 'distinct-count', path: '$.data.listingId' }, length)],
    ]),
  ),
};
const WINDOWS = Object.keys(LIVE_FEATURES).filter((id) => id !== 'deals');

/** Followers that no deal has but the bench's own probes. */
export const PROBE_FOLLOWERS = -1;

/** Fires on probes, and asks how many events of the subject were counted. */
export const PROBE_RULE: Draft = {
  name: 'Probe',
  eventTypes: [DEAL],
  conditions: {
    all: [
      { fact: 'event', path: '$.data.followers', operator: 'equal', value: PROBE_FOLLOWERS },
      { fact: 'feature', params: { id: 'deals' }, operator: 'greaterThan', value: 0 },
    ],
  },
  event: { type: 'probe' },
  severity: 'info',
  alert: false,
  tests: [{ name: 'a probe', event: { data: { followers: PROBE_FOLLOWERS } }, features: { deals: 1 }, fires: true }],
};

/**
 * A rule of three to eight comparisons, two deep, made around one deal on which it fires; with a window it also asks for one. It names the number
 * of followers, so that a rule fires on one deal in some thousands, and one of 200 on about one in ten.
 */
function liveRule(random: () => number, number: number, hasWindow: boolean): Draft {
  const below = (limit: number): number => Math.floor(random() * limit);
  const deal = {
    district: DISTRICTS[below(DISTRICTS.length)]!,
    line: LINES[below(LINES.length)]!,
    totalPriceCny: `${String(1_000_000 + below(8_000_000))}.00`,
    areaM2: 50 + below(150),
    followers: below(FOLLOWERS),
  };
  const at = (field: keyof typeof deal, operator: string, value: unknown): Leaf => ({
    fact: 'event',
    path: `$.data.${field}`,
    operator,
    value,
  });
  const others: readonly Leaf[] = [
    at('district', 'in', [deal.district, DISTRICTS[below(DISTRICTS.length)]]),
    at('line', 'equal', deal.line),
    at('totalPriceCny', 'greaterThan', Number(deal.totalPriceCny) - below(4_000_000) - 1),
    at('totalPriceCny', 'lessThan', Number(deal.totalPriceCny) + below(4_000_000) + 1),
    at('areaM2', 'greaterThanInclusive', deal.areaM2 - below(60)),
    at('areaM2', 'lessThanInclusive', deal.areaM2 + below(60)),
    at('district', 'notEqual', 'nowhere'),
  ];
  const chosen = others.toSorted(() => random() - 0.5).slice(0, 2 + below(6));
  const [first, second, ...rest] = chosen as [Leaf, Leaf, ...Leaf[]];
  const window = WINDOWS[below(WINDOWS.length)]!;
  const asked: readonly Leaf[] = hasWindow
    ? [{ fact: 'feature', params: { id: window }, operator: 'greaterThan', value: 0 }]
    : [];
  return {
    name: `Rule ${String(number)}`,
    eventTypes: [DEAL],
    conditions: {
      all: [at('followers', 'equal', deal.followers), ...rest, { any: [first, second] }, ...asked],
    } as Draft['conditions'],
    event: { type: 'fired' },
    severity: 'info',
    alert: false,
    tests: [
      { name: 'the deal', event: { data: deal }, ...(hasWindow ? { features: { [window]: 1 } } : {}), fires: true },
    ],
  };
}

/** Rules by their ids; so many of them ask for a window. The same ones for the same seed. */
export function liveRules(count: number, windows: number, seed: number): Readonly<Record<string, Draft>> {
  const random = seededRandom(seed);
  return {
    probe: PROBE_RULE,
    ...Object.fromEntries(
      Array.from({ length: count - 1 }, (_, i) => [`r-${String(i)}`, liveRule(random, i, i < windows - 1)]),
    ),
  };
}
