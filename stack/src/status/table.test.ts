import { expect, test } from 'vitest';
import { formatBytes, formatDuration, table } from './table.ts';

test('columns are as wide as their widest cell, numbers flush right', () => {
  expect(
    table(
      [
        ['name', 'lag'],
        ['a', '7'],
        ['longer', '1234'],
      ],
      [1],
    ),
  ).toBe('name     lag\na          7\nlonger  1234');
});

test.each([
  [999, '0 MB'],
  [34_400_000, '34 MB'],
  [1_250_000_000, '1.3 GB'],
])('%i bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [59_900, '59 s'],
  [61_000, '1 min'],
  [(5 * 60 + 3) * 60_000, '5 h 3 min'],
  [52 * 3_600_000, '2 d 4 h'],
])('%i ms are %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
