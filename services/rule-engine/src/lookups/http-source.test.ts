/** Guards: what an event names as its key chooses nothing but what stands under it, and a key that is none says nothing against the source. */
import type { Lookup } from '@hermes/contracts/lookup';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HttpSource } from './http-source.ts';
import { UnfitQuestion } from './lookup-source.ts';
import { HeaderSeal } from './sealed-headers.ts';

const asked: (string | undefined)[] = [];
let server: Server;
const source = new HttpSource(new HeaderSeal(undefined), true);
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url);
    const status = Number(/status-([0-9]+)/u.exec(request.url ?? '')?.[1] ?? '200');
    response.writeHead(status).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await source.close();
  server.close();
});

const ask = (key: string) => {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}/customers/{key}/score`;
  const lookup: Extract<Lookup, { kind: 'http' }> = {
    ...{ kind: 'http', id: 'credit', version: 1, name: 'Credit', url },
    ...{ timeoutMs: 2_000, cacheSeconds: 0, fallback: null },
  };
  return source.ask(lookup, key, AbortSignal.timeout(2_000));
};

test.each([
  ['c-1', '/customers/c-1/score'],
  ['../admin', '/customers/..%2Fadmin/score'],
  ['a?b#c', '/customers/a%3Fb%23c/score'],
  ['%2e%2e', '/customers/%252e%252e/score'],
  ['...', '/customers/.../score'],
])('the key %s is one part of the path', async (key, path) => {
  asked.length = 0;
  expect(await ask(key)).toMatchObject({ kind: 'found' });
  expect(asked).toEqual([path]);
});

test.each(['.', '..', '\ud800'])('the key %j is asked of nobody', async (key) => {
  asked.length = 0;
  await expect(ask(key)).rejects.toBeInstanceOf(UnfitQuestion);
  expect(asked).toEqual([]);
});

test.each([
  [400, true],
  [422, true],
  [401, false],
  [429, false],
  [503, false],
  [302, false],
])('status %i is because of the key: %s', async (status, isOfTheKey) => {
  const error = await ask(`status-${String(status)}`).catch((thrown: unknown) => thrown);
  expect([error instanceof Error, error instanceof UnfitQuestion]).toEqual([true, isOfTheKey]);
});
