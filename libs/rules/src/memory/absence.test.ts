import type { HermesEvent } from '@hermes/contracts/event';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventAt, MemoryRun, MINUTE_MS, START_MS } from '../testing/memory-run.ts';
import { memoryDefinitionOf } from './memory-definition.ts';
import { memoryOf } from './memory-set.ts';

const AB = { after: { type: 'a' }, no: { type: 'b' }, within: { hours: 1 } };
const SAME = { ...AB, same: ['$.data.k'] };
const FROM = { ...AB, from: '$.data.startsAt' };
const MOVED = { ...FROM, same: ['$.data.k'] };
const runOf = (params: object): MemoryRun => new MemoryRun(memoryOf(memoryDefinitionOf('absence', params)));

const startsAt = (minute: string): string => new Date(START_MS + Number(minute) * MINUTE_MS).toISOString();

/** `a0=1>120`: event a at minute 0 with `data.k` 1, which starts at 120. Answers who was decided on, and when. */
function decidedIn(params: object, story: string, endMinute = 10_000): string {
  const run = runOf(params);
  for (const word of story.split(' ')) {
    const [, type, minute, k, starts] = /^([a-z]+)([\d.]+)(?:=(\d+))?(?:>(-?\d+))?$/u.exec(word)!;
    const data = {
      ...(k === undefined ? {} : { k: Number(k) }),
      ...(starts === undefined ? {} : { startsAt: startsAt(starts) }),
    };
    expect(run.send(eventAt(Number(minute), type!, data, word))).toBeUndefined();
  }
  run.pass(START_MS + endMinute * MINUTE_MS);
  return run.decided.join(', ');
}

test.each<[string, object, string, string]>([
  ['nothing comes', AB, 'a0', 'a0 @60'],
  ['it comes', AB, 'a0 b59', ''],
  ['it comes at the very end', AB, 'a0 b60', ''],
  ['it comes a moment too late', AB, 'a0 b60.001', 'a0 @60'],
  ['it came before', AB, 'b0 a1', 'a1 @61'],
  ['each waits by itself', AB, 'a0 a30 b70', 'a0 @60'],
  ['one answers all that wait', AB, 'a0 a30 b40', ''],
  ['and begins anew', AB, 'a0 b10 a20', 'a20 @80'],
  ['the same event sent again', AB, 'a0 a0', 'a0 @60'],
  ['values in common', SAME, 'a0=1 a1=2 b5=2', 'a0=1 @60'],
  ['one of several', { ...AB, no: [{ type: 'b' }, { type: 'c' }] }, 'a0 c5', ''],
  [
    'an event that both waits and answers',
    { after: { type: 'a' }, no: { type: 'a' }, within: { hours: 1 } },
    'a0 a30',
    'a30 @90',
  ],
  ['from an instant in the event', FROM, 'a0>120', 'a0>120 @180'],
  ['it comes before that instant', FROM, 'a0>120 b30', ''],
  ['without the instant nothing waits', FROM, 'a0', ''],
  ['what was over when it was received', FROM, 'a100>10', ''],
  ['in the far future', FROM, 'a0>9999999', ''],
  ['put off', MOVED, 'a0=1>120 a10=1>300', 'a10=1>300 @360'],
  ['put forward', MOVED, 'a0=1>300 a10=1>120', 'a10=1>120 @180'],
  ['another is put off', MOVED, 'a0=1>120 a10=2>300', 'a0=1>120 @180, a10=2>300 @360'],
  ['an answer that comes late was before it', AB, 'a100 b50', 'a100 @160'],
])('%s', (_, params, story, expected) => {
  expect(decidedIn(params, story)).toBe(expected);
});

test('nothing is kept once all is decided', () => {
  const run = runOf(AB);
  run.send(eventAt(0, 'a'));
  run.pass(START_MS + 60 * MINUTE_MS);
  expect([run.decided, run.isEmpty]).toEqual([[], false]);
  run.pass(START_MS + 60 * MINUTE_MS + 1);
  expect([run.decided, run.isEmpty]).toEqual([['a@0 @60'], true]);
  expect(run.values[0]?.shows).toMatchObject({ after: { id: 'a@0' }, dueAt: '2026-03-02T10:00:00.000Z' });
});

test('many wait with their ids; of too much data only the newest are kept, and of more than a hundred the newest', () => {
  const run = runOf(SAME);
  for (let k = 0; k < 120; k++) run.send(eventAt(k / 10, 'a', { k, text: 'x'.repeat(3_000) }, `a-${String(k)}`));
  expect(run.dropped).toBe(20);
  expect(run.largestBytes).toBeLessThan(64_000);
  run.pass(START_MS + 600 * MINUTE_MS);
  expect(run.decided).toHaveLength(100);
  expect(run.values.at(-1)?.shows).toMatchObject({ after: { data: { k: 119 } } });
  expect(run.values[0]?.shows).toMatchObject({ after: { id: 'a-20', data: {} } });
});

test('on random events it decides on those, and only those, after which the history has none within the hour', () => {
  const event = fc.record({
    type: fc.constantFrom('a', 'a', 'b', 'x'),
    k: fc.constantFrom(1, 1, 2),
    laterMinutes: fc.oneof(fc.nat(5), fc.nat(40)),
  });
  let decided = 0;
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (list) => {
      const run = runOf(SAME);
      let minute = 0;
      const history = list.map(({ type, k, laterMinutes }, i): HermesEvent => {
        minute += laterMinutes;
        return eventAt(minute, type, { k }, `e-${String(i)}`);
      });
      for (const one of history) run.send(one);
      run.pass(START_MS + 100_000 * MINUTE_MS);
      const expected = history.filter(({ type, receivedat, data }, i) => {
        const dueMs = Date.parse(receivedat) + 60 * MINUTE_MS;
        return (
          type === 'a' &&
          !history
            .slice(i + 1)
            .some(
              (other) => other.type === 'b' && other.data['k'] === data['k'] && Date.parse(other.receivedat) <= dueMs,
            )
        );
      });
      decided += expected.length;
      expect(run.decided.map((one) => one.split(' ')[0]).sort()).toEqual(expected.map(({ id }) => id).sort());
    }),
    { numRuns: 2_000 },
  );
  expect(decided).toBeGreaterThan(1_000);
});
