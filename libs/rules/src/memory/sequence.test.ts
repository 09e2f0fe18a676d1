import type { HermesEvent } from '@hermes/contracts/event';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventAt, MemoryRun, MINUTE_MS } from '../testing/memory-run.ts';
import { memoryDefinitionOf } from './memory-definition.ts';
import { memoryOf } from './memory-set.ts';

const HOUR = { within: { hours: 1 } };
const AB = { first: { type: 'a' }, then: { type: 'b' }, ...HOUR };
const runOf = (params: object): MemoryRun => new MemoryRun(memoryOf(memoryDefinitionOf('sequence', params)));

/** `a0 b30=2`: event a at minute 0, event b at 30 with `data.k` 2. Answers the minutes of the events of which it holds. */
function heldBy(params: object, story: string): readonly string[] {
  const run = runOf(params);
  return story.split(' ').flatMap((word) => {
    const [, type, minute, k] = /^([a-z]+)(-?[\d.]+)(?:=(.*))?$/u.exec(word)!;
    const value = run.send(eventAt(Number(minute), type!, k === undefined ? {} : { k: Number(k) }, word));
    return value === undefined ? [] : [word];
  });
}

const SAME = { ...AB, same: ['$.data.k'] };
const WITHOUT = { ...AB, without: { type: 'c' } };
const ABD = { ...AB, then: [{ type: 'b' }, { type: 'd' }] };
const BIG = { type: 'a', that: { all: [{ fact: 'event', path: '$.data.k', operator: 'greaterThan', value: 5 }] } };

test.each<[string, object, string, string]>([
  ['a then b', AB, 'a0 b30', 'b30'],
  ['b alone, and b before a', AB, 'b0 a10', ''],
  ['at the very end of the time', AB, 'a0 b60', 'b60'],
  ['a moment later', AB, 'a0 b60.001', ''],
  ['at the very instant', AB, 'a0 b0', 'b0'],
  ['the newest a counts', AB, 'a0 a50 b100', 'b100'],
  ['each b completes it again', AB, 'a0 b10 b20 b61', 'b10 b20'],
  ['something else in between', AB, 'a0 x5 b10', 'b10'],
  ['what must not be in between', WITHOUT, 'a0 c5 b10', ''],
  ['what must not be, before a and after b', WITHOUT, 'c0 a1 b10 c11', 'b10'],
  ['a again after what must not be', WITHOUT, 'a0 c5 a6 b10', 'b10'],
  ['one of several that must not be', { ...AB, without: [{ type: 'c' }, { type: 'e' }] }, 'a0 e5 b10', ''],
  ['values in common', SAME, 'a0=1 b5=2 b6=1', 'b6=1'],
  ['events without the value', SAME, 'a0 b5 a6=1 b7', ''],
  ['what must not be, of another value', { ...SAME, without: { type: 'c' } }, 'a0=1 c1=2 b5=1', 'b5=1'],
  ['three steps', ABD, 'a0 b10 d20', 'd20'],
  ['three steps out of order', ABD, 'a0 d10 b20', ''],
  ['three steps, the first of which is too long ago', ABD, 'a0 b30 a50 d70 b80 d90', 'd90'],
  ['the time is from the first to the last', ABD, 'a0 b59 d61', ''],
  ['an event is one step only', { ...AB, then: [{ type: 'a' }, { type: 'a' }] }, 'a0 a1 a2', 'a2'],
  ['first and last of one type', { ...AB, then: { type: 'a' } }, 'a0 a30 a100', 'a30'],
  ['a condition on the first', { ...AB, first: BIG }, 'a0=5 b1 a2=6 b3', 'b3'],
  ['one that is last, and must not be in between', { ...AB, without: { type: 'b' } }, 'a0 b1 b2', 'b1'],
  ['receipts a little out of order', AB, 'a10 b9.5', 'b9.5'],
  ['a first that comes an hour late opens nothing', AB, 'x0 a100 a30 b95', ''],
  ['a last that comes late', AB, 'a100 b50', ''],
  ['what must not be, late: it was before the first', WITHOUT, 'a100 c50 b110', 'b110'],
])('%s', (_, params, story, expected) => {
  expect(heldBy(params, story).join(' ')).toBe(expected);
});

describe('a path leads into the events', () => {
  test('the first, those in between, and how far apart', () => {
    const run = runOf(ABD);
    run.send(eventAt(0, 'a', { k: 1 }));
    run.send(eventAt(10, 'b', { k: 2 }));
    expect(run.send(eventAt(20, 'd'))?.shows).toMatchObject({
      first: { type: 'a', data: { k: 1 } },
      steps: [{ data: { k: 1 } }, { data: { k: 2 } }],
      secondsApart: 1_200,
    });
  });
});

