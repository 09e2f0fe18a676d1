import { expect, test } from 'vitest';
import { isRepeat, outboxPlaceOf } from './outbox-place.ts';

const headers = (origin?: string, sequence?: string): Record<string, Buffer | undefined> => ({
  hermes_origin: origin === undefined ? undefined : Buffer.from(origin),
  hermes_sequence: sequence === undefined ? undefined : Buffer.from(sequence),
});

test('origin and sequence are read from the headers', () =>
  expect(outboxPlaceOf(headers('ingest/demo/3/x', '17'))).toEqual({ origin: 'ingest/demo/3/x', sequence: 17 }));

test.each([
  ['no headers', undefined, undefined],
  ['no origin', undefined, '1'],
  ['no sequence', 'o', undefined],
  ['an empty sequence', 'o', ''],
  ['a word', 'o', 'one'],
  ['zero', 'o', '0'],
  ['a negative number', 'o', '-1'],
  ['a fraction', 'o', '1.5'],
  ['a number past 2^53 - 1', 'o', '9007199254740992'],
])('a record with %s has no place, so nobody drops it', (_, origin, sequence) =>
  expect(outboxPlaceOf(headers(origin, sequence))).toBeUndefined(),
);

test.each([
  [1, undefined, false],
  [1, 1, true],
  [1, 2, true],
  [3, 2, false],
  // What goes to another partition leaves gaps in this one.
  [9, 2, false],
])('sequence %i after %s is a repeat: %s', (sequence, highest, wanted) =>
  expect(isRepeat({ origin: 'o', sequence }, highest)).toBe(wanted),
);
