import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HotState, StateDecodeError } from './hot-state.ts';

const codec = {
  encode: (value: { n: number }) => Buffer.from(JSON.stringify(value)),
  decode: (bytes: Buffer) => JSON.parse(bytes.toString()) as { n: number },
};
const bytes = (n: number): Buffer => codec.encode({ n });
const NEVER = Number.POSITIVE_INFINITY;

test('keys that were not used go first, and only when asked to shrink', () => {
  const hot = new HotState(codec, 2, 1_000_000);
  for (const key of ['a', 'b', 'c']) hot.loaded(key, bytes(1), NEVER);
  hot.touch('a', 0);
  expect(hot.size).toBe(3);
  hot.shrink();
  expect([hot.entry('a') === undefined, hot.entry('b') === undefined, hot.entry('c') === undefined]).toEqual([
    false,
    true,
    false,
  ]);
});

test('bytes are a limit as well', () => {
  const hot = new HotState(codec, 1_000, 1_000);
  for (let i = 0; i < 20; i++) hot.loaded(`k${i}`, bytes(i), NEVER);
  hot.shrink();
  expect(hot.size).toBeLessThan(10);
  expect(hot.entry('k19')).toBeDefined();
});

test('an expired value is known to be absent', () => {
  const hot = new HotState(codec, 10, 1_000_000);
  hot.loaded('a', bytes(1), 100);
  expect(hot.valueOf('a', hot.touch('a', 99)!)).toEqual({ n: 1 });
  expect(hot.valueOf('a', hot.touch('a', 100)!)).toBeUndefined();
});

test('restoring undoes what was done to the decoded value in place', () => {
  const hot = new HotState(codec, 10, 1_000_000);
  hot.loaded('a', bytes(1), NEVER);
  const entry = hot.touch('a', 0)!;
  const saved = hot.saved(entry);
  hot.valueOf('a', entry)!.n = 99;
  hot.restore(entry, saved);
  expect(hot.valueOf('a', entry)).toEqual({ n: 1 });
});

test('a value that cannot be decoded is a reason to stop, not an absent value', () => {
  const hot = new HotState(codec, 10, 1_000_000);
  hot.loaded('a', Buffer.from('{'), NEVER);
  expect(() => hot.valueOf('a', hot.touch('a', 0)!)).toThrow(StateDecodeError);
});

test('an append copies a large value only when its room is used up, and what was appended can be undone', () => {
  const lines = {
    encode: (value: string) => Buffer.from(value),
    decode: (stored: Buffer) => stored.toString(),
  };
  const hot = new HotState<string>(lines, 10, 1_000_000);
  hot.loaded('a', Buffer.from('x'.repeat(1_000)), NEVER);
  const entry = hot.touch('a', 0)!;
  const rooms = new Set<Buffer | null>();
  for (let i = 0; i < 100; i++) {
    hot.appended(entry, Buffer.from('0123456789'));
    rooms.add(entry.room);
  }
  expect(rooms.size).toBeLessThan(6);
  const saved = hot.saved(entry);
  hot.appended(entry, Buffer.from('undone'));
  hot.restore(entry, saved);
  expect(hot.valueOf('a', entry)).toBe('x'.repeat(1_000) + '0123456789'.repeat(100));
  hot.appended(entry, Buffer.from('kept'));
  expect(entry.bytes?.toString().endsWith('9kept')).toBe(true);
});

/** Looks at the bytes that it was made of, as profiles do. */
interface Looking {
  bytes: Buffer;
}
const looking = {
  encode: (value: Looking) => value.bytes,
  decode: (stored: Buffer): Looking => ({ bytes: stored }),
  moved: (value: Looking, stored: Buffer) => void (value.bytes = stored.subarray(0, value.bytes.length)),
};

const change = fc.record({
  key: fc.integer({ min: 0, max: 400 }).map(String),
  kind: fc.constantFrom('set', 'set', 'append', 'append', 'forget', 'undone', 'look'),
  length: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 500, max: 3_000 }), fc.constant(40_000)),
  fill: fc.integer({ min: 0, max: 255 }),
});

/** `toEqual` looks at large values byte by byte. */
const same = (a: Buffer | null | undefined, b: Buffer | undefined): boolean =>
  b === undefined ? a === undefined || a === null : a?.equals(b) === true;

test('values are what was written to them, whatever was set, appended, undone, let go and moved', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 60 }), { minLength: 5, maxLength: 30 }), (steps) => {
      const hot = new HotState<Looking>(looking, 300, 1_000_000);
      const stored = new Map<string, Buffer>();
      for (const step of steps) {
        for (const { key, kind, length, fill } of step) {
          if (hot.touch(key, 0) === undefined) hot.loaded(key, stored.get(key) ?? null, NEVER);
          const entry = hot.entry(key)!;
          const saved = hot.saved(entry);
          const more = Buffer.alloc(length, fill);
          const set = (): void => {
            entry.value = { bytes: more };
            entry.decoded = true;
            const kept = hot.written(entry, more, NEVER);
            expect(kept.equals(more)).toBe(true);
            expect(entry.value.bytes.buffer).toBe(kept.buffer);
          };
          if (kind === 'set') {
            set();
            stored.set(key, more);
          } else if (kind === 'append') {
            const after = hot.appended(entry, more);
            entry.value = { bytes: after };
            entry.decoded = true;
            stored.set(key, Buffer.concat([stored.get(key) ?? Buffer.alloc(0), more]));
          } else if (kind === 'forget') {
            hot.forget(entry);
            stored.delete(key);
          } else if (kind === 'undone') {
            set();
            hot.appended(entry, more);
            hot.restore(entry, saved);
          }
          expect(same(hot.valueOf(key, entry)?.bytes, stored.get(key))).toBe(true);
        }
        hot.shrink();
        for (const [key, bytes] of stored) {
          const entry = hot.entry(key);
          if (entry === undefined) continue;
          expect(same(entry.bytes, bytes)).toBe(true);
          // Nothing else holds the memory that it was in before.
          if (entry.value !== undefined) expect(entry.value.bytes.buffer).toBe(entry.bytes!.buffer);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('values that are set again and again keep no more than about twice their size', () => {
  const hot = new HotState<Looking>(looking, 10_000, 100_000_000);
  const size = 1_000;
  for (let i = 0; i < 40_000; i++) {
    // Some change often, most now and then.
    const key = String(i % 3 === 0 ? i % 2_000 : i % 20);
    if (hot.touch(key, 0) === undefined) hot.loaded(key, Buffer.alloc(size), NEVER);
    const entry = hot.entry(key)!;
    entry.value = { bytes: Buffer.alloc(size) };
    entry.decoded = true;
    hot.written(entry, entry.value.bytes, NEVER);
    if (i % 50 === 0) hot.shrink();
  }
  const held = new Set(Array.from({ length: 2_000 }, (_, i) => hot.entry(String(i))?.value?.bytes.buffer));
  const bytesHeld = [...held].reduce((sum, buffer) => sum + (buffer?.byteLength ?? 0), 0);
  expect(hot.size).toBeGreaterThan(600);
  expect(bytesHeld).toBeLessThan(2.2 * size * hot.size + 300_000);
});
