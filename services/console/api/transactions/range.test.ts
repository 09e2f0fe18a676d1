import { expect, test } from 'vitest';
import { type Range, RangeQuery, rangeKey, unitOf } from './range.ts';

test.each<[string, unknown, Range]>([
  ['nothing asked is the last hour', {}, { minutes: 60 }],
  ['minutes come as text', { minutes: '15' }, { minutes: 15 }],
  ['days come as text', { days: '7' }, { days: 7 }],
])('%s', (_, query, expected) => expect(RangeQuery.parse(query)).toEqual(expected));

test.each([
  ['both at once', { minutes: '5', days: '1' }],
  ['no number', { minutes: 'x' }],
  ['more than a day of minutes', { minutes: '1441' }],
])('%s is refused', (_, query) => expect(RangeQuery.safeParse(query).success).toBe(false));

test.each<[Range, string]>([
  [{ minutes: 60 }, 'minute'],
  [{ minutes: 1_440 }, 'quarter'],
  [{ days: 2 }, 'hour'],
  [{ days: 30 }, 'day'],
  [{ days: 365 }, 'month'],
])('%j is drawn in buckets of a %s', (range, unit) => expect(unitOf(range)).toBe(unit));

test('different ranges never share a reading', () => {
  expect(rangeKey({ minutes: 7 })).not.toBe(rangeKey({ days: 7 }));
});
