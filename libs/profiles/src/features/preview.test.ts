import { ATTRIBUTES_SET_TYPE } from '@hermes/contracts/attributes';
import type { Feature } from '@hermes/contracts/feature';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { featureOf, hermesEvent } from '../testing/features.ts';
import { type PlainEvent, recompute } from '../testing/recompute.ts';
import { compileFeature } from './compile-feature.ts';
import type { AnsweredFeature } from './feature-set.ts';
import { MAX_PREVIEW_KEYS, PreviewAccumulator, type PreviewOptions } from './preview.ts';

const NOW = Date.UTC(2026, 5, 17, 10, 20, 30, 400);
const HOUR = 3_600_000;

const counted = (feature: Feature): AnsweredFeature => ({ kind: 'counted', feature: compileFeature(feature) });

let made = 0;
const event = (subject: string, data: PlainEvent['data'] = {}, more: Partial<PlainEvent> = {}): PlainEvent => ({
  id: `e-${made++}`,
  source: 's',
  type: 'a',
  subject,
  timeMs: NOW - HOUR,
  receivedAtMs: NOW - HOUR,
  data,
  ...more,
});

function preview(
  answered: AnsweredFeature,
  events: readonly PlainEvent[],
  options: Partial<PreviewOptions> & { readonly cut?: boolean } = {},
) {
  const accumulator = new PreviewAccumulator(answered, { nowMs: NOW, ...options });
  for (const one of events) accumulator.add(hermesEvent(one));
  return accumulator.finish(options.cut !== true);
}

