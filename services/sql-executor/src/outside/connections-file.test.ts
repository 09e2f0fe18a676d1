import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectionsOf } from './connections-file.ts';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'connections-'));
  file = join(folder, 'connections.json');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a project has the connections that name it, with user and password in the URL, and no other', async () => {
  await writeFile(
    file,
    JSON.stringify({
      shop: { url: 'jdbc:postgresql://db:5432/shop', username: 'a:b', password: 'p@/ss', projects: ['p1'] },
      cache: { url: 'rediss://cache:6380/2', projects: 'all' },
    }),
  );
  expect(await connectionsOf(file, 'p1')).toEqual({
    shop: 'postgresql://a%3Ab:p%40%2Fss@db:5432/shop',
    cache: 'rediss://cache:6380/2',
  });
  expect(await connectionsOf(file, 'p2')).toEqual({ cache: 'rediss://cache:6380/2' });
  expect(await connectionsOf(null, 'p1')).toEqual({});
});

test.each([
  ['no JSON', '{"shop": {"password": "sesame"', /is no JSON/],
  ['a field that there is not', '{"shop":{"url":"redis://h","secret":"sesame","projects":"all"}}', /wrong at shop/],
  ['no project', '{"shop":{"url":"redis://h","password":"sesame"}}', /wrong at shop\.projects/],
  ['no URL', '{"shop":{"url":"sesame","projects":"all"}}', /wrong at shop\.url/],
])('a file with %s is told by its place, without what is in it', async (_, text, expected) => {
  await writeFile(file, text);
  const message = await connectionsOf(file, 'p1').then(
    () => '',
    (error: unknown) => String(error),
  );
  expect(message).toMatch(expected);
  expect(message).not.toContain('sesame');
  await expect(connectionsOf(join(folder, 'none'), 'p1')).rejects.toThrow(
    'SQL_CONNECTIONS_FILE cannot be read: ENOENT',
  );
});
