import { openRedis } from '@hermes/connectors/redis/client';
import type { Lookup } from '@hermes/contracts/lookup';
import { serverUrl } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisSource } from './redis-source.ts';

const redis = openRedis(serverUrl('REDIS_URL'));
const source = new RedisSource({ crm: serverUrl('REDIS_URL') });
const prefix = `lookup-test-${String(process.pid)}`;
beforeAll(async () => {
  await redis.set(`${prefix}:text`, 'gold');
  await redis.set(`${prefix}:json`, '{"score":7}');
  await redis.set(`${prefix}:long`, 'x'.repeat(20_000));
  await redis.hset(`${prefix}:hash`, { score: '7', level: 'gold' });
});
afterAll(async () => {
  await redis.del(['text', 'json', 'long', 'hash'].map((name) => `${prefix}:${name}`));
  redis.disconnect();
  source.close();
});

const lookup = (as: 'text' | 'json' | 'hash', server = 'crm'): Extract<Lookup, { kind: 'redis' }> => ({
  kind: 'redis',
  id: 'level',
  version: 1,
  name: 'Level',
  timeoutMs: 100,
  cacheSeconds: 0,
  fallback: null,
  server,
  key: `${prefix}:{key}`,
  as,
});

test.each([
  ['text', 'text', 'gold'],
  ['json', 'json', { score: 7 }],
  ['hash', 'hash', { score: '7', level: 'gold' }],
] as const)('a value kept as %s is answered', async (as, key, value) => {
  expect(await source.ask(lookup(as), key)).toMatchObject({ kind: 'found', value });
});

test.each(['text', 'json', 'hash'] as const)('where there is none (%s), that is the answer', async (as) => {
  expect(await source.ask(lookup(as), 'nothing')).toEqual({ kind: 'missing' });
});

test('what is no answer is an error in words, and so is a server that nobody has named', async () => {
  await expect(source.ask(lookup('json'), 'text')).rejects.toThrow('no JSON');
  await expect(source.ask(lookup('text'), 'long')).rejects.toThrow('more than');
  await expect(source.ask(lookup('hash'), 'text')).rejects.toThrow('WRONGTYPE');
  await expect(source.ask(lookup('text', '__proto__'), 'text')).rejects.toThrow('no server "__proto__"');
});
