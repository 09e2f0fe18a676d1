import { openRedisOrCluster } from '@hermes/connectors/redis/client';
import { partitionTag, stateKey } from '@hermes/stream-runtime/state-keys';
import { injectAll, injectedKey } from '@hermes/stream-runtime/testing/tally-injections';
import { expectedOf, type Sent } from '@hermes/stream-runtime/testing/tally-model';
import { emptyTally } from '@hermes/stream-runtime/testing/tally';
import { JOB, TallyRoom } from '@hermes/stream-runtime/testing/tally-room';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ValkeyCluster } from './valkey-cluster.ts';

const PARTITIONS = 8;
let cluster: ValkeyCluster;
let room: TallyRoom | undefined;

beforeAll(async () => {
  cluster = await ValkeyCluster.start();
}, 120_000);
afterEach(async () => {
  await room?.close();
  room = undefined;
});
afterAll(() => cluster?.close());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const wave = (from: number): Sent[] =>
  Array.from({ length: 60 }, (_, i) => ({
    key: `k:${(i * 7) % 60}`,
    command: i === 20 ? { do: 'reject' } : { do: i % 2 === 0 ? 'add' : 'append', amount: from + i },
  }));

test('on a cluster of three masters each partition works on the master of its slot, and every record counts once', async () => {
  room = await TallyRoom.open(PARTITIONS, { redisUrl: cluster.url, cluster: true });
  await room.start();
  const sent: Sent[] = Array.from({ length: 600 }, (_, i) => ({
    key: `k:${(i * 7) % 60}`,
    command: { do: 'add', amount: i },
  }));
  await room.send(sent);
  await room.settled();
  expect(await room.found(sent)).toEqual(expectedOf(sent));
  const sizes = await Promise.all([0, 1, 2].map((node) => cluster.ask(node, (redis) => redis.dbsize())));
  expect(sizes.filter((size) => size > 0).length).toBeGreaterThan(1);
}, 60_000);

test.each([
  { way: 'key by key', move: (slot: number, to: number) => cluster.moveKeyByKey(slot, to) },
  // Longer than a command waits for it.
  { way: 'slowly', move: (slot: number, to: number) => cluster.moveKeyByKey(slot, to, 400), moved: 3 },
  { way: 'at once', move: (slot: number, to: number) => cluster.moveAtOnce(slot, to) },
])(
  'slots of partitions under load that are moved $way: the processor goes on, and every record and injection counts once',
  async ({ move, moved = PARTITIONS }) => {
    const here = await TallyRoom.open(PARTITIONS, { redisUrl: cluster.url, cluster: true });
    room = here;
    const stops: string[] = [];
    const quiet = { logger: { info: () => undefined, warn: () => undefined, error: () => undefined } };
    const processor = await here.start(quiet, { onStopped: ({ code }) => void stops.push(code) });
    const reader = await openRedisOrCluster(cluster.url, { commandTimeoutMs: 2_000 });
    const sent: Sent[] = [];
    let moving = true;
    const feeding = (async () => {
      while (moving) {
        const more = wave(sent.length);
        sent.push(...more);
        await here.send(more);
        await pause(20);
      }
    })();
    const reads = { done: 0, longestMs: 0, failed: [] as string[] };
    const reading = (async () => {
      while (moving) {
        const p = reads.done % PARTITIONS;
        const startedAt = performance.now();
        await reader
          .get(stateKey(JOB, here.address.name, p, injectedKey(p)))
          .catch((error: Error) => reads.failed.push(error.message));
        reads.done += 1;
        reads.longestMs = Math.max(reads.longestMs, performance.now() - startedAt);
        await pause(5);
      }
    })();
    const injecting = injectAll(processor, here.address, 100);
    await pause(300);
    const moves: number[] = [];
    for (let round = 0; round < 2; round++) {
      for (let p = 0; p < moved; p++) {
        const slot = await cluster.slotOf(partitionTag(JOB, here.address.name, p));
        const startedAt = performance.now();
        const to = ((await cluster.ownerOf(slot)) + 1) % 3;
        // A node that never had a partition of this build.
        await cluster.ask(to, (redis) => redis.call('FUNCTION', 'FLUSH'));
        await move(slot, to);
        moves.push(Math.round(performance.now() - startedAt));
        await pause(50);
      }
    }
    const movedAt = performance.now();
    moving = false;
    await Promise.all([feeding, reading, injecting]);
    await here.settled();
    const settledMs = performance.now() - movedAt;
    const found = await here.found(sent);
    for (let p = 0; p < PARTITIONS; p++) {
      expect(await here.tally(injectedKey(p), p)).toEqual({ ...emptyTally(), count: 100, sum: 5_050 });
      expect(found.outputs.get(injectedKey(p))).toHaveLength(100);
      found.outputs.delete(injectedKey(p));
    }
    expect(found).toEqual(expectedOf(sent));
    expect(stops).toEqual([]);
    expect(reads.failed).toEqual([]);
    if (process.env['HERMES_FIGURES'] !== undefined) console.log({ sent: sent.length, moves, settledMs, reads });
    reader.disconnect();
  },
  120_000,
);

test('a reader is told at once that a node is away, and goes on reading from the others', async () => {
  const reader = await openRedisOrCluster(cluster.url, { commandTimeoutMs: 2_000 });
  const keys = new Map<number, string>();
  for (let i = 0; keys.size < 3; i++) keys.set(await cluster.ownerOf(await cluster.slotOf(`k${i}`)), `k${i}`);
  await Promise.all([...keys.values()].map((key) => reader.set(key, 'x')));
  cluster.kill(2);
  await pause(100);
  for (let i = 0; i < 20; i++) {
    const startedAt = performance.now();
    await expect(reader.get(keys.get(2)!)).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(await reader.get(keys.get(0)!)).toBe('x');
    expect(await reader.get(keys.get(1)!)).toBe('x');
  }
  reader.disconnect();
}, 60_000);
