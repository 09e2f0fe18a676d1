/** Guards: a run in memory does what a processor does, timers and times to live included, whether it keeps values or bytes. */
import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeadLetterReason, OutputMessage, PartitionLogic } from '../logic.ts';
import { type Tally, tallyCodec, type TallyCommand, tallyLogic } from '../testing/tally.ts';
import { MemoryRun } from './memory-run.ts';
import { ByteState, CannotUndoError, type MemoryState, ValueState } from './memory-state.ts';
import { TimerQueue } from './timer-queue.ts';
import { WiredRuns } from './wired-runs.ts';

const recordOf = (key: string, command: TallyCommand, timestampMs: number, topic = 'in'): KafkaRecord => ({
  topic,
  partition: 0,
  offset: 0,
  key: Buffer.from(key),
  value: Buffer.from(JSON.stringify(command)),
  headers: {},
  timestampMs,
});

function runOn(state: MemoryState<Tally>, checksKeys = true) {
  const told: string[] = [];
  const run = new MemoryRun<Tally, unknown>({
    project: 'p',
    partition: 0,
    partitions: 1,
    definitions: undefined,
    logic: tallyLogic('out'),
    state,
    onOutput: ({ value }: OutputMessage, clockMs) => void told.push(`${clockMs} ${String(value)}`),
    onDeadLetter: ({ code }: DeadLetterReason) => void told.push(code),
    checksKeys,
  });
  return { run, told };
}

const ids = fc.constantFrom('t-1', 't-2', 't-3');
const command: fc.Arbitrary<TallyCommand> = fc.oneof(
  fc.record({ do: fc.constantFrom('add', 'append'), amount: fc.nat(9) }),
  fc.record({ do: fc.constant('forget' as const) }),
  fc.record({ do: fc.constant('remember' as const), ttlMs: fc.nat(50) }),
  fc.record({ do: fc.constant('remind' as const), id: ids, dueMs: fc.nat(400) }),
  fc.record({ do: fc.constant('cancel' as const), id: ids }),
);
const step = fc.record({
  key: fc.constantFrom('a', 'b'),
  command,
  laterMs: fc.integer({ min: -3, max: 30 }),
});

test('values that are kept as they are give what values give that go through their bytes', () => {
  let fired = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, areBytes) => {
      const slow = runOn(new ByteState(tallyCodec));
      const fast = runOn(new ValueState(tallyCodec, () => areBytes), false);
      let nowMs = 0;
      for (const { key, command: one, laterMs } of steps) {
        nowMs += laterMs;
        for (const { run } of [slow, fast]) run.take(recordOf(key, one, nowMs));
      }
      for (const { run } of [slow, fast]) run.advanceTo(1_000);
      expect(fast.told).toEqual(slow.told);
      fired += slow.told.length;
    }),
    { seed: 1, numRuns: 1_000 },
  );
  expect(fired).toBeGreaterThan(1_000);
});

