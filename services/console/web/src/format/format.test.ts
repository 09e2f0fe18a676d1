import { describe, expect, test } from 'vitest';
import { change, formatMoneyShort, formatShare } from './numbers.ts';
import { bucketLabels, formatAgo } from './times.ts';
import { humanize } from './words.ts';

describe('numbers', () => {
  test.each([
    [12_345_678, 'en-GB', '¥12.35m'],
    [12_345_678, 'zh-CN', '¥1234.57万'],
    [3_500, 'zh-CN', '¥3500'],
    [0, 'en-GB', '¥0'],
  ])('%d in %s is %s', (value, locale, expected) => expect(formatMoneyShort(value, 'CNY', locale)).toBe(expected));

  test('with nothing before there is no share', () => {
    expect(change(5, 0)).toBeNull();
    expect(change(3, 2)).toBe(0.5);
    expect(formatShare(-0.0421, 'en-GB')).toBe('4.2%');
  });
});

describe('times', () => {
  const now = Date.parse('2026-03-01T12:00:00.000Z');
  test.each([
    ['2026-03-01T11:57:10.000Z', 'en-GB', '2 min ago'],
    ['2026-03-01T12:00:03.000Z', 'en-GB', 'now'],
    ['2026-02-27T12:00:00.000Z', 'zh-CN', '前天'],
  ])('%s is %s %s', (instant, locale, expected) => expect(formatAgo(instant, now, locale)).toBe(expected));

  test("buckets are labelled by the project's clock", () => {
    expect(bucketLabels('minute', 'Asia/Shanghai', 'en-GB')('2026-03-01T12:00:00.000Z')).toBe('20:00');
    expect(bucketLabels('day', 'Asia/Shanghai', 'en-GB')('2026-02-28T16:00:00.000Z')).toBe('1 Mar');
  });
});

test.each([
  ['totalPriceCny', 'Total price cny'],
  ['deal.signed', 'Deal signed'],
  ['old-town', 'Old town'],
  ['', ''],
])('%s reads "%s"', (name, expected) => expect(humanize(name)).toBe(expected));