test('each subject has the value that a recomputation from its events gives', () => {
  const feature = featureOf({ compute: { kind: 'sum', path: '$.data.n' }, window: { kind: 'sliding', length: '7d' } });
  const some = fc.array(
    fc.record({
      subject: fc.constantFrom('broker:1', 'broker:2', 'broker:3'),
      n: fc.constantFrom<unknown>(1, 2, '3.5', 'none', undefined),
      hoursAgo: fc.integer({ min: 0, max: 200 }),
      delayHours: fc.constantFrom(0, 1, 200),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(some, (list) => {
      const events = list
        .map(({ subject, n, hoursAgo, delayHours }) => {
          const timeMs = NOW - hoursAgo * HOUR;
          return event(subject, { n }, { timeMs, receivedAtMs: Math.min(NOW, timeMs + delayHours * HOUR) });
        })
        .sort((a, b) => (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : a.timeMs - b.timeMs));
      const subjects = ['broker:1', 'broker:2', 'broker:3'];
      const figures = preview(counted(feature), events, { subjects });
      const expected = subjects.map((subject) =>
        recompute(
          feature,
          events.filter((one) => one.subject === subject),
          NOW,
        ),
      );
      for (const [i, { value }] of figures.sample.entries()) expect(value ?? 0).toBe(expected[i]!.value);
      expect(figures.eventsLate).toBe(expected.reduce((sum, { late }) => sum + late, 0));
      expect(figures.eventsIgnored).toBe(list.filter(({ n }) => n === 'none' || n === undefined).length);
      expect([figures.eventsRead, figures.eventsMatched, figures.complete]).toEqual([list.length, list.length, true]);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('it says what passed the filter, how many subjects have a value, and who leads', () => {
  const filter = { all: [{ fact: 'event', path: '$.data.ok', operator: 'equal', value: true }] } as const;
  const feature = featureOf({ compute: { kind: 'count' }, filter });
  const events = Array.from({ length: 30 }, (_, i) => `broker:${String(i).padStart(2, '0')}`).flatMap((subject, i) =>
    Array.from({ length: i + 1 }, () => event(subject, { ok: i >= 5 })),
  );
  const figures = preview(counted(feature), events);
  expect(figures).toMatchObject({ eventsRead: 465, eventsMatched: 450, subjects: 25, complete: true });
  expect(figures.sample).toHaveLength(20);
  expect(figures.sample[0]).toEqual({ subject: 'broker:05', value: 6 });
  expect(figures.top.map(({ value }) => value)).toEqual([30, 29, 28, 27, 26, 25, 24, 23, 22, 21]);
});

test('values that are no numbers have no highest ones', () => {
  const figures = preview(counted(featureOf({ compute: { kind: 'last', path: '$.data.w' } })), [
    event('broker:1', { w: 'x' }),
    event('broker:2', { w: 'y' }),
  ]);
  expect([figures.subjects, figures.top]).toEqual([2, []]);
});

test('a subject whose events have all left the window has no value', () => {
  const feature = featureOf({ compute: { kind: 'count' }, window: { kind: 'sliding', length: '30m' } });
  const figures = preview(counted(feature), [event('broker:1')], { subjects: ['broker:1', 'broker:2'] });
  expect(figures).toMatchObject({
    eventsMatched: 1,
    subjects: 0,
    sample: [
      { subject: 'broker:1', value: null },
      { subject: 'broker:2', value: null },
    ],
  });
});

test('when not all events were read, a subject of which a part is known is left out, and it says so', () => {
  const figures = preview(counted(featureOf({ compute: { kind: 'count' } })), [event('broker:1'), event('broker:2')], {
    cut: true,
  });
  expect(figures).toMatchObject({
    complete: false,
    eventsRead: 2,
    subjects: 1,
    sample: [{ subject: 'broker:1', value: 1 }],
  });
});

describe('a feature of another key', () => {
  const feature = featureOf({
    compute: { kind: 'count' },
    key: { kind: 'field', path: '$.data.home', entity: 'home' },
  });

  test('has the values of its keys, whoever the events are about, and ignores events without one', () => {
    const figures = preview(counted(feature), [
      event('broker:1', { home: 'h-1' }),
      event('broker:1', {}),
      event('broker:2', { home: 'h-2' }),
      event('broker:3', { home: 'h-1' }),
    ]);
    expect(figures).toMatchObject({ eventsMatched: 4, eventsIgnored: 1, subjects: 2 });
    expect(figures.top).toEqual([
      { subject: 'home:h-1', value: 2 },
      { subject: 'home:h-2', value: 1 },
    ]);
  });

  test('beyond the keys that memory may hold it says that something is missing', () => {
    const accumulator = new PreviewAccumulator(counted(feature), { nowMs: NOW });
    for (let i = 0; i <= MAX_PREVIEW_KEYS; i++) accumulator.add(hermesEvent(event('broker:1', { home: i })));
    expect(accumulator.finish(true)).toMatchObject({ complete: false, subjects: MAX_PREVIEW_KEYS });
  });
});

test('with a time to live events count in the order of their receipt, whatever the order they are read in', () => {
  const feature = featureOf({ compute: { kind: 'count' }, ttl: '2h' });
  const received = (hoursAgo: number, timeHoursAgo: number): PlainEvent =>
    event('broker:1', {}, { receivedAtMs: NOW - hoursAgo * HOUR, timeMs: NOW - timeHoursAgo * HOUR });
  // Nothing came for 3 hours before the last two, which are about earlier times.
  const figures = preview(counted(feature), [received(1, 9), received(0.5, 8), received(5, 5.2), received(4, 4.2)]);
  expect(figures.sample).toEqual([{ subject: 'broker:1', value: 2 }]);
});

test('a ratio divides its two parts, and an event that either counts is matched', () => {
  const numerator = featureOf({ compute: { kind: 'count' }, eventTypes: ['a'] }, 'signed');
  const denominator = featureOf({ compute: { kind: 'count' }, eventTypes: ['b'] }, 'shown');
  const ratio = featureOf(
    { compute: { kind: 'ratio', numerator: 'signed', denominator: 'shown' }, eventTypes: [] },
    'r',
  );
  const answered: AnsweredFeature = {
    kind: 'ratio',
    feature: ratio,
    numerator: compileFeature(numerator),
    denominator: compileFeature(denominator),
  };
  const accumulator = new PreviewAccumulator(answered, { nowMs: NOW });
  expect([...accumulator.types].sort()).toEqual(['a', 'b']);
  const b = { type: 'b' };
  const figures = preview(answered, [
    event('broker:1'),
    event('broker:1', {}, b),
    event('broker:1', {}, b),
    event('broker:2'),
  ]);
  expect(figures).toMatchObject({ eventsMatched: 4, subjects: 1, top: [{ subject: 'broker:1', value: 0.5 }] });
});

test('of direct writes only those of the attribute itself are matched', () => {
  const feature = featureOf({ compute: { kind: 'set', writable: { type: 'string' } } }, 'tier');
  const write = (attributes: Readonly<Record<string, unknown>>): PlainEvent =>
    event('customer:1', { attributes, by: 'a@example.org' }, { type: ATTRIBUTES_SET_TYPE });
  const figures = preview(counted(feature), [write({ tier: 'gold' }), write({ city: 'x' })]);
  expect(figures).toMatchObject({
    eventsRead: 2,
    eventsMatched: 1,
    sample: [{ subject: 'customer:1', value: 'gold' }],
  });
});
