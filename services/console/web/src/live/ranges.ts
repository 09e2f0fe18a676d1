/** What the range switch offers, and what each asks of the console. */
export const RANGES = {
  '1h': 'minutes=60',
  '24h': 'minutes=1440',
  '7d': 'days=7',
  '30d': 'days=30',
  all: 'days=18250',
} as const;
export type RangeName = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as readonly RangeName[];

export type Measure = 'deals' | 'value';

/** The range that a URL names; the last hour when it names none. */
export const rangeOf = (text: string | null): RangeName => RANGE_NAMES.find((name) => name === text) ?? '1h';
export const measureOf = (text: string | null): Measure => (text === 'value' ? 'value' : 'deals');
