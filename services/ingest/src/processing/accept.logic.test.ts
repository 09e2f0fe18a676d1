import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { EVENT_HEADERS } from '@hermes/contracts/event';
import { type ErasedSubjects, NOBODY_ERASED } from '@hermes/service-kit/erasure-copy';
import type { DeadLetterReason, OutputMessage, StepContext } from '@hermes/stream-runtime/logic';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EMPTY_SET, type EventTypeSet } from '../catalogue/event-type-set.ts';
import { acceptLogic } from './accept.logic.ts';
import { countsKey } from './event-identity.ts';
import type { IngestState } from './ingest-state.ts';

const RECEIVED = '2026-03-01T02:00:00.123Z';

function inboxRecord(source: string, id: string, more: Partial<KafkaRecord> = {}): KafkaRecord {
  const event = {
    specversion: '1.0',
    id,
    source,
    type: 'deal.signed',
    subject: 'broker:b-1',
    time: RECEIVED,
    project: 'demo',
    receivedat: RECEIVED,
    data: {},
  };
  const headers = {
    [EVENT_HEADERS.source]: source,
    [EVENT_HEADERS.id]: id,
    [EVENT_HEADERS.type]: 'deal.signed',
    [EVENT_HEADERS.receivedAt]: RECEIVED,
  };
  return {
    topic: 'demo.inbox',
    partition: 1,
    offset: 7,
    key: Buffer.from('broker:b-1'),
    value: Buffer.from(JSON.stringify(event)),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
    timestampMs: Date.parse(RECEIVED),
    ...more,
  };
}

/** A partition in memory: state, what was emitted, what was dead-lettered. */
function partition(definitions: EventTypeSet = EMPTY_SET, erased: ErasedSubjects = NOBODY_ERASED) {
  const logic = acceptLogic(3_600_000, erased);
  const state = new Map<string, IngestState>();
  const ttls = new Map<string, number | undefined>();
  const emitted: OutputMessage[] = [];
  const dead: DeadLetterReason[] = [];
  const process = (record: KafkaRecord): void => {
    const view = {
      project: 'demo',
      partition: 1,
      partitions: 2,
      definitions,
      definitionsVersion: 1,
      definitionsOf: () => definitions,
    };
    const announced = new Set(logic.keysOf(record, view));
    const known = (key: string): string => {
      if (!announced.has(key)) throw new Error(`${key} was not announced`);
      return key;
    };
    const context: StepContext<IngestState, EventTypeSet> = {
      ...view,
      clockMs: 0,
      wallMs: Date.parse(RECEIVED) + 4,
      answerTo: () => undefined,
      get: (key) => state.get(known(key)),
      set: (key, value, options) => {
        state.set(known(key), value);
        ttls.set(key, options?.ttlMs);
      },
      append: (key, value, bytes) => {
        state.set(known(key), value);
        return bytes;
      },
      delete: (key) => void state.delete(known(key)),
      emit: (message) => void emitted.push(message),
      deadLetter: (reason) => void dead.push(reason),
      setTimer: () => undefined,
      cancelTimer: () => undefined,
    };
    logic.onRecord(record, context);
  };
  return { process, emitted, dead, ttls, counts: (source: string) => state.get(countsKey(source)) };
}

test('an event goes on as it came, with the instant of acceptance, under the time of its receipt', () => {
  const { process, emitted, ttls } = partition();
  const record = inboxRecord('app', 'e-1');
  process(record);
  expect(emitted).toEqual([
    {
      topic: 'demo.events',
      partition: 1,
      key: 'broker:b-1',
      value: record.value,
      headers: {
        [EVENT_HEADERS.type]: 'deal.signed',
        [EVENT_HEADERS.source]: 'app',
        [EVENT_HEADERS.id]: 'e-1',
        [EVENT_HEADERS.receivedAt]: RECEIVED,
        [EVENT_HEADERS.acceptedAt]: '2026-03-01T02:00:00.127Z',
      },
      timestampMs: Date.parse(RECEIVED),
    },
  ]);
  expect([...ttls.values()]).toContain(3_600_000);
});

