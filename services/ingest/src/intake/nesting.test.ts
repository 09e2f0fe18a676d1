/** Guards: data that is nested thousands deep is neither let in nor able to break the request that it comes with. */
import { expect, test } from 'vitest';
import { refusedRecord } from './inbox-record.ts';
import { cutBelow, isNestedDeeperThan, MAX_NESTING } from './nesting.ts';

const nested = (levels: number): unknown => JSON.parse(`${'{"a":['.repeat(levels / 2)}1${']}'.repeat(levels / 2)}`);

test.each([
  ['a number', 1, 0, false],
  ['null', null, 0, false],
  ['an empty object', {}, 0, true],
  ['an empty object', {}, 1, false],
  ['a list in an object beside what is flat', { b: 1, a: [1, 'x'] }, 1, true],
  ['a list in an object', { b: 1, a: [1, 'x'] }, 2, false],
  ['a hundred levels', nested(100), MAX_NESTING, false],
  ['a hundred and two', nested(102), MAX_NESTING, true],
  ['a hundred thousand', nested(100_000), MAX_NESTING, true],
])('%s: %o beyond %i is %s', (_, value, levels, is) => {
  expect(isNestedDeeperThan(levels, value)).toBe(is);
});

test('what is cut keeps all that is not too deep', () => {
  expect(cutBelow(2, { a: [1, { b: 2 }], c: null })).toEqual({ a: [1, '…'], c: null });
  expect(cutBelow(MAX_NESTING, nested(100))).toEqual(nested(100));
});

test('the dead letter of an item that is too deep to be written has its upper part', () => {
  const receipt = { project: 'p', receivedAt: '2026-03-01T00:00:00.000Z' };
  const refusal = { code: 'nested-too-deep', pointer: '/data', message: 'too deep' } as const;
  const { value } = refusedRecord({ id: 'e-1', data: nested(100_000) }, null, refusal, receipt);
  expect(JSON.parse(String(value))).toMatchObject({ id: 'e-1', data: { a: [{ a: [{}] }] } });
});
