import { expect, test } from 'vitest';
import { isPlaceInList } from './place-in-list.ts';

test.each([
  ['2026-01-31T08:00:00.000Z/0a-b_C', true],
  ['2026-13-01T00:00:00.000Z/a', false],
  ['2026-02-30T00:00:00.000Z/a', false],
  ['2026-01-31T25:00:00.000Z/a', false],
  ['2026-01-31T08:00:00Z/a', false],
  ['2026-01-31T08:00:00.000Z/', false],
  ['2026-01-31T08:00:00.000Za', false],
  ['2026-01-31T08:00:00.000Z/a\u0000', false],
  ['2026-01-31T08:00:00.000Z/a b', false],
  ['', false],
])('a page before %j: %s', (text, is) => {
  expect(isPlaceInList(text)).toBe(is);
});
