/** Guards: instants are compared as instants, whatever offset they are told in; days and hours are those of the time zone; nothing else is guessed. */
import type { Condition } from '@hermes/contracts/rule';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileCondition } from './condition.ts';
import { inTimeZone } from './in-time-zone.ts';
import { FALSE, TRUE, UNDECIDABLE } from './verdict.ts';

const ZONE = 'Asia/Shanghai';
const compare = (operator: string, value: unknown): Condition => ({
  all: [{ fact: 'event', path: '$.data.at', operator, value }],
});
function verdictOf(operator: string, at: unknown, value: unknown, timeZone = ZONE): number {
  const condition = compileCondition(inTimeZone(compare(operator, value), timeZone));
  const facts = { event: { time: '2026-03-06T10:00:00Z', data: { at } } };
  const verdict = condition.test(facts);
  expect(condition.explain(facts, [])).toBe(verdict);
  return verdict;
}

describe('before and after', () => {
  test.each<[string, unknown, unknown, number]>([
    // Midnight of 1 March in Shanghai is 16:00 of 28 February in UTC.
    ['before', '2026-02-28T15:59:59.999Z', '2026-03-01', TRUE],
    ['before', '2026-02-28T16:00:00Z', '2026-03-01', FALSE],
    ['after', '2026-02-28T16:00:00Z', '2026-03-01', FALSE],
    ['after', '2026-02-28T16:00:00.001Z', '2026-03-01', TRUE],
    ['not:before', '2026-02-28T16:00:00Z', '2026-03-01', TRUE],
    // As texts these would be the other way round.
    ['before', '2026-03-01T09:00:00+08:00', '2026-03-01T02:00:00Z', TRUE],
    ['before', '2026-03-01T08:59:00+08:00', '2026-03-01T09:00', TRUE],
    ['after', '2026-03-01T09:00:01+08:00', '2026-03-01T09:00:00', TRUE],
    ['before', '2026-02-28T16:00:00Z', { fact: 'event', path: '$.time' }, TRUE],
    ['someFact:after', ['2026-01-01T00:00:00Z', '2026-04-01T00:00:00Z'], '2026-03-01', TRUE],
    ['someValue:after', '2026-02-01T00:00:00Z', ['2026-03-01', '2026-01-01'], TRUE],
    // Nothing is guessed: where a text without an offset was written is not known.
    ['before', '2026-02-28', '2026-03-01', UNDECIDABLE],
    ['before', 'soon', '2026-03-01', UNDECIDABLE],
    ['before', '2026-02-30T00:00:00Z', '2026-03-01', UNDECIDABLE],
    ['before', '2026-02-28T16:00:00Z', { fact: 'event', path: '$.nowhere' }, UNDECIDABLE],
    ['before', undefined, '2026-03-01', FALSE],
    ['after', undefined, '2026-03-01', FALSE],
    ['before', 5, '2026-03-01', FALSE],
  ])('%s, of %j and %j: %i', (operator, at, value, verdict) => {
    expect(verdictOf(operator, at, value)).toBe(verdict);
  });
});

describe('within', () => {
  const ofTime = { fact: 'event', path: '$.time' };
  test.each<[unknown, unknown, number]>([
    ['2026-03-06T10:30:00Z', { of: ofTime, minutes: 30 }, TRUE],
    ['2026-03-06T09:30:00Z', { of: ofTime, minutes: 30 }, TRUE],
    ['2026-03-06T10:30:00.001Z', { of: ofTime, minutes: 30 }, FALSE],
    ['2026-03-06T09:29:59.999Z', { of: ofTime, minutes: 30 }, FALSE],
    ['2026-03-06T11:30:00Z', { of: ofTime, hours: 1, minutes: 30 }, TRUE],
    ['2026-03-02T23:00:00+08:00', { of: '2026-03-01', days: 2 }, TRUE],
    ['2026-03-03T00:00:01+08:00', { of: '2026-03-01', days: 2 }, FALSE],
    ['2026-03-06T10:30:00Z', { of: { fact: 'event', path: '$.nowhere' }, minutes: 30 }, UNDECIDABLE],
    ['tomorrow', { of: ofTime, minutes: 30 }, UNDECIDABLE],
    [undefined, { of: ofTime, minutes: 30 }, FALSE],
  ])('%j in %j: %i', (at, value, verdict) => {
    expect(verdictOf('within', at, value)).toBe(verdict);
  });
});

