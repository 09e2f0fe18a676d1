import type { RuleDraft } from '@hermes/contracts/rule';

const on = (path: string, operator: 'equal' | 'greaterThan' | 'greaterThanInclusive' | 'lessThan', value: unknown) =>
  ({ fact: 'event', path, operator, value }) as const;

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
    },
  },
];
