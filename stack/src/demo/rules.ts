import type { RuleDraft, RuleTest } from '@hermes/contracts/rule';

const on = (path: string, operator: 'equal' | 'greaterThan' | 'greaterThanInclusive' | 'lessThan', value: unknown) =>
  ({ fact: 'event', path, operator, value }) as const;

const sees = (name: string, data: Readonly<Record<string, unknown>>, fires: boolean): RuleTest => ({
  name,
  event: { data },
  fires,
});

/** The demo's rules. Together they fire for about one of the simulator's events in five hundred. */
export const DEMO_RULES: readonly { readonly id: string; readonly draft: RuleDraft }[] = [
  {
    id: 'large-second-hand-deal',
    draft: {
      name: 'Second-hand deal of 10 million CNY or more',
      eventTypes: ['deal.signed'],
      conditions: {
        all: [
          on('$.data.line', 'equal', 'second-hand'),
          on('$.data.totalPriceCny', 'greaterThanInclusive', 10_000_000),
        ],
      },
      event: { type: 'large-deal', params: { message: 'Ask the district manager to look through the papers today.' } },
      severity: 'critical',
      alert: true,
      tests: [
        sees('a second-hand deal of 10 million', { line: 'second-hand', totalPriceCny: '10000000.00' }, true),
        sees('one of a little less', { line: 'second-hand', totalPriceCny: '9999999.99' }, false),
        sees('a new home', { line: 'new-home', totalPriceCny: '12000000.00' }, false),
      ],
    },
  },
  {
    id: 'high-rent',
    draft: {
      name: 'Rental deal above 30,000 CNY a month',
      eventTypes: ['deal.signed'],
      conditions: { all: [on('$.data.line', 'equal', 'rental'), on('$.data.totalPriceCny', 'greaterThan', 30_000)] },
      event: { type: 'high-rent', params: { message: 'Check the deposit and the term.' } },
      severity: 'warning',
      alert: true,
      tests: [
        sees('a rent above it', { line: 'rental', totalPriceCny: '30000.01' }, true),
        sees('a rent of just as much', { line: 'rental', totalPriceCny: '30000.00' }, false),
        sees('a home that is sold', { line: 'second-hand', totalPriceCny: '3350000.00' }, false),
      ],
    },
  },
  {
    id: 'deep-price-cut',
    draft: {
      name: 'Asking price cut by more than 10 %',
      eventTypes: ['listing.price_changed'],
      conditions: { all: [on('$.data.changePercent', 'lessThan', -10)] },
      event: { type: 'deep-price-cut', params: { message: 'Tell the customers who browsed this listing.' } },
      severity: 'info',
      alert: true,
      tests: [
        sees('a cut of a tenth and a bit', { changePercent: -10.01 }, true),
        sees('a small one', { changePercent: -4.29 }, false),
        sees('a price that rises', { changePercent: 12 }, false),
      ],
    },
  },
];
