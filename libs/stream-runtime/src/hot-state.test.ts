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
