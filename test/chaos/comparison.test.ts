import { expect, test } from 'vitest';
import { type Entries, compare, isEqual } from './comparison.ts';

const expected = new Map([
  ['a', '1'],
  ['b', '2'],
]);

test.each<[string, Entries, object, boolean]>([
  [
    'the same in any order is equal',
    [
      ['b', '2'],
      ['a', '1'],
    ],
    {},
    true,
  ],
  ['one that is missing is found', [['a', '1']], { missing: 1 }, false],
  [
    'one too many is found',
    [
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ],
    { unexpected: 1 },
    false,
  ],
  [
    'a repeat is found, also of the same value',
    [
      ['a', '1'],
      ['b', '2'],
      ['a', '1'],
    ],
    { repeated: 1 },
    false,
  ],
  [
    'another value is found',
    [
      ['a', '1'],
      ['b', '3'],
    ],
    { different: 1 },
    false,
  ],
  [
    'one missing and one too many do not cancel out',
    [
      ['a', '1'],
      ['c', '2'],
    ],
    { missing: 1, unexpected: 1 },
    false,
  ],
])('%s', (_, actual, found, equal) => {
  const result = compare('x', expected, actual);
  expect(result).toMatchObject({ missing: 0, unexpected: 0, repeated: 0, different: 0, ...found });
  expect(isEqual(result)).toBe(equal);
});