test('what can complete no more is forgotten, and nothing is kept of a key of which nothing can', () => {
  const run = runOf(SAME);
  run.send(eventAt(0, 'a', { k: 1 }));
  run.send(eventAt(10, 'b', { k: 2 }));
  expect(run.isEmpty).toBe(false);
  run.send(eventAt(200, 'b', { k: 1 }));
  expect(run.isEmpty).toBe(true);
});

test('of many beginnings the newest hundred are followed, and what was let go is counted', () => {
  const run = runOf({ ...SAME, within: { days: 1 } });
  for (let k = 0; k < 150; k++) run.send(eventAt(k, 'a', { k }));
  expect(run.dropped).toBe(50);
  expect(run.send(eventAt(200, 'b', { k: 49 }))).toBeUndefined();
  expect(run.send(eventAt(201, 'b', { k: 50 }))).toBeDefined();
  const large = runOf({ ...SAME, within: { days: 1 } });
  for (let k = 0; k < 100; k++) large.send(eventAt(k, 'a', { k, text: 'x'.repeat(5_000) }));
  expect(large.largestBytes).toBeLessThan(40_000);
  expect(large.send(eventAt(100, 'b', { k: 99 }))).toBeDefined();
});

test('however it is written, the same definition has one id; another has another', () => {
  const idOf = (params: object): string => memoryDefinitionOf('sequence', params).id;
  expect(idOf({ within: { minutes: 60 }, then: [{ type: 'b' }], first: { type: 'a' } })).toBe(idOf(AB));
  expect(new Set([AB, SAME, WITHOUT, ABD].map(idOf)).size).toBe(4);
});

/** The plainest reading: some event for each step, in their order, and none between the first and the last that must not be. */
function naive(history: readonly HermesEvent[], types: readonly string[], without: readonly string[]): boolean {
  const receiptOf = ({ receivedat }: HermesEvent): number => Date.parse(receivedat);
  const end = history.length - 1;
  const last = history[end]!;
  if (last.type !== types.at(-1)) return false;
  const k = last.data['k'];
  const reaches = (step: number, from: number, firstAt: number): boolean => {
    if (step === types.length - 1) {
      const between = history.slice(firstAt + 1, end).filter(({ data }) => data['k'] === k);
      return !between.some(({ type }) => without.includes(type));
    }
    for (let i = from; i < end; i++) {
      const { type, data } = history[i]!;
      if (type !== types[step] || data['k'] !== k) continue;
      const start = step === 0 ? i : firstAt;
      if (receiptOf(last) - receiptOf(history[start]!) > 60 * MINUTE_MS) continue;
      if (reaches(step + 1, i + 1, start)) return true;
    }
    return false;
  };
  return reaches(0, 0, 0);
}

test.each<[string, readonly string[]]>([
  ['two steps', ['a', 'b']],
  ['three', ['a', 'b', 'd']],
  ['four, one of them twice', ['a', 'b', 'a', 'd']],
])(
  'on random events, receipts out of order by up to a minute, it holds where the whole history says so: %s',
  (_, types) => {
    const params = {
      first: { type: types[0]! },
      then: types.slice(1).map((type) => ({ type })),
      without: { type: 'c' },
      ...HOUR,
      same: ['$.data.k'],
    };
    const event = fc.record({
      type: fc.constantFrom('a', 'a', 'b', 'b', 'd', 'd', 'c', 'x'),
      k: fc.constantFrom(1, 1, 1, 2),
      laterMinutes: fc.oneof(fc.nat(5), fc.nat(40)),
      earlySeconds: fc.oneof(fc.constant(0), fc.nat(60)),
    });
    let held = 0;
    fc.assert(
      fc.property(fc.array(event, { maxLength: 25 }), (list) => {
        const run = runOf(params);
        const history: HermesEvent[] = [];
        let minute = 0;
        for (const [i, { type, k, laterMinutes, earlySeconds }] of list.entries()) {
          minute += laterMinutes;
          const one = eventAt(minute - earlySeconds / 60, type, { k }, `e-${String(i)}`);
          history.push(one);
          const holds = run.send(one) !== undefined;
          held += Number(holds);
          expect([i, holds]).toEqual([i, naive(history, types, ['c'])]);
        }
      }),
      { numRuns: 1_500 },
    );
    expect(held).toBeGreaterThan(3);
  },
);
