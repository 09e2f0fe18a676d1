import type { Feature, FeatureCompute, FeatureWindow } from '@hermes/contracts/feature';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countAll, featureOf } from '../testing/features.ts';
import { intervalOf, type PlainEvent, recompute } from '../testing/recompute.ts';
import { compileFeature } from './compile-feature.ts';
import type { AnsweredFeature } from './feature-set.ts';
import { featuresText } from './feature-text.ts';
import { featureValue, featureValues } from './feature-view.ts';
import { SubjectState } from './subject-state.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 17, 10, 20, 30, 400);
const WINDOWS: readonly FeatureWindow[] = [
  { kind: 'all-time' },
  { kind: 'sliding', length: '10m' },
  { kind: 'sliding', length: '90m' },
  { kind: 'sliding', length: '7d' },
  { kind: 'sliding', length: '90d' },
  { kind: 'calendar', period: 'day', back: 0 },
  { kind: 'calendar', period: 'week', back: 1 },
  { kind: 'calendar', period: 'month', back: 0 },
  { kind: 'calendar', period: 'quarter', back: 2 },
  { kind: 'calendar', period: 'year', back: 0 },
];
const COMPUTES: readonly FeatureCompute[] = [
  { kind: 'count' },
  { kind: 'sum', path: '$.data.amount' },
  { kind: 'avg', path: '$.data.amount' },
  { kind: 'min', path: '$.data.amount' },
  { kind: 'max', path: '$.data.amount' },
  { kind: 'first', path: '$.data.word' },
  { kind: 'last', path: '$.data.word' },
  { kind: 'last-n', path: '$.data.word', n: 3 },
  { kind: 'distinct-count', path: '$.data.word' },
  { kind: 'top-k', path: '$.data.word', k: 2 },
  { kind: 'time-since' },
  { kind: 'ewma', path: '$.data.amount', halfLife: '6h' },
  { kind: 'set', path: '$.data.word' },
  { kind: 'set-once', path: '$.data.word' },
  { kind: 'rate', per: 'hour' },
];

/** Instants around now, at all distances: seconds, hours, months, and some of the future. */
const time = fc
  .tuple(fc.constantFrom(1_000, 60_000, 3_600_000, DAY, 40 * DAY), fc.integer({ min: -300, max: 3_000 }))
  .map(([scale, hundredths]) => NOW - Math.floor((scale * hundredths) / 100));
const events = fc
  .array(
    fc.record({
      type: fc.constantFrom('a', 'b'),
      timeMs: time,
      delayMs: fc.constantFrom(0, 0, 500, 20_000, 5 * DAY, 100 * DAY),
      amount: fc.constantFrom<unknown>(1, -3, 0.1, 0.2, '12.50', '3350000.0001', 1e15, null, 'none', undefined),
      word: fc.constantFrom<unknown>('x', 'y', 'z', 1, '1', null, undefined, { k: [1] }),
      id: fc.constantFrom('e-1', 'e-2', 'e-3'),
    }),
    { maxLength: 40 },
  )
  .map((list) =>
    list.map(({ type, timeMs, delayMs, amount, word, id }, i): PlainEvent => ({
      id: `${id}-${String(i % 7)}`,
      source: 's',
      type,
      subject: 'customer:c-1',
      timeMs,
      // What is received later than now is not there yet.
      receivedAtMs: Math.min(timeMs + delayMs, NOW),
      data: { amount, word },
    })),
  );

const nameOf = (compute: FeatureCompute, window: FeatureWindow): string =>
  [
    compute.kind,
    window.kind,
    ...(window.kind === 'sliding' ? [window.length] : []),
    ...(window.kind === 'calendar' ? [window.period, window.back] : []),
  ].join('-');

const allFeatures: readonly Feature[] = COMPUTES.flatMap((compute) =>
  WINDOWS.filter((window) => !(compute.kind === 'rate' && window.kind === 'all-time'))
    .filter((window) => !compute.kind.startsWith('set') || window.kind === 'all-time')
    .map((window) => featureOf({ compute, window }, nameOf(compute, window))),
);

const close = (actual: unknown, expected: unknown): void => {
  if (typeof expected === 'number' && typeof actual === 'number' && !Number.isInteger(expected)) {
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
  } else expect(actual).toEqual(expected);
};

function expectRecomputed(feature: Feature, list: readonly PlainEvent[], state: SubjectState, nowMs: number): void {
  const answer = featureValue(compileFeature(feature), state, nowMs);
  const expected = recompute(feature, list, nowMs);
  close(answer.value, expected.value);
  expect(answer.late ?? 0).toBe(expected.late);
  const { fromMs, toMs } = intervalOf(feature, nowMs);
  expect(answer.interval).toEqual({
    from: fromMs === null ? null : new Date(fromMs).toISOString(),
    to: toMs === null ? null : new Date(toMs).toISOString(),
  });
}