test('of any sequence of repeats each (source, id) goes on once, and accepted plus duplicates is what came', () => {
  const pair = fc.tuple(fc.constantFrom('app', 'web'), fc.constantFrom('1', '2', '3', '4'));
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 40 }), (pairs) => {
      const { process, emitted, counts } = partition();
      for (const [source, id] of pairs) process(inboxRecord(source, id));
      expect(emitted.length).toBe(new Set(pairs.map(([source, id]) => `${source}/${id}`)).size);
      for (const source of ['app', 'web']) {
        const came = pairs.filter(([from]) => from === source);
        const accepted = new Set(came.map(([, id]) => id)).size;
        const expected =
          came.length === 0
            ? undefined
            : { kind: 'counts', accepted, duplicates: came.length - accepted, deadLettered: 0, erased: 0 };
        expect(counts(source)).toEqual(expected);
      }
    }),
  );
});

const refusing: EventTypeSet = {
  number: 2,
  check: () => ({ code: 'schema-violation', pointer: '/data/x', message: 'no x' }),
};

test('what the schema refuses is dead-lettered, counted, and not remembered: put right and sent again it is accepted', () => {
  const { process, emitted, dead, counts } = partition(refusing);
  process(inboxRecord('app', 'e-1'));
  process(inboxRecord('app', 'e-1'));
  expect(emitted).toEqual([]);
  expect(dead).toEqual(Array(2).fill({ code: 'schema-violation', reason: '/data/x: no x' }));
  expect(counts('app')).toEqual({ kind: 'counts', accepted: 0, duplicates: 0, deadLettered: 2, erased: 0 });
});

test.each([
  [undefined, []],
  [5, []],
  [6, ['too-deep']],
])('an event that rules emitted one on the other, %s deep', (hermesdepth, expected) => {
  const { process, emitted, dead, counts } = partition();
  const record = inboxRecord('hermes/rules/loop', 'e-1');
  const event = { ...(JSON.parse(record.value!.toString()) as object), hermesdepth };
  process({ ...record, value: Buffer.from(JSON.stringify(event)) });
  expect(dead.map(({ code }) => code)).toEqual(expected);
  // What goes on has its depth still, and what does not is not remembered.
  expect(emitted.map(({ value }) => JSON.parse(String(value)) as object)).toEqual(
    expected.length === 0 ? [JSON.parse(JSON.stringify(event))] : [],
  );
  expect(counts('hermes/rules/loop')).toMatchObject({ deadLettered: expected.length });
});

test.each([
  ['a record without headers', { headers: {} }, 'not-an-event'],
  ['a value that is no event', { value: Buffer.from('{"id":1}') }, 'not-an-event'],
  ['a value that is no JSON', { value: Buffer.from('{') }, 'not-an-event'],
  ['a tombstone', { value: null }, 'not-an-event'],
  ['a key that is not the subject', { key: Buffer.from('broker:b-2') }, 'wrong-key'],
])('%s from a foreign writer is dead-lettered', (_, more, code) => {
  const { process, emitted, dead } = partition();
  process(inboxRecord('app', 'e-1', more));
  expect(emitted).toEqual([]);
  expect(dead.map((reason) => reason.code)).toEqual([code]);
});

/** `broker:b-1` is erased up to an instant. */
const erasedUntil = (instant: string): ErasedSubjects => ({
  covers: (subject, timeMs) => subject === 'broker:b-1' && timeMs <= Date.parse(instant),
});

test('an event that an erasure covers leaves nothing but its count: no event, no mark, and no dead letter even when it is wrong', () => {
  for (const definitions of [EMPTY_SET, refusing]) {
    const { process, emitted, dead, ttls, counts } = partition(definitions, erasedUntil(RECEIVED));
    process(inboxRecord('app', 'e-1'));
    process(inboxRecord('app', 'e-1'));
    expect([emitted, dead, [...ttls.keys()]]).toEqual([[], [], [countsKey('app')]]);
    expect(counts('app')).toEqual({ kind: 'counts', accepted: 0, duplicates: 0, deadLettered: 0, erased: 2 });
  }
});

test.each([
  ['that cannot be read, by its key and its receipt', { value: Buffer.from('{') }],
  ['without headers, by its key and its receipt', { headers: {} }],
  ['under a key that is not its subject, by its subject', { key: Buffer.from('broker:b-2') }],
])('a record %s, is dropped as well', (_, more) => {
  const { process, emitted, dead } = partition(EMPTY_SET, erasedUntil(RECEIVED));
  process(inboxRecord('app', 'e-1', more));
  expect([emitted, dead]).toEqual([[], []]);
});

test('what happened after the erasure is accepted', () => {
  const { process, emitted } = partition(EMPTY_SET, erasedUntil('2026-03-01T02:00:00.122Z'));
  process(inboxRecord('app', 'e-1'));
  expect(emitted).toHaveLength(1);
});
