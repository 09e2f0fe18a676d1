/** Guards: what is read as a key is the same when it has been the key of a record. */
import { expect, test } from 'vitest';
import { keyReader } from './key-reader.ts';

const read = keyReader({ entity: 'listing', path: '$.data.listing' });

test.each<readonly [unknown, string | undefined]>([
  ['l-17', 'listing:l-17'],
  [17, 'listing:17'],
  ['房源-1', 'listing:房源-1'],
  ['😀', 'listing:😀'],
  ['\ud83d', undefined],
  ['a\udc00b', undefined],
  ['two words', undefined],
  ['', undefined],
  [true, undefined],
  [undefined, undefined],
])('%j is the key %s', (listing, key) => {
  expect(read({ data: { listing } })).toBe(key);
  if (key !== undefined) expect(Buffer.from(key).toString()).toBe(key);
});
