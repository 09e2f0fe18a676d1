import fc from 'fast-check';
import { expect, test } from 'vitest';
import { etagOf, matchesEtag } from './etag.ts';

test.each([
  ['no header', undefined, false],
  ['the tag', '"1-a"', true],
  ['the tag, weakened by a proxy', 'W/"1-a"', true],
  ['the tag among others', '"x", "1-a"', true],
  ['any', '*', true],
  ['another tag', '"1-b"', false],
  ['nothing', '', false],
])('If-None-Match with %s', (_, header, matches) => expect(matchesEtag(header, '"1-a"')).toBe(matches));

test('a tag is a quoted token, the same for the same text whatever was tagged before it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme', maxLength: 300 }), (text, before) => {
      const tag = etagOf(text);
      etagOf(before);
      expect(etagOf(text)).toBe(tag);
      expect(tag).toMatch(/^"[0-9a-z]+-[0-9a-z]+"$/);
    }),
  );
});

test('texts of one length that differ in a character have different tags', () => {
  const text = JSON.stringify({ features: Array.from({ length: 20 }, (_, i) => ({ value: i, at: '2026-11-26' })) });
  const tags = new Set<string>([etagOf(text)]);
  for (let at = 0; at < text.length; at++) {
    for (const other of ['0', '7', 'z'].filter((one) => one !== text[at])) {
      tags.add(etagOf(text.slice(0, at) + other + text.slice(at + 1)));
    }
  }
  const different = 1 + [...text].reduce((sum, one) => sum + 3 - (['0', '7', 'z'].includes(one) ? 1 : 0), 0);
  expect(tags.size).toBe(different);
});

test('a text too long for the short way has a tag too', () => {
  const long = 'profile '.repeat(20_000);
  expect(etagOf(long)).not.toBe(etagOf(`${long.slice(0, -1)}.`));
});
