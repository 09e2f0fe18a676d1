import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { describe, expect, test } from 'vitest';
import type { PartitionLogic } from './logic.ts';
import { StepPlanner } from './step-planner.ts';
import { TimerBook } from './timer-book.ts';

/** A record whose value lists its keys, and whose receipt time is its offset. */
const record = (offset: number, keys: string): KafkaRecord => ({
  topic: 'in',
  partition: 0,
  offset,
  key: Buffer.from('k'),
  value: Buffer.from(keys),
  headers: {},
  timestampMs: offset,
});
const split = (text: string): string[] => text.split(' ').filter((key) => key !== '');

function setUp(
  maxKeysPerStep: number,
  timers: readonly (readonly [dueMs: number, keys: string])[] = [],
  maxRecordsPerStep = 1_000,
) {
  const book = new TimerBook();
  for (const [dueMs, payload] of timers) book.set({ id: `${dueMs}`, dueMs, payload });
  let asked = 0;
  const logic: PartitionLogic<unknown, unknown> = {
    keysOf: ({ value }) => {
      asked += 1;
      if (value!.toString() === 'throw') throw new Error('cannot tell');
      return split(value!.toString());
    },
    onRecord: () => undefined,
    keysOfTimer: ({ payload }) => split(payload),
    questionsOf: ({ value }) => {
      if (value!.toString() === 'throw') throw new Error('cannot tell');
      return split(value!.toString()).filter((word) => word.endsWith('?'));
    },
    definitionsNeededBy: ({ headers }) => Number(headers['set']?.toString() ?? '0'),
  };
  const view = {
    project: 'p',
    partition: 0,
    partitions: 1,
    definitions: undefined,
    definitionsVersion: 0,
    definitionsOf: () => undefined,
  };
  const planner = new StepPlanner(logic, book, { maxKeysPerStep, maxRecordsPerStep }, () => view);
  const plan = (records: readonly KafkaRecord[], at = 0, known: (readonly string[] | Error)[] = []) => {
    const { keys, end } = planner.plan(records, at, known, 0, 1_000_000);
    return { keys: [...keys].join(' '), end };
  };
  return { plan, planner, asked: () => asked };
}

describe('the plan of a step', () => {
  test('takes records while their keys fit, each key once', () => {
    const { plan } = setUp(3);
    const records = ['a b', 'a c', 'b c', 'd', 'e'].map((keys, i) => record(i, keys));
    expect(plan(records)).toEqual({ keys: 'a b c', end: 3 });
    expect(plan(records, 3)).toEqual({ keys: 'd e', end: 5 });
  });

  test('takes no more records than a step may have, however few keys they have', () => {
    const { plan } = setUp(3, [], 2);
    const records = ['a', 'a', '', ''].map((keys, i) => record(i, keys));
    expect(plan(records)).toEqual({ keys: 'a', end: 2 });
    expect(plan(records, 3)).toEqual({ keys: '', end: 4 });
  });

  test('takes the timers that are due before a record, and ends among them when they do not all fit', () => {
    const { plan } = setUp(2, [
      [5, 't'],
      [6, 'u'],
      [50, 'v'],
    ]);
    expect(plan([record(3, 'a'), record(10, 'b')])).toEqual({ keys: 'a t', end: 1 });
    expect(plan([record(10, 'b')])).toEqual({ keys: 't u', end: 0 });
  });

  test('the first item is part of it however many keys it has', () => {
    const { plan } = setUp(2, [[5, 'x y']]);
    expect(plan([record(10, 'a')])).toEqual({ keys: 'x y', end: 0 });
  });

  test('a record with too many keys, or whose keys cannot be told, is planned without any: it becomes a dead letter', () => {
    const { plan } = setUp(2);
    const known: (readonly string[] | Error)[] = [];
    expect(plan([record(0, 'a b c'), record(1, 'throw'), record(2, 'd')], 0, known)).toEqual({ keys: 'd', end: 3 });
    expect(known.map((keys) => (keys instanceof Error ? keys.message : keys))).toEqual([
      '3 state keys for one item, at most 2 are allowed',
      'cannot tell',
      ['d'],
    ]);
  });

  test('asks for the keys of a record once, however often it is planned', () => {
    const { plan, asked } = setUp(1);
    const records = [record(0, 'a'), record(1, 'b')];
    const known: (readonly string[] | Error)[] = [];
    plan(records, 0, known);
    plan(records, 1, known);
    expect(asked()).toBe(2);
  });

  test('ends before a record that needs newer definitions, unless it is the first, which has waited for them', () => {
    const { plan } = setUp(5);
    const needing = { ...record(1, 'b'), headers: { set: Buffer.from('1') } };
    expect(plan([record(0, 'a'), needing, record(2, 'c')])).toEqual({ keys: 'a', end: 1 });
    expect(plan([needing, record(2, 'c')])).toEqual({ keys: 'b c', end: 2 });
  });

  test('records without state are taken by the thousand', () => {
    const { plan } = setUp(2);
    expect(plan(Array.from({ length: 1_500 }, (_, i) => record(i, '')))).toEqual({ keys: '', end: 1_000 });
  });
});

test('what records ask is gathered, each question once; one about which asking fails asks nothing', () => {
  const records = ['a? b', 'c? a?', 'throw', 'd?', 'e?'].map((keys, i) => record(i, keys));
  const { planner } = setUp(9);
  expect(planner.questions(records, 0, 4)).toEqual(['a?', 'c?', 'd?']);
  expect(planner.questions(records, 4, 4)).toEqual([]);
});
