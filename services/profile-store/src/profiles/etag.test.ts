import { expect, test } from 'vitest';
import { matchesEtag } from './etag.ts';

test.each([
  ['no header', undefined, false],
  ['the tag', '"1-a"', true],
  ['the tag, weakened by a proxy', 'W/"1-a"', true],
  ['the tag among others', '"x", "1-a"', true],
  ['any', '*', true],
  ['another tag', '"1-b"', false],
  ['nothing', '', false],
])('If-None-Match with %s', (_, header, matches) => expect(matchesEtag(header, '"1-a"')).toBe(matches));
