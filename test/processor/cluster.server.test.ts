import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectedOf, type Sent } from '@hermes/stream-runtime/testing/tally-model';
import { eventually } from '@hermes/stream-runtime/testing/servers';
import { TallyRoom } from '@hermes/stream-runtime/testing/tally-room';
import { freePort, newPasswords } from '@hermes/stack/parts/instance';
import { valkey } from '@hermes/stack/parts/valkey';
import { spawnGuarded } from '@hermes/stack/process/guarded-spawn';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';

const SLOTS = 16_384;
const NODES = 3;
let dataDir: string;
let ports: number[];
const nodes: ReturnType<typeof spawnGuarded>[] = [];

const ask = async <T>(port: number, work: (redis: Redis) => Promise<T>): Promise<T> => {
  const redis = new Redis(port, '127.0.0.1');
  redis.on('error', () => undefined);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
};

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hermes-cluster-'));
  const home = await valkey.install(() => undefined);
  ports = [];
  for (let i = 0; i < NODES; i++) {
    const instance = {
      dataDir: join(dataDir, String(i)),
      port: await freePort(),
      controllerPort: 0,
      passwords: newPasswords(),
    };
    await valkey.prepare(instance, home);
    const [program, ...flags] = valkey.command(instance, home).argv;
    const clustered = ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort()), '--databases', '1'];
    const argv: [string, ...string[]] = [program, ...flags, ...clustered];
    const child = spawnGuarded({ ...valkey.command(instance, home), argv }, join(dataDir, `${i}.log`));
    child.unref();
    nodes.push(child);
    ports.push(instance.port);
    await eventually('a node answers', async () => ((await valkey.answers(valkey.url(instance))) ? true : undefined));
  }
  const busPorts = await Promise.all(
    ports.map((port) =>
      ask(port, async (redis) => Number(/@(\d+)/.exec(String(await redis.call('CLUSTER', 'NODES')))![1])),
    ),
  );
  for (const [i, port] of ports.entries()) {
    await ask(port, async (redis) => {
      const first = Math.floor((SLOTS * i) / NODES);
      await redis.call('CLUSTER', 'ADDSLOTSRANGE', first, Math.floor((SLOTS * (i + 1)) / NODES) - 1);
      for (const [k, other] of ports.entries())
        if (k > i) await redis.call('CLUSTER', 'MEET', '127.0.0.1', other, busPorts[k]!);
    });
  }
  for (const port of ports) {
    await eventually('the cluster is whole', () =>
      ask(port, async (redis) => {
        const info = String(await redis.call('CLUSTER', 'INFO'));
        return info.includes('cluster_state:ok') && info.includes(`cluster_size:${NODES}`) ? true : undefined;
      }),
    );
  }
}, 120_000);

afterAll(async () => {
  for (const node of nodes) node.kill('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

test('on a cluster of three masters each partition works on the master of its slot, and every record counts once', async () => {
  const room = await TallyRoom.open(8, { redisUrl: `redis://127.0.0.1:${ports[0]}`, cluster: true });
  await room.start();
  const sent: Sent[] = Array.from({ length: 600 }, (_, i) => ({
    key: `k:${(i * 7) % 60}`,
    command: { do: 'add', amount: i },
  }));
  await room.send(sent);
  await room.settled();
  expect(await room.found(sent)).toEqual(expectedOf(sent));
  const sizes = await Promise.all(ports.map((port) => ask(port, (redis) => redis.dbsize())));
  expect(sizes.filter((size) => size > 0).length).toBeGreaterThan(1);
  await room.close();
}, 60_000);
