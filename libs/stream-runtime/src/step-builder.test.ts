import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { describe, expect, test } from 'vitest';
import { HotState } from './hot-state.ts';
import type { StepContext } from './logic.ts';
import { StepBuilder } from './step-builder.ts';
import { StoppingError } from './stopping-error.ts';
import { TimerBook } from './timer-book.ts';

interface Count {
  n: number;
}
const codec = {
  encode: (value: Count) => Buffer.from(JSON.stringify(value)),
  decode: (bytes: Buffer) => JSON.parse(bytes.toString()) as Count,
};
const record = (offset: number, value = '', headers: Record<string, Buffer> = {}): KafkaRecord => ({
  topic: 'in',
  partition: 0,
  offset,
  key: Buffer.from('k'),
  value: Buffer.from(value),
  headers,
  timestampMs: 1_000 + offset,
});

type Act = (context: StepContext<Count, void>) => void;

/** A builder whose records are acts. */
function setUp(limits: { maxKeys?: number; maxBytes?: number } = {}) {
  const hot = new HotState<Count>(codec, 100, 1_000_000);
  const timers = new TimerBook();
  const acts = new Map<string, Act>();
  const builder = new StepBuilder<Count, void>({
    project: 'p',
    partition: 0,
    partitions: 1,
    deadLetterTopic: 'dlq',
    origin: 'job/p/0/x',
    logic: { keysOf: () => [], onRecord: (one, context) => acts.get(one.value!.toString())?.(context) },
    hot,
    timers,
    maxKeys: limits.maxKeys ?? 200,
    maxBytes: limits.maxBytes ?? 65_536,
  });
  for (const key of ['a', 'b', 'c', 'd']) hot.loaded(key, null, Number.POSITIVE_INFINITY);
  const start = {
    definitions: undefined,
    definitionsVersion: 0,
    definitionsOf: () => undefined,
    offset: 0,
    clockMs: 0,
    wallMs: 5_000,
    sequence: 7,
    origins: new Map([['up', 3]]),
  };
  builder.begin(start);
  let offset = 0;
  const run = (act: Act, headers: Record<string, Buffer> = {}): boolean => {
    acts.set(String(offset), act);
    const fitted = builder.addRecord(record(offset, String(offset), headers), ['a', 'b', 'c', 'd']);
    if (fitted) offset += 1;
    return fitted;
  };
  const writes = () =>
    Object.fromEntries([...builder.seal().writes].map(([key, { bytes }]) => [key, bytes?.toString() ?? null]));
  return { builder, hot, timers, run, writes };
}

const add =
  (key: string): Act =>
  (context) => {
    const count = context.get(key) ?? { n: 0 };
    count.n += 1;
    context.set(key, count);
  };
const all =
  (...acts: Act[]): Act =>
  (context) =>
    acts.forEach((act) => act(context));
const emit =
  (value: string): Act =>
  (context) =>
    context.emit({ topic: 'out', key: 'k', value });

