import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CheckpointStore, Fenced } from './checkpoint-store.ts';
import { type Checkpoint, decodeManifest, encodeManifest, MANIFESTS } from './manifest.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoints-'));
});
afterEach(() => rm(folder, { recursive: true }));

const checkpoint = (number: number, epoch = 1): Checkpoint => ({
  run: 'j-1-v1',
  epoch,
  number,
  at: '2026-01-01T00:00:00.000Z',
  topic: 'demo.events',
  topicId: 'id',
  offsets: new Map([
    [0, 12],
    [7, 9007199254740990],
  ]),
  origins: new Map([
    [
      0,
      new Map([
        ['ingest/demo/0/b', 9007199254740990],
        ['7', 1],
        ['__proto__', 2],
      ]),
    ],
    [7, new Map()],
  ]),
  rowsWritten: 3,
  state: Uint8Array.of(1, 2, 3),
  blocks: [
    { rows: 2, bytes: Buffer.from('["a"]\n["b"]\n') },
    { rows: 1, bytes: Buffer.from('["二手房"]\n') },
  ],
});

test('what was written is read back byte for byte', () => {
  const { state, ...rest } = decodeManifest(encodeManifest(checkpoint(1)));
  const { state: wanted, ...others } = checkpoint(1);
  expect(rest).toEqual(others);
  expect([...state]).toEqual([...wanted]);
  expect([...rest.origins.get(0)!.keys()]).toEqual(['ingest/demo/0/b', '7', '__proto__']);
});

test('a file of before there were origins is read, with none', () => {
  const now = encodeManifest({ ...checkpoint(1), origins: new Map() });
  const length = now.readUInt32LE(11);
  const header = Buffer.from(
    now
      .subarray(15, 15 + length)
      .toString()
      .replace('"origins":[],', ''),
  );
  expect(header.length).toBeLessThan(length);
  const lengthThen = Buffer.alloc(4);
  lengthThen.writeUInt32LE(header.length);
  const body = Buffer.concat([now.subarray(0, 11), lengthThen, header, now.subarray(15 + length, -4)]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(body));
  expect(decodeManifest(Buffer.concat([body, sum]))).toMatchObject({
    offsets: checkpoint(1).offsets,
    origins: new Map(),
  });
});

test('a damaged file is not taken for a checkpoint', () => {
  const bytes = encodeManifest(checkpoint(1));
  bytes[40]! ^= 1;
  expect(() => decodeManifest(bytes)).toThrow('damaged');
  expect(() => decodeManifest(bytes.subarray(0, 5))).toThrow('not a checkpoint');
});

test('a new epoch goes on with the newest checkpoint of those before', async () => {
  const first = await CheckpointStore.open(folder, 1, MANIFESTS);
  expect(first.newest).toBeUndefined();
  for (const number of [1, 2, 3]) await first.store.write(checkpoint(number));
  const second = await CheckpointStore.open(folder, 2, MANIFESTS);
  expect(second.newest?.number).toBe(3);
  await second.store.write(checkpoint(4, 2));
  expect((await CheckpointStore.open(folder, 3, MANIFESTS)).newest).toMatchObject({ number: 4, epoch: 2 });
});

test('an epoch that has been passed writes nothing any more, and knows it', async () => {
  const { store: old } = await CheckpointStore.open(folder, 1, MANIFESTS);
  await old.write(checkpoint(1));
  const { store } = await CheckpointStore.open(folder, 2, MANIFESTS);
  await expect(old.write(checkpoint(2))).rejects.toThrow(Fenced);
  expect(await old.holds()).toBe(false);
  await store.write(checkpoint(2, 2));
  expect((await CheckpointStore.open(folder, 3, MANIFESTS)).newest).toMatchObject({ number: 2, epoch: 2 });
});

test('an epoch that is not above all others is refused, also when theirs were fenced', async () => {
  await CheckpointStore.open(folder, 5, MANIFESTS);
  await expect(CheckpointStore.open(folder, 5, MANIFESTS)).rejects.toThrow(Fenced);
  await expect(CheckpointStore.open(folder, 4, MANIFESTS)).rejects.toThrow(Fenced);
  await rename(join(folder, '5'), join(folder, '5.fenced'));
  await expect(CheckpointStore.open(folder, 5, MANIFESTS)).rejects.toThrow(Fenced);
});

test('a checkpoint number is given once', async () => {
  const { store } = await CheckpointStore.open(folder, 1, MANIFESTS);
  await store.write(checkpoint(1));
  await expect(store.write(checkpoint(1))).rejects.toThrow(Fenced);
});

test('the newest few are kept, over epochs', async () => {
  const { store: old } = await CheckpointStore.open(folder, 1, MANIFESTS);
  for (const number of [1, 2, 3]) await old.write(checkpoint(number));
  const { store } = await CheckpointStore.open(folder, 2, MANIFESTS);
  await store.write(checkpoint(4, 2));
  await store.prune(2);
  expect((await CheckpointStore.open(folder, 3, MANIFESTS)).newest?.number).toBe(4);
  await expect(CheckpointStore.open(folder, 1, MANIFESTS)).rejects.toThrow(Fenced);
});

test('of two owners that race, one at most writes a number', async () => {
  for (let round = 0; round < 30; round++) {
    const run = join(folder, `race-${round}`);
    const { store: old } = await CheckpointStore.open(run, 1, MANIFESTS);
    await old.write(checkpoint(1));
    const [written, opened] = await Promise.all([
      old.write(checkpoint(2)).then(
        () => true,
        () => false,
      ),
      CheckpointStore.open(run, 2, MANIFESTS),
    ]);
    // What the old owner was told is durable is what the new one knows.
    if (written) expect(opened.newest?.number).toBe(2);
  }
});
