import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HotState } from './hot-state.ts';
import type { StateCodec, StepContext } from './logic.ts';
import type { SealedStep } from './sealed-step.ts';
import { StepBuilder } from './step-builder.ts';
import { TimerBook } from './timer-book.ts';

type Numbers = number[];
/** One number a line: the value of bytes that follow others is both lists, one after the other. */
const codec: StateCodec<Numbers> = {
  encode: (value) => Buffer.from(value.map((n) => `${n}\n`).join('')),
  decode: (bytes) => bytes.toString().split('\n').slice(0, -1).map(Number),
};
const KEYS = ['a', 'b', 'c'];

const change = fc.record({
  how: fc.constantFrom('append', 'append', 'append', 'set', 'set after a change in place', 'delete', 'reject'),
  key: fc.constantFrom(...KEYS),
  n: fc.nat(1_000_000),
});
const item = fc.record({
  changes: fc.array(change, { maxLength: 6 }),
  throws: fc.boolean(),
  injected: fc.boolean(),
});
type Item = typeof item extends fc.Arbitrary<infer T> ? T : never;

function evaluate({ changes, throws, injected }: Item, context: StepContext<Numbers, void>): void {
  for (const { how, key, n } of changes) {
    const value = context.get(key) ?? [];
    if (how === 'append') {
      value.push(n);
      context.append(key, value, Buffer.from(`${n}\n`));
    } else if (how === 'set') context.set(key, [n]);
    else if (how === 'set after a change in place') {
      context.set(key, value);
      value.push(n);
    } else if (how === 'delete') context.delete(key);
    else if (!injected) context.deadLetter({ code: 'refused', reason: 'the test said so' });
  }
  if (throws) throw new TypeError('the test said so');
}

/** The same, on plain lists. */
function modelled(before: ReadonlyMap<string, Numbers>, { changes, throws, injected }: Item): Map<string, Numbers> {
  let now = new Map(before);
  if (throws) return now;
  for (const { how, key, n } of changes) {
    if (how === 'append' || how === 'set after a change in place') now.set(key, [...(now.get(key) ?? []), n]);
    else if (how === 'set') now.set(key, [n]);
    else if (how === 'delete') now.delete(key);
    else if (!injected) now = new Map(before);
  }
  return now;
}

/** What Valkey does with the writes of a step. */
function applyTo(stored: Map<string, Buffer>, step: SealedStep): void {
  for (const [key, { bytes, appendTo }] of step.writes) {
    const present = stored.get(key);
    if (bytes === null) stored.delete(key);
    else if (appendTo === undefined) stored.set(key, Buffer.from(bytes));
    else {
      expect(present?.length).toBe(appendTo);
      stored.set(key, Buffer.concat([present!, bytes]));
    }
  }
}

function live(items: readonly Item[], maxBytes: number): void {
  const hot = new HotState<Numbers>(codec, 100, 1_000_000);
  const stored = new Map([['a', codec.encode([1, 2, 3])]]);
  for (const key of KEYS) hot.loaded(key, stored.get(key) ?? null, Number.POSITIVE_INFINITY);
  let model = new Map([['a', [1, 2, 3]]]);
  const builder = new StepBuilder<Numbers, void>({
    project: 'p',
    partition: 0,
    partitions: 1,
    deadLetterTopic: 'dlq',
    origin: 'o',
    logic: { keysOf: () => KEYS, onRecord: (record, context) => evaluate(items[record.offset]!, context) },
    hot,
    timers: new TimerBook(),
    maxKeys: 200,
    maxBytes,
  });
  let offset = 0;
  const begin = (): void =>
    builder.begin({
      definitions: undefined,
      definitionsVersion: 0,
      definitionsOf: () => undefined,
      offset,
      clockMs: 0,
      wallMs: 0,
      sequence: 0,
      origins: new Map(),
    });
  const commit = (): void => {
    applyTo(stored, builder.seal());
    for (const key of KEYS) {
      const entry = hot.entry(key)!;
      expect(entry.bytes).toEqual(stored.get(key) ?? null);
      expect(hot.valueOf(key, entry)).toEqual(model.get(key));
      expect(stored.has(key) ? codec.decode(stored.get(key)!) : undefined).toEqual(model.get(key));
    }
    begin();
  };
  begin();
  while (offset < items.length) {
    const next = items[offset]!;
    const record: KafkaRecord = {
      topic: 'in',
      partition: 0,
      offset,
      key: Buffer.from('k'),
      value: null,
      headers: {},
      timestampMs: 0,
    };
    if (next.injected) {
      if (builder.items > 0) commit();
      try {
        builder.addInjection(KEYS, (context) => evaluate(next, context));
      } catch (cause) {
        expect(cause).toBeInstanceOf(TypeError);
      }
    } else if (!builder.addRecord(record, KEYS)) {
      commit();
      continue;
    }
    model = modelled(model, next);
    offset += 1;
    if (next.injected) commit();
  }
  commit();
}

test('whatever is set, appended, deleted, undone and put off: memory, the store after the writes, and the model agree', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 30 }), fc.constantFrom(60, 400, 65_536), (items, maxBytes) =>
      live(items, maxBytes),
    ),
    { numRuns: Number(process.env['HERMES_PROPERTY_RUNS'] ?? 1) * 500 },
  );
});
