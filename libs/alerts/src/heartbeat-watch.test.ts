import { expect, test } from 'vitest';
import { type HeartbeatState, formatMs, stepBeat, stepHeartbeat } from './heartbeat-watch.ts';

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

const faulty = (sinceMs: number): HeartbeatState => ({ kind: 'firing', sinceMs, fault: 'no offset 7' });

test.each<[string, HeartbeatState, string | undefined, number, HeartbeatState, string[]]>([
  ['a beat without a fault changes nothing', watching(0), undefined, 2_000, watching(0), []],
  ['a fault fires at once', watching(0), 'no offset 7', 2_000, faulty(2_000), ['fired: no offset 7']],
  ['the same fault is not told again', faulty(2_000), 'no offset 7', 4_000, faulty(2_000), []],
  ['another fault is the same trouble', faulty(2_000), 'no offset 9', 4_000, faulty(2_000), []],
  [
    'a beat without it resolves',
    faulty(2_000),
    undefined,
    8_000,
    watching(8_000),
    ['resolved: works again after 6.0 s'],
  ],
  ['not within the same millisecond', faulty(2_000), undefined, 2_000, faulty(2_000), []],
  [
    'a fault after silence ends the silence and fires anew',
    firing(16_000),
    'no offset 7',
    20_000,
    faulty(20_000),
    ['resolved: heartbeats are back after 4.0 s', 'fired: no offset 7'],
  ],
])('%s', (_, prev, fault, nowMs, next, events) => {
  const step = stepBeat(prev, fault, nowMs, rule);
  expect(step.next).toEqual(next);
  expect(step.events.map(({ kind, detail }) => `${kind}: ${detail}`)).toEqual(events);
});

test.each([
  ['recent beats', 29_000],
  ['silence', 3_000],
])('the time that passes changes nothing about a fault, with %s', (_, lastBeatMs) =>
  expect(stepHeartbeat(faulty(2_000), lastBeatMs, 30_000, rule)).toEqual({ next: faulty(2_000) }),
);

test('the text says how long it was silent, not how long the watch waited', () => {
  expect(stepHeartbeat(watching(100_000), 10_000, 106_000, rule).event?.detail).toBe('no heartbeat for 96.0 s');
});

test.each([
  [6_000, '6.0 s'],
  [180_000, '3 min'],
  [10_800_000, '3 h'],
])('%i ms reads as %s', (ms, text) => expect(formatMs(ms)).toBe(text));