describe('a timer', () => {
  const reminders: PartitionLogic<Tally, unknown> = {
    keysOf: () => [],
    // `x` emits, `a@5` sets a timer, and `!a@5` is refused after it has set one.
    onRecord: ({ value }, context) => {
      const [id, dueMs] = value!.toString().replace('!', '').split('@') as [string, string | undefined];
      if (dueMs === undefined) context.emit({ topic: 'out', key: null, value: id });
      else context.setTimer({ id, dueMs: Number(dueMs), payload: '' });
      if (value!.toString().startsWith('!')) context.deadLetter({ code: 'refused', reason: 'the test said so' });
    },
    onTimer: ({ id }, context) => context.emit({ topic: 'out', key: null, value: `${id}!` }),
  };
  /** What is told of `id@due` or `text` records at instants, then up to `untilMs`. */
  function told(records: readonly (readonly [number, string])[], untilMs: number): readonly string[] {
    const list: string[] = [];
    const run = new MemoryRun<Tally, unknown>({
      project: 'p',
      partition: 0,
      partitions: 1,
      definitions: undefined,
      logic: reminders,
      state: new ValueState(tallyCodec),
      onOutput: ({ value }, clockMs) => void list.push(`${String(value)} ${clockMs}`),
      onDeadLetter: () => undefined,
    });
    for (const [atMs, text] of records)
      run.take({ ...recordOf('k', { do: 'forget' }, atMs), value: Buffer.from(text) });
    run.advanceTo(untilMs);
    return list;
  }

  test.each([
    [
      'fires before the record that moves the clock past it',
      [
        [0, 'a@5'],
        [6, 'x'],
      ],
      6,
      ['a! 5', 'x 6'],
    ],
    [
      'fires after a record that was received at its very instant',
      [
        [0, 'a@5'],
        [5, 'x'],
      ],
      6,
      ['x 5', 'a! 5'],
    ],
    ['does not fire before its instant is over', [[0, 'a@5']], 5, []],
    [
      'fires in the order of due instants, then of ids',
      [
        [0, 'b@5'],
        [0, 'c@4'],
        [0, 'a@5'],
      ],
      9,
      ['c! 4', 'a! 5', 'b! 5'],
    ],
    [
      'is replaced by one of the same id',
      [
        [0, 'a@5'],
        [1, 'a@7'],
      ],
      9,
      ['a! 7'],
    ],
    [
      'is as it was where a record is refused',
      [
        [0, 'a@5'],
        [1, '!a@7'],
        [2, '!b@6'],
        [3, '!x'],
      ],
      9,
      ['a! 5'],
    ],
    [
      'waits on while receipts go back',
      [
        [9, 'a@9'],
        [3, 'x'],
      ],
      9,
      ['x 9'],
    ],
  ] as const)('%s', (_, records, untilMs, expected) => {
    expect(told(records, untilMs)).toEqual(expected);
  });

  test('comes up in order whatever is set, replaced and cancelled', () => {
    const change = fc.record({ id: fc.nat(9), dueMs: fc.nat(20), isCancelled: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const queue = new TimerQueue();
        const expected = new Map<string, number>();
        for (const { id, dueMs, isCancelled } of changes) {
          const name = `t-${id}`;
          if (isCancelled) {
            queue.remove(name);
            expected.delete(name);
          } else {
            queue.set({ id: name, dueMs, payload: '' });
            expected.set(name, dueMs);
          }
        }
        const came: string[] = [];
        for (let first = queue.first(); first !== undefined; first = queue.first()) {
          came.push(first.id);
          queue.remove(first.id);
        }
        expect(came).toEqual([...expected].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1)).map(([id]) => id));
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});

test('a dead letter takes back what its record has changed, and what cannot be taken back is a defect', () => {
  const { run, told } = runOn(new ByteState(tallyCodec));
  run.take(recordOf('a', { do: 'add', amount: 1 }, 0));
  run.take(recordOf('a', { do: 'reject' }, 1));
  run.take(recordOf('a', { do: 'add', amount: 2 }, 2));
  expect(told).toEqual(['0 a 1 1', 'refused', '2 a 2 3']);
  const fast = runOn(new ValueState(tallyCodec));
  expect(() => fast.run.take(recordOf('a', { do: 'reject' }, 1))).toThrow(CannotUndoError);
});

test('a key that was not announced is refused', () => {
  const logic: PartitionLogic<Tally, unknown> = {
    keysOf: () => ['a'],
    onRecord: (_, context) => void context.get('b'),
  };
  const run = new MemoryRun<Tally, unknown>({
    project: 'p',
    partition: 0,
    partitions: 1,
    definitions: undefined,
    logic,
    state: new ByteState(tallyCodec),
    onOutput: () => undefined,
    onDeadLetter: () => undefined,
    checksKeys: true,
  });
  expect(() => run.take(recordOf('a', { do: 'forget' }, 0))).toThrow('was not announced');
});

test('what one logic emits to a topic that another reads is evaluated there at once, and nothing else of it comes out', () => {
  const out: string[] = [];
  const relay: PartitionLogic<Tally, unknown> = {
    keysOf: () => [],
    onRecord: ({ key, value }, context) => {
      for (const topic of ['middle', 'aside']) context.emit({ topic, key: String(key), value: value! });
    },
  };
  const runs = new WiredRuns<Tally, unknown>({
    project: 'p',
    definitions: undefined,
    logics: [
      { inputTopic: 'in', logic: relay, state: new ValueState(tallyCodec) },
      { inputTopic: 'middle', logic: tallyLogic('out'), state: new ValueState(tallyCodec) },
    ],
    onOutput: ({ topic, value }) => void out.push(topic === 'out' ? String(value) : topic),
    onDeadLetter: () => undefined,
  });
  runs.take(recordOf('a', { do: 'add', amount: 1 }, 0));
  runs.take(recordOf('a', { do: 'remind', id: 't', dueMs: 5 }, 1));
  runs.take(recordOf('b', { do: 'add', amount: 4 }, 9));
  expect(out).toEqual(['aside', 'a 1 1', 'aside', 'aside', 'a fired t', 'b 1 4']);
  expect(runs.size).toBe(2);
  runs.reset();
  expect(runs.size).toBe(0);
});
