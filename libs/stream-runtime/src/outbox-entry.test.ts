import { expect, test } from 'vitest';
import fc from 'fast-check';
import { decodeOutboxMessage, encodeOutboxMessage } from './outbox-entry.ts';

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const textOf = (value: Buffer | string | null): string | null =>
  value === null ? null : Buffer.from(value).toString('hex');

test('an outbox entry comes back as it was, whatever bytes its key, value and headers hold', () => {
  fc.assert(
    fc.property(
      fc.record({
        sequence: fc.nat(),
        topic: fc.string({ minLength: 1 }),
        key: fc.oneof(fc.constant(null), fc.string(), bytes),
        value: fc.oneof(fc.constant(null), fc.string(), bytes),
        headers: fc.dictionary(
          fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
          fc.oneof(fc.string(), bytes),
        ),
        partition: fc.nat(),
        timestampMs: fc.nat(),
      }),
      (message) => {
        const back = decodeOutboxMessage(encodeOutboxMessage(message));
        expect({ ...back, key: textOf(back.key), value: textOf(back.value) }).toEqual({
          ...message,
          key: textOf(message.key),
          value: textOf(message.value),
          headers: { ...message.headers },
        });
      },
    ),
  );
});

test('an entry of another format is refused, not misread', () => {
  expect(() => decodeOutboxMessage(Buffer.from([9, 0, 0, 0, 0]))).toThrow('format 9');
});
