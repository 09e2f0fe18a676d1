import { expect, test } from 'vitest';
import { HeaderSeal } from './sealed-headers.ts';

const SECRET = 'a-secret-of-more-than-32-characters-of-text';
const headers = { authorization: 'Bearer very-secret' };

test('headers come out as they went in, and stand nowhere in what is kept', () => {
  const seal = new HeaderSeal(SECRET);
  const sealed = seal.seal(headers);
  expect(seal.open(sealed)).toEqual(headers);
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('secret');
  expect(seal.seal(headers)).not.toBe(sealed);
});

test('what was sealed with another secret, or was changed, is not opened', () => {
  const sealed = new HeaderSeal(SECRET).seal(headers);
  expect(new HeaderSeal(`${SECRET}!`).open(sealed)).toBeUndefined();
  expect(new HeaderSeal(undefined).open(sealed)).toBeUndefined();
  const bytes = Buffer.from(sealed, 'base64url');
  bytes[bytes.length - 1]! ^= 1;
  expect(new HeaderSeal(SECRET).open(bytes.toString('base64url'))).toBeUndefined();
  expect(new HeaderSeal(SECRET).open('')).toBeUndefined();
});
