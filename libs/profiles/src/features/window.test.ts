import type { FeatureWindow } from '@hermes/contracts/feature';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tilingOf } from './window.ts';

const at = (iso: string): number => Date.parse(iso);
const intervalOf = (window: FeatureWindow, timeZone: string, now: string): [string, string] => {
  const { fromMs, toMs } = tilingOf(window, timeZone).contextAt(at(now));
  return [new Date(fromMs!).toISOString(), new Date(toMs!).toISOString()];
};
const calendar = (period: 'day' | 'week' | 'month' | 'quarter' | 'year', back = 0): FeatureWindow => ({
  kind: 'calendar',
  period,
  back,
});

describe('calendar periods follow the project’s time zone', () => {
  test.each<[string, FeatureWindow, string, string, [string, string]]>([
    [
      'today in Shanghai',
      calendar('day'),
      'Asia/Shanghai',
      '2026-03-01T15:59:59.999Z',
      ['2026-02-28T16:00:00.000Z', '2026-03-01T16:00:00.000Z'],
    ],
    [
      'today in Shanghai, a millisecond later',
      calendar('day'),
      'Asia/Shanghai',
      '2026-03-01T16:00:00.000Z',
      ['2026-03-01T16:00:00.000Z', '2026-03-02T16:00:00.000Z'],
    ],
    [
      'yesterday',
      calendar('day', 1),
      'Asia/Shanghai',
      '2026-03-01T16:00:00.000Z',
      ['2026-02-28T16:00:00.000Z', '2026-03-01T16:00:00.000Z'],
    ],
    [
      'a week begins on Monday',
      calendar('week'),
      'UTC',
      '2026-03-01T12:00:00.000Z',
      ['2026-02-23T00:00:00.000Z', '2026-03-02T00:00:00.000Z'],
    ],
    [
      'last month, over the turn of the year',
      calendar('month', 1),
      'UTC',
      '2026-01-15T00:00:00.000Z',
      ['2025-12-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
    ],
    [
      'a quarter',
      calendar('quarter'),
      'UTC',
      '2026-05-15T00:00:00.000Z',
      ['2026-04-01T00:00:00.000Z', '2026-07-01T00:00:00.000Z'],
    ],
    [
      'a year before 1970',
      calendar('year'),
      'UTC',
      '1969-07-01T00:00:00.000Z',
      ['1969-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z'],
    ],
    [
      'a day of 23 hours',
      calendar('day'),
      'Europe/Berlin',
      '2026-03-29T12:00:00.000Z',
      ['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ],
    [
      'a day of 25 hours',
      calendar('day'),
      'Europe/Berlin',
      '2026-10-25T12:00:00.000Z',
      ['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ],
  ])('%s', (_, window, zone, now, expected) => expect(intervalOf(window, zone, now)).toEqual(expected));

  test('every instant is in the tile of the interval that holds it, in every zone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -2_000_000_000_000, max: 4_000_000_000_000 }),
        fc.constantFrom('UTC', 'Asia/Shanghai', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', 'Asia/Kolkata'),
        fc.constantFrom('day', 'week', 'month', 'quarter', 'year' as const),
        (nowMs, zone, period) => {
          const tiling = tilingOf(calendar(period), zone);
          const { fromMs, toMs } = tiling.contextAt(nowMs);
          expect(fromMs!).toBeLessThanOrEqual(nowMs);
          expect(toMs!).toBeGreaterThan(nowMs);
          expect(tiling.tileOf(fromMs!)).toBe(tiling.tileOf(nowMs));
          expect(tiling.tileOf(toMs! - 1)).toBe(tiling.tileOf(nowMs));
          expect(tiling.tileOf(fromMs! - 1)).toBe(tiling.tileOf(nowMs) - 1);
        },
      ),
      { seed: 1, numRuns: 600 },
    );
  });
});

describe('a sliding window', () => {
  test.each([
    ['1h', '2026-03-01T10:20:30.400Z', ['2026-03-01T09:20:30.000Z', '2026-03-01T10:20:31.000Z']],
    ['24h', '2026-03-01T10:20:30.400Z', ['2026-02-28T10:20:00.000Z', '2026-03-01T10:21:00.000Z']],
    ['25h', '2026-03-01T10:20:30.400Z', ['2026-02-28T09:00:00.000Z', '2026-03-01T11:00:00.000Z']],
    ['90d', '2026-03-01T10:20:30.400Z', ['2025-12-01T10:00:00.000Z', '2026-03-01T11:00:00.000Z']],
  ])('of %s at %s consists of whole tiles and holds all of its length', (length, now, expected) => {
    expect(intervalOf({ kind: 'sliding', length }, 'UTC', now)).toEqual(expected);
  });
});