describe('a step', () => {
  test('holds the last value of each key, outputs with dense sequences, and the next offset', () => {
    const { builder, run, writes } = setUp();
    run(all(add('a'), emit('one')));
    run(all(add('a'), add('b'), emit('two')));
    expect(writes()).toEqual({ a: '{"n":2}', b: '{"n":1}' });
    const step = builder.seal();
    expect(
      step.outputs.map(({ message }) => [message.value, message.sequence, message.headers['hermes_sequence']]),
    ).toEqual([
      ['one', 8, '8'],
      ['two', 9, '9'],
    ]);
    expect([step.fromOffset, step.nextOffset, step.clockMs, step.records]).toEqual([0, 2, 1_001, 2]);
  });

  test('ends before the record that has too many keys, and nothing of that record remains', () => {
    const { builder, run, writes, hot } = setUp({ maxKeys: 2 });
    expect(run(all(add('a'), add('b'), emit('one')))).toBe(true);
    expect(
      run(all(add('a'), add('c'), emit('two'), (context) => context.setTimer({ id: 't', dueMs: 9, payload: '' }))),
    ).toBe(false);
    expect(writes()).toEqual({ a: '{"n":1}', b: '{"n":1}' });
    expect(builder.seal()).toMatchObject({ nextOffset: 1, clockMs: 1_000, records: 1 });
    expect(builder.seal().outputs).toHaveLength(1);
    expect(builder.seal().timers.size).toBe(0);
    expect(hot.valueOf('a', hot.entry('a')!)).toEqual({ n: 1 });
    expect(hot.valueOf('c', hot.entry('c')!)).toBeUndefined();
  });

  test('ends before the record that has too many bytes; a single record may be as large as it is', () => {
    const { builder, run } = setUp({ maxBytes: 1_000 });
    expect(run(emit('x'.repeat(5_000)))).toBe(true);
    expect(run(emit('y'))).toBe(false);
    expect(builder.seal().nextOffset).toBe(1);
  });

  test('a record that throws changes nothing and becomes a dead letter', () => {
    const { builder, run, writes, timers } = setUp();
    run(all(add('a'), (context) => context.setTimer({ id: 't', dueMs: 9, payload: 'kept' })));
    run(
      all(
        add('a'),
        add('b'),
        (context) => context.cancelTimer('t'),
        (context) => context.delete('a'),
        emit('gone'),
        () => {
          throw new RangeError('broken');
        },
      ),
    );
    run(add('a'));
    expect(writes()).toEqual({ a: '{"n":2}' });
    expect(timers.find('t')?.payload).toBe('kept');
    const step = builder.seal();
    expect(step.outputs.map(({ message }) => message.topic)).toEqual(['dlq']);
    expect(step.outputs[0]!.message.headers).toMatchObject({
      hermes_code: 'defect',
      hermes_reason: 'RangeError: broken',
      hermes_from: 'in/0/1',
    });
    expect(step.nextOffset).toBe(3);
  });

  test('what a logic cannot go on without stops it: the record is no dead letter, and nothing of it remains', () => {
    const { builder, run, writes } = setUp();
    run(add('a'));
    const broken = all(add('a'), emit('gone'), () => {
      throw new StoppingError('nobody answers');
    });
    expect(() => run(broken)).toThrow(StoppingError);
    expect(writes()).toEqual({ a: '{"n":1}' });
    const { outputs, deadLetters, nextOffset } = builder.seal();
    expect([outputs, deadLetters, nextOffset]).toEqual([[], [], 1]);
  });

  test('a dead letter undoes what came before it and keeps what comes after it', () => {
    const { run, writes } = setUp();
    run(all(add('a'), (context) => context.deadLetter({ code: 'bad', reason: 'because' }), add('b')));
    expect(writes()).toEqual({ b: '{"n":1}' });
  });

  test('a key that keysOf did not announce is a defect, also when it happens to be in memory', () => {
    const { builder, run, hot } = setUp();
    hot.loaded('other', null, Number.POSITIVE_INFINITY);
    run(add('other'));
    expect(builder.seal().deadLetters[0]).toMatchObject({
      code: 'defect',
      reason: 'Error: the state key "other" was not announced by keysOf',
    });
  });

  test('drops a record whose sequence was seen, in this step or before, and keeps the highest', () => {
    const { builder, run, writes } = setUp();
    const from = (sequence: number) => ({
      hermes_origin: Buffer.from('up'),
      hermes_sequence: Buffer.from(String(sequence)),
    });
    run(add('a'), from(3));
    run(add('a'), from(5));
    run(add('a'), from(4));
    run(add('a'), from(5));
    expect(writes()).toEqual({ a: '{"n":1}' });
    expect([...builder.seal().origins]).toEqual([['up', 5]]);
    expect(builder.seal().nextOffset).toBe(4);
  });

  test('a record that did not fit leaves no mark of its sequence: it is not a repeat when it comes again', () => {
    const { builder, run } = setUp({ maxKeys: 1 });
    run(add('a'));
    run(add('b'), { hermes_origin: Buffer.from('up'), hermes_sequence: Buffer.from('9') });
    expect(builder.seal().origins.size).toBe(0);
  });

  test('a timer set while a timer fires is due after it: a step always ends', () => {
    const { builder, timers } = setUp();
    timers.set({ id: 't', dueMs: 50, payload: '' });
    const again = new StepBuilder<Count, void>({
      project: 'p',
      partition: 0,
      partitions: 1,
      deadLetterTopic: 'dlq',
      origin: 'o',
      logic: {
        keysOf: () => [],
        onRecord: () => undefined,
        onTimer: (_, context) => context.setTimer({ id: 't', dueMs: 1, payload: '' }),
      },
      hot: new HotState<Count>(codec, 10, 1_000),
      timers,
      maxKeys: 200,
      maxBytes: 1_000,
    });
    again.begin({
      definitions: undefined,
      definitionsVersion: 0,
      definitionsOf: () => undefined,
      offset: 0,
      clockMs: 0,
      wallMs: 0,
      sequence: 0,
      origins: new Map(),
    });
    again.addTimer(timers.at(0)!, []);
    expect(timers.at(0)?.dueMs).toBe(51);
    expect(again.clockMs).toBe(50);
    expect(builder.items).toBe(0);
  });
});