describe('a feature, recomputed from the raw events in the plainest way', () => {
  test.each(allFeatures.map((feature) => [feature.id, feature] as const))('%s is exact', (_, feature) => {
    fc.assert(
      fc.property(events, fc.constantFrom(0, 1, 700, 3_600_000, 3 * DAY), (list, laterMs) => {
        const state = countAll(new SubjectState(), [compileFeature(feature)], list);
        expectRecomputed(feature, list, state, NOW + laterMs);
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});

describe('all features of a subject together', () => {
  const compiled = allFeatures.map(compileFeature);
  const answersOf = (state: SubjectState): unknown[] =>
    compiled.map((feature) => {
      const { value, late } = featureValue(feature, state, NOW);
      return [feature.feature.id, typeof value === 'number' ? Number(value.toPrecision(10)) : value, late];
    });

  test('are the same for every order in which events come', () => {
    fc.assert(
      fc.property(
        events.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          expect(answersOf(countAll(new SubjectState(), compiled, shuffled))).toEqual(
            answersOf(countAll(new SubjectState(), compiled, list)),
          );
        },
      ),
      { seed: 2, numRuns: 40 },
    );
  });

  test('are the same when each event, or each few, is a segment appended to the stored value', () => {
    fc.assert(
      fc.property(events, fc.array(fc.nat(5), { minLength: 1, maxLength: 10 }), (list, sizes) => {
        const segments: Buffer[] = [];
        for (let at = 0, i = 0; at < list.length; i++) {
          const size = 1 + sizes[i % sizes.length]!;
          segments.push(countAll(new SubjectState(), compiled, list.slice(at, at + size)).encode());
          at += size;
        }
        const stored = Buffer.concat(segments);
        const whole = answersOf(countAll(new SubjectState(), compiled, list));
        expect(answersOf(SubjectState.decode(stored))).toEqual(whole);
        // Written anew without a look at every section, and again after one.
        const again = SubjectState.decode(stored);
        expect(answersOf(SubjectState.decode(again.encode()))).toEqual(whole);
        expect(answersOf(again)).toEqual(whole);
        expect(answersOf(SubjectState.decode(again.encode()))).toEqual(whole);
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  test('read as text say just what their values say, stored in segments or in memory', () => {
    const counted = compiled.map((feature): [string, AnsweredFeature] => [
      feature.feature.id,
      { kind: 'counted', feature },
    ]);
    const ratio = { ...allFeatures[0]!, id: 'ratio "of" two' };
    const [numerator, denominator] = [compiled[0]!, compiled[1]!];
    const asked = [...counted, [ratio.id, { kind: 'ratio', feature: ratio, numerator, denominator }] as const] as const;
    fc.assert(
      fc.property(events, fc.nat(40), fc.constantFrom(0, 700, 3 * DAY), (list, at, laterMs) => {
        const parts = [list.slice(0, at), list.slice(at)].map((part) => countAll(new SubjectState(), compiled, part));
        const memory = countAll(new SubjectState(), compiled, list);
        const stored = SubjectState.decode(Buffer.concat(parts.map((part) => part.encode())));
        for (const state of [memory, stored, undefined]) {
          expect(featuresText(asked, () => state, NOW + laterMs)).toBe(
            JSON.stringify(featureValues(asked, () => state, NOW + laterMs)),
          );
        }
      }),
      { seed: 6, numRuns: 40 },
    );
  });

  test('go on from a stored value as from memory', () => {
    fc.assert(
      fc.property(events, fc.nat(40), (list, at) => {
        const stored = countAll(new SubjectState(), compiled, list.slice(0, at)).encode();
        const gone = countAll(SubjectState.decode(stored), compiled, list.slice(at));
        expect(answersOf(SubjectState.decode(gone.encode()))).toEqual(
          answersOf(countAll(new SubjectState(), compiled, list)),
        );
      }),
      { seed: 4, numRuns: 40 },
    );
  });

  test('are the same when every event is written into what is stored, kept in memory or read anew, or appended to it', () => {
    const see = (state: SubjectState, { type, timeMs, receivedAtMs, data }: PlainEvent, arrival: number): void =>
      state.see({ type, timeMs, receivedAtMs, arrival, data: JSON.stringify(data) });
    const updated = (state: SubjectState, event: PlainEvent, arrival: number): Buffer => {
      state.beginUpdate();
      see(state, event, arrival);
      countAll(state, compiled, [event]);
      return state.encode();
    };
    fc.assert(
      fc.property(events, fc.array(fc.constantFrom('kept', 'read', 'grown'), { minLength: 1 }), (list, how) => {
        const whole = countAll(new SubjectState(), compiled, list);
        for (const [i, event] of list.entries()) see(whole, event, i);
        let state = new SubjectState();
        let stored: Buffer = Buffer.alloc(0);
        for (const [i, event] of list.entries()) {
          const way = how[i % how.length]!;
          if (way === 'read') state = SubjectState.decode(stored);
          if (way === 'grown') state.grewTo((stored = Buffer.concat([stored, updated(new SubjectState(), event, i)])));
          else stored = updated(state, event, i);
          expect(state.storedBytes).toBe(stored.length);
        }
        for (const one of [SubjectState.decode(stored), SubjectState.decode(state.encode()), state]) {
          expect(answersOf(one)).toEqual(answersOf(whole));
          expect(one.activity).toEqual(whole.activity);
        }
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  test('of two subjects merge into those of all their events', () => {
    fc.assert(
      fc.property(events, fc.nat(40), (list, at) => {
        const [a, b] = [list.slice(0, at), list.slice(at)].map((part) => countAll(new SubjectState(), compiled, part));
        for (const feature of compiled) {
          const series = b!.seriesOf(feature);
          if (series !== undefined) a!.mergeFeature(feature, series);
        }
        expect(answersOf(a!)).toEqual(answersOf(countAll(new SubjectState(), compiled, list)));
      }),
      { seed: 5, numRuns: 40 },
    );
  });
});
