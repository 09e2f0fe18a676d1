import { expect, test } from 'vitest';
import { type HeartbeatState, formatMs, stepHeartbeat } from './heartbeat-watch.ts';

const rule = { everyMs: 2_000, missed: 3 };
const watching = (sinceMs: number): HeartbeatState => ({ kind: 'watching', sinceMs });
const firing = (sinceMs: number): HeartbeatState => ({ kind: 'firing', sinceMs });

test.each<[string, HeartbeatState, number | undefined, number, HeartbeatState, string | undefined]>([
  ['two missed beats are patience', watching(0), 10_000, 15_999, watching(0), undefined],
  ['the third missed beat fires', watching(0), 10_000, 16_000, firing(16_000), 'fired'],
  [
    'one that never beat gets its patience from the start of the watch',
    watching(10_000),
    undefined,
    15_999,
    watching(10_000),
    undefined,
  ],
  ['one that never beats fires all the same', watching(10_000), undefined, 16_000, firing(16_000), 'fired'],
  [
    'silence from before the watch began does not count',
    watching(100_000),
    10_000,
    105_999,
    watching(100_000),
    undefined,
  ],
  ['one that stays silent after the watch began fires', watching(100_000), 10_000, 106_000, firing(106_000), 'fired'],
  ['what fires goes on firing without saying it again', firing(16_000), 10_000, 60_000, firing(16_000), undefined],
  ['a beat from before the firing resolves nothing', firing(16_000), 15_999, 16_500, firing(16_000), undefined],
  ['a beat after the firing resolves it', firing(16_000), 20_000, 20_000, watching(20_000), 'resolved'],
  ['a beat that is itself too old resolves nothing', firing(16_000), 20_000, 26_000, firing(16_000), undefined],
])('%s', (_, prev, lastBeatMs, nowMs, next, event) => {
  const step = stepHeartbeat(prev, lastBeatMs, nowMs, rule);
  expect(step.next).toEqual(next);
  expect(step.event?.kind).toBe(event);
});

test('the text says how long it was silent, not how long the watch waited', () => {
  expect(stepHeartbeat(watching(100_000), 10_000, 106_000, rule).event?.detail).toBe('no heartbeat for 96.0 s');
});

test.each([
  [6_000, '6.0 s'],
  [180_000, '3 min'],
  [10_800_000, '3 h'],
])('%i ms reads as %s', (ms, text) => expect(formatMs(ms)).toBe(text));
