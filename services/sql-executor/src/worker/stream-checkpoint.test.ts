import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Position } from '../connectors/connector.ts';
import { CheckpointStore } from './checkpoint-store.ts';
import { STREAM_CHECKPOINTS, type StreamCheckpoint } from './stream-checkpoint.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoints-'));
});
afterEach(() => rm(folder, { recursive: true }));

const checkpoint = (number: number, kind: 'full' | 'changes' = 'full'): StreamCheckpoint => ({
  run: 'j-1-v1',
  epoch: 1,
  number,
  at: '2026-01-01T00:00:00.000Z',
  positions: new Map<number, ReadonlyMap<number, Position>>([
    [0, new Map([[7, { topicId: 'x', offset: 9_007_199_254_740_990, origins: [['__proto__', 2]] }]])],
    [3, new Map([[0, null]])],
  ]),
  state: { kind, bytes: Buffer.from(`state ${number}`) },
  counts: { rowsWritten: number },
  blocks: new Map([
    [5, [{ rows: 2, bytes: Buffer.from('["a"]\n["二手房"]\n') }]],
    [6, []],
  ]),
});

const open = (epoch: number): ReturnType<typeof CheckpointStore.open<StreamCheckpoint>> =>
  CheckpointStore.open(join(folder, 'run'), epoch, STREAM_CHECKPOINTS);

test('what was written is read back byte for byte, and no byte may change', () => {
  const bytes = STREAM_CHECKPOINTS.encode(checkpoint(1));
  expect(STREAM_CHECKPOINTS.decode(bytes)).toEqual(checkpoint(1));
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 0x20;
    expect(() => STREAM_CHECKPOINTS.decode(damaged)).toThrow();
    expect(() => STREAM_CHECKPOINTS.decode(bytes.subarray(0, at))).toThrow();
  }
});

test('a run goes on from the newest whole state and all changes after it, over epochs', async () => {
  const first = await open(1);
  expect(first.chain).toEqual([]);
  await first.store.write(checkpoint(1));
  await first.store.write(checkpoint(2, 'changes'));
  await first.store.write(checkpoint(3));
  await first.store.write(checkpoint(4, 'changes'));
  const second = await open(2);
  expect(second.chain.map(({ number }) => number)).toEqual([3, 4]);
  await second.store.write(checkpoint(5, 'changes'));
  expect((await open(3)).chain.map(({ number }) => number)).toEqual([3, 4, 5]);
});

test('what is deleted is never what a kept checkpoint stands on', async () => {
  const { store } = await open(1);
  for (const number of [1, 2, 3, 4, 5, 6, 7, 8])
    await store.write(checkpoint(number, number % 4 === 1 ? 'full' : 'changes'));
  await store.prune(3);
  expect((await readdir(join(folder, 'run', '1'))).map(Number)).toEqual([5, 6, 7, 8]);
  const after = await open(2);
  await after.store.write(checkpoint(9));
  await after.store.write(checkpoint(10, 'changes'));
  await after.store.prune(3);
  expect((await open(3)).chain.map(({ number }) => number)).toEqual([9, 10]);
  expect(await readdir(join(folder, 'run', '1.fenced'))).toEqual([
    '000000000005',
    '000000000006',
    '000000000007',
    '000000000008',
  ]);
});

test('a checkpoint that is missing between others is told, and nothing goes on without it', async () => {
  const { store } = await open(1);
  for (const number of [1, 2, 3]) await store.write(checkpoint(number, number === 1 ? 'full' : 'changes'));
  await rm(join(folder, 'run', '1', '000000000002'));
  await expect(open(2)).rejects.toThrow('checkpoint 2 of the run is missing');
});

test('a file of another format is told from one that is no checkpoint at all', () => {
  const bytes = STREAM_CHECKPOINTS.encode(checkpoint(1));
  expect(() => STREAM_CHECKPOINTS.decode(Buffer.from(`HERMESCKP1\n${bytes.toString('latin1', 11)}`, 'latin1'))).toThrow(
    'another version of Hermes',
  );
  expect(() => STREAM_CHECKPOINTS.decode(Buffer.from('something else altogether'))).toThrow('not a checkpoint');
});