describe('during', () => {
  const office = { days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'], from: '09:00', to: '18:00' };
  const night = { days: ['friday'], from: '22:00', to: '02:00' };
  test.each<[string, unknown, number]>([
    // 6 March 2026 was a Friday.
    ['2026-03-06T01:00:00Z', office, TRUE],
    ['2026-03-06T00:59:59.999Z', office, FALSE],
    ['2026-03-06T10:00:00Z', office, FALSE],
    ['2026-03-07T02:00:00Z', office, FALSE],
    ['2026-03-06T23:00:00+08:00', night, TRUE],
    ['2026-03-07T01:59:00+08:00', night, TRUE],
    ['2026-03-07T02:00:00+08:00', night, FALSE],
    ['2026-03-06T01:00:00+08:00', night, FALSE],
    ['2026-03-07T23:00:00+08:00', night, FALSE],
    ['2026-03-08T00:00:00+08:00', { days: ['sunday'] }, TRUE],
    ['2026-03-08T00:00:00Z', { days: ['sunday'], timeZone: 'America/New_York' }, FALSE],
    ['1969-12-31T20:00:00Z', { days: ['thursday'] }, TRUE],
    ['2026-03-06T23:59:59+08:00', { from: '18:00' }, TRUE],
    ['2026-03-06T23:59:59+08:00', { from: '18:00', to: '24:00' }, TRUE],
    ['2026-03-06T08:59:59+08:00', { to: '09:00' }, TRUE],
  ])('%s in %j: %i', (at, value, verdict) => {
    expect(verdictOf('during', at, value)).toBe(verdict);
    expect(verdictOf('not:during', at, value)).toBe(1 - verdict);
  });

  test('days and hours are those of the wall clock on the days on which it is changed', () => {
    // On 8 March 2026 the clocks of New York went from 02:00 to 03:00, at 07:00 UTC.
    const early = { from: '00:00', to: '03:00' };
    expect(verdictOf('during', '2026-03-08T06:59:00Z', early, 'America/New_York')).toBe(TRUE);
    expect(verdictOf('during', '2026-03-08T07:00:00Z', early, 'America/New_York')).toBe(FALSE);
  });

  test('agrees with the wall clock that Intl shows, at any instant and in any zone', () => {
    const zones = ['UTC', 'Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
    const two = (number: number): string => String(number).padStart(2, '0');
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 40), max: 2 ** 42 }),
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        (ms, timeZone, hour, minute) => {
          const parts = new Intl.DateTimeFormat('en-US', {
            timeZone,
            weekday: 'long',
            hour: '2-digit',
            minute: '2-digit',
            hourCycle: 'h23',
          }).formatToParts(ms);
          const shown = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
          const at = new Date(ms).toISOString();
          const from = `${two(hour)}:${two(minute)}`;
          const isAfter = `${shown['hour']}:${shown['minute']}` >= from;
          expect(verdictOf('during', at, { from, timeZone })).toBe(isAfter ? TRUE : FALSE);
          expect(verdictOf('during', at, { days: [shown['weekday']!.toLowerCase()], timeZone })).toBe(TRUE);
        },
      ),
    );
  });

  test('an event that names a schedule of its own cannot hurt', () => {
    const hostile = { toString: 1, valueOf: 1 };
    for (const value of [
      { days: [hostile] },
      { timeZone: hostile, from: '09:00' },
      { from: hostile },
      { days: 5 },
      { from: '99:99' },
      { timeZone: '__proto__', from: '09:00' },
      [],
      'x',
      null,
    ]) {
      const condition = compileCondition(compare('during', { fact: 'event', path: '$.data.when' }));
      expect(condition.test({ event: { data: { at: '2026-03-06T01:00:00Z', when: value } } })).toBe(UNDECIDABLE);
    }
  });
});

test('`of` names a place only where nearness is asked for', () => {
  const value = { of: { fact: 'event', path: 5 } };
  for (const operator of ['not:in', 'equal', 'someValue:before'])
    expect(compileCondition(compare(operator, value)).test({ event: { data: { at: 'x' } } })).toBeTypeOf('number');
});

test('what a condition means does not depend on the time zone once it has been placed', () => {
  const condition = {
    any: [
      compare('before', '2026-03-01'),
      { not: compare('during', { days: ['sunday'] }), name: 'not on Sundays', priority: 2 },
      compare('within', { of: '2026-03-01T09:00', hours: 1 }),
      compare('equal', '2026-03-01'),
    ],
  };
  const placed = inTimeZone(condition, ZONE);
  expect(placed).toEqual({
    any: [
      compare('before', '2026-03-01T00:00:00+08:00'),
      { not: compare('during', { timeZone: ZONE, days: ['sunday'] }), name: 'not on Sundays', priority: 2 },
      compare('within', { of: '2026-03-01T09:00:00+08:00', hours: 1 }),
      compare('equal', '2026-03-01'),
    ],
  });
  expect(inTimeZone(placed, 'America/New_York')).toEqual(placed);
  // An offset with half an hour, and one with seconds, which no text can say.
  expect(inTimeZone(compare('after', '2026-07-01'), 'America/St_Johns')).toEqual(
    compare('after', '2026-07-01T00:00:00-02:30'),
  );
  expect(inTimeZone(compare('after', '1890-01-01'), ZONE)).toEqual(compare('after', '1889-12-31T15:54:17.000Z'));
});
