/** Guards: the estimate of a state is near to what the state of real events comes to. */
import type { FeatureDraft } from '@hermes/contracts/feature';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { countAll, featureOf } from '../testing/features.ts';
import { compileFeature } from './compile-feature.ts';
import { estimateStateBytes, windowMsOf } from './estimate-state.ts';
import { SubjectState } from './subject-state.ts';

type Draft = Partial<z.input<typeof FeatureDraft>> & Pick<z.input<typeof FeatureDraft>, 'compute'>;
const sliding = (length: string): NonNullable<Draft['window']> => ({ kind: 'sliding', length });

const path = '$.data.v';
const DRAFTS: readonly (readonly [string, Draft])[] = [
  ['a count over an hour', { compute: { kind: 'count' }, window: sliding('1h') }],
  ['a count over a day', { compute: { kind: 'count' }, window: sliding('1d') }],
  ['a count over 30 days', { compute: { kind: 'count' }, window: sliding('30d') }],
  ['a sum over 7 days', { compute: { kind: 'sum', path }, window: sliding('7d') }],
  ['distinct values over 7 days', { compute: { kind: 'distinct-count', path }, window: sliding('7d') }],
  ['the last five', { compute: { kind: 'last-n', n: 5, path }, window: sliding('7d') }],
  ['a count of this month', { compute: { kind: 'count' }, window: { kind: 'calendar', period: 'month', back: 0 } }],
  ['a sum over all time', { compute: { kind: 'sum', path }, window: { kind: 'all-time' } }],
];

test.each(
  DRAFTS.flatMap(([name, draft]) => [1, 10, 300, 5_000, 20_000].map((events) => [name, events, draft] as const)),
)('%s of %i events is at most a third off', (_, events, draft) => {
  const feature = compileFeature(featureOf(draft));
  const windowMs = windowMsOf(feature.feature.window) ?? 86_400_000;
  const fromMs = Date.UTC(2026, 2, 1);
  const isNumber = 'path' in draft.compute && draft.compute.kind === 'sum';
  const state = countAll(
    new SubjectState(),
    [feature],
    Array.from({ length: events }, (__, n) => {
      const timeMs = Math.floor(fromMs + (n * windowMs) / (events + 1));
      const v = isNumber ? 2_000_000.5 + n : `some-val-${n}`;
      return { id: `x-${n}`, source: 's', type: 'a', subject: 'k', timeMs, receivedAtMs: timeMs, data: { v } };
    }),
  );
  const [estimate, bytes] = [estimateStateBytes(feature, events), state.encode().length];
  expect(Math.abs(estimate - bytes)).toBeLessThanOrEqual(Math.max(8, bytes / 3));
});

test.each(
  (['day', 'week', 'month', 'quarter', 'year'] as const).flatMap((period) =>
    [0, 1].flatMap((back) => [300, 1_990, 7_990, 20_000].map((events) => [period, back, events] as const)),
  ),
)('a %s of the calendar, %i back, with %i events is as large as they make it', (period, back, events) => {
  const window = { kind: 'calendar', period, back } as const;
  const compute = { kind: 'distinct-count', path } as const;
  const estimateOf = (draft: Draft): number => estimateStateBytes(compileFeature(featureOf(draft)), events);
  const allTime = estimateOf({ compute, window: { kind: 'all-time' } });
  expect(estimateOf({ compute, window })).toBeGreaterThan(allTime * 0.9);
});

test('an estimate takes a moment, however many events there are', () => {
  const feature = compileFeature(featureOf({ compute: { kind: 'distinct-count', path }, window: sliding('90d') }));
  const startedAt = performance.now();
  estimateStateBytes(feature, 1e9);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
