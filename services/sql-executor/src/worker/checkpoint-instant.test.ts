import { expect, test } from 'vitest';
import { instantAfter } from './checkpoint-instant.ts';

test('a checkpoint is after the one before, also when the clock was set back', () => {
  expect(instantAfter(undefined, 0)).toBe('1970-01-01T00:00:00.000Z');
  expect(instantAfter('1970-01-01T00:00:01.000Z', 5_000)).toBe('1970-01-01T00:00:05.000Z');
  expect(instantAfter('1970-01-01T00:00:01.000Z', 1_000)).toBe('1970-01-01T00:00:01.001Z');
  expect(instantAfter('1970-01-01T00:00:01.000Z', 0)).toBe('1970-01-01T00:00:01.001Z');
});
