import { randomUUID } from 'node:crypto';
import { connect, createServer, type AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openRedis, openRedisOrCluster } from './client.ts';

const url = (): string => {
  const redisUrl = process.env['REDIS_URL'];
  if (redisUrl === undefined || redisUrl === '')
    throw new Error('REDIS_URL is not set: these tests need a real Redis or Valkey');
  return redisUrl;
};

/** A way to the real server that breaks right after `text` has passed through to it. */
async function breakingAfter(text: string): Promise<string> {
  const target = new URL(url());
  let broken = false;
  const proxy = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    const forward = (bytes: Buffer): void => void client.write(bytes);
    let last = false;
    server.on('error', () => client.destroy()).on('data', forward);
    client.on('error', () => server.destroy());
    client.on('close', () => !last && server.destroy());
    client.on('data', (bytes) => {
      last = !broken && bytes.includes(text);
      if (!last) return void server.write(bytes);
      broken = true;
      server.off('data', forward).resume();
      server.end(bytes);
      client.destroy();
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  const through = new URL(target);
  through.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return through.href;
}

test('a command whose answer is lost rejects and is never sent again; the next one goes through a new connection', async () => {
  const key = `t-${randomUUID()}`;
  const redis = openRedis(await breakingAfter(key));
  const direct = openRedis(url());
  onTestFinished(async () => {
    redis.disconnect();
    await direct.del(key);
    direct.disconnect();
  });
  const startedMs = performance.now();
  await expect(redis.incr(key)).rejects.toThrow('broke before the answer');
  expect(performance.now() - startedMs).toBeLessThan(2_000);
  await expect.poll(() => direct.get(key)).toBe('1');
  expect(await redis.incr(key)).toBe(2);
});

test('while the server is away a command waits for its time limit and then rejects', async () => {
  const failures: Error[] = [];
  const redis = openRedis('redis://127.0.0.1:1', { commandTimeoutMs: 200 }, (error) => failures.push(error));
  onTestFinished(() => redis.disconnect());
  await expect(redis.get('k')).rejects.toThrow('timed out');
  expect(failures[0]).toMatchObject({ code: 'ECONNREFUSED' });
});

describe('a client that finds out by itself what the server is', () => {
  test('is that of one server where it is no cluster; a command rejects at once while there is no connection', async () => {
    const key = `t-${randomUUID()}`;
    const redis = await openRedisOrCluster(await breakingAfter(key));
    onTestFinished(() => redis.disconnect());
    expect(redis).toBeInstanceOf(Redis);
    const startedMs = performance.now();
    await expect(redis.get(key)).rejects.toThrow('broke before the answer');
    await expect(redis.get(key)).rejects.toThrow();
    expect(performance.now() - startedMs).toBeLessThan(200);
    await expect.poll(() => redis.get(key).catch(() => 'no connection')).toBe(null);
  });

  test('waits for a server that is away, until it is told to give up', async () => {
    const giveUp = new AbortController();
    const opening = openRedisOrCluster('redis://127.0.0.1:1', { signal: giveUp.signal });
    setTimeout(() => giveUp.abort(new Error('enough')), 300);
    const startedMs = performance.now();
    await expect(opening).rejects.toThrow('enough');
    expect(performance.now() - startedMs).toBeGreaterThan(250);
  });

  test('is refused where the server refuses the user or password', async () => {
    const refused = new URL(url());
    refused.username = 'nobody';
    refused.password = 'wrong';
    await expect(openRedisOrCluster(refused.href)).rejects.toThrow('refuses the user or password');
  });
});
