import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeBody } from './request-body.ts';

const LIMIT = 10_000;

test('a body comes out as it went in, plain or gzipped, whatever its script', async () => {
  const value = [{ title: '签约成交', emoji: '\u{1f3e0}' }];
  const bytes = Buffer.from(JSON.stringify(value));
  expect(await decodeBody(bytes, undefined, LIMIT)).toEqual(value);
  expect(await decodeBody(gzipSync(bytes), 'GZIP', LIMIT)).toEqual(value);
});

test.each([
  [
    'a small body that unpacks into a large one is stopped at the limit',
    gzipSync(Buffer.alloc(1_000_000, ' ')),
    'gzip',
    413,
  ],
  ['a body that is not gzip', Buffer.from('[]'), 'gzip', 400],
  ['an encoding that is not known', Buffer.from('[]'), 'br', 415],
  ['broken JSON', Buffer.from('[{'), undefined, 400],
])('%s is refused', async (_, bytes, encoding, status) => {
  await expect(decodeBody(bytes, encoding, LIMIT)).rejects.toMatchObject({ fields: { status } });
});
