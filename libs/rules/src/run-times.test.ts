/** Guards: a rule runs when it says it does, on the project's wall clock, whatever becomes of the project. */
import type { RunTimes } from '@hermes/contracts/rule';
import { describe, expect, test } from 'vitest';
import { checkRule } from './check-rule.ts';
import { firingLimitOf } from './firing-limits.ts';
import { runsAt, runTimesFindings, runTimesInZone } from './run-times.ts';

const SHANGHAI = 'Asia/Shanghai';
const runs = (times: RunTimes, instant: string): boolean =>
  runsAt(runTimesInZone(times, SHANGHAI))(Date.parse(instant));
const WORK: RunTimes = { days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'], from: '09:00', to: '18:00' };

test.each<[string, RunTimes, string, boolean]>([
  ['a Monday at 9 in Shanghai', WORK, '2026-03-02T01:00:00.000Z', true],
  ['a moment before', WORK, '2026-03-02T00:59:59.999Z', false],
  ['at 18, which is not in it', WORK, '2026-03-02T10:00:00.000Z', false],
  ['on a Sunday', WORK, '2026-03-01T03:00:00.000Z', false],
  [
    'over midnight, of the day before',
    { days: ['friday'], from: '22:00', to: '02:00' },
    '2026-03-06T17:30:00.000Z',
    true,
  ],
  [
    'over midnight, on another day',
    { days: ['friday'], from: '22:00', to: '02:00' },
    '2026-03-05T17:30:00.000Z',
    false,
  ],
  ['at its first moment', { starts: '2026-03-01' }, '2026-02-28T16:00:00.000Z', true],
  ['before it', { starts: '2026-03-01' }, '2026-02-28T15:59:59.999Z', false],
  ['at its end, which is not in it', { ends: '2026-03-01T09:00' }, '2026-03-01T01:00:00.000Z', false],
  ['before its end', { ends: '2026-03-01T09:00' }, '2026-03-01T00:59:59.999Z', true],
  ['within days and hours, and past the end', { ...WORK, ends: '2026-03-02' }, '2026-03-02T02:00:00.000Z', false],
  ['within all of it', { ...WORK, starts: '2026-03-02', ends: '2026-03-03' }, '2026-03-02T02:00:00.000Z', true],
])('%s', (_, times, instant, expected) => expect(runs(times, instant)).toBe(expected));

test('what is placed stays where it is, in whatever zone it is placed again', () => {
  const placed = runTimesInZone({ ...WORK, starts: '2026-03-01', ends: '2026-04-01T09:00+09:00' }, SHANGHAI);
  expect(placed).toEqual({
    ...WORK,
    timeZone: SHANGHAI,
    starts: '2026-03-01T00:00:00+08:00',
    ends: '2026-04-01T09:00+09:00',
  });
  expect(runTimesInZone(placed, 'Europe/Berlin')).toEqual(placed);
  expect(runTimesInZone({ starts: '2026-03-01' }, SHANGHAI)).not.toHaveProperty('timeZone');
});

describe('is refused:', () => {
  test.each<[string, object, string]>([
    ['nothing said', {}, '/schedule'],
    ['a time zone alone', { timeZone: SHANGHAI }, '/schedule'],
    ['a day that there is none of', { days: ['munday'] }, '/schedule'],
    ['a time that there is none of', { from: '25:00' }, '/schedule'],
    ['a zone that there is none of', { from: '09:00', timeZone: 'Mars' }, '/schedule'],
    ['a date that there is none of', { starts: '2026-02-30' }, '/schedule/starts'],
    ['an end before the beginning', { starts: '2026-03-02T00:00:00Z', ends: '2026-03-01T00:00:00Z' }, '/schedule/ends'],
  ])('%s', (_, schedule, pointer) => {
    expect(runTimesFindings(schedule, '/schedule').map((one) => one.pointer)).toEqual([pointer]);
    const draft = {
      name: 'r',
      eventTypes: ['t'],
      conditions: { all: [] },
      event: { type: 'e' },
      severity: 'info',
      schedule,
    };
    expect(checkRule(draft)).toMatchObject({ kind: 'rejected', problems: [{ pointer }] });
  });

  test('a field that there is none of, with what was meant', () => {
    const draft = {
      name: 'r',
      eventTypes: ['t'],
      conditions: { all: [] },
      event: { type: 'e' },
      severity: 'info',
      schedule: { start: '2026-03-01' },
    };
    expect(checkRule(draft)).toMatchObject({ kind: 'rejected' });
  });
});

test('a roll-out and a schedule hold together', () => {
  const limit = firingLimitOf('r', { schedule: { ends: '2026-03-01T00:00:00Z' }, rollout: { percent: 100 } })!;
  expect([limit('k', Date.UTC(2026, 1, 28)), limit('k', Date.UTC(2026, 2, 1))]).toEqual([true, false]);
  expect(firingLimitOf('r', {})).toBeUndefined();
});
