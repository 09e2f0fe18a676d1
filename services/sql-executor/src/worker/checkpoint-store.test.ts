import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CheckpointCodec, CheckpointStore, Fenced } from './checkpoint-store.ts';

interface Saved {
  readonly number: number;
  readonly epoch: number;
}

const MANIFESTS: CheckpointCodec<Saved> = {
  encode: (checkpoint) => Buffer.from(JSON.stringify(checkpoint)),
  decode: (bytes) => JSON.parse(bytes.toString()) as Saved,
  isBase: () => true,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoints-'));
});
afterEach(() => rm(folder, { recursive: true }));

const checkpoint = (number: number, epoch = 1): Saved => ({ number, epoch });

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

test('what was delivered is known to the next epoch, and to none that has a newer checkpoint', async () => {
  const first = await CheckpointStore.open(folder, 1, MANIFESTS);
  expect(first.isDelivered).toBe(false);
  await first.store.write(checkpoint(1));
  await first.store.markDelivered(1);
  const second = await CheckpointStore.open(folder, 2, MANIFESTS);
  expect(second.isDelivered).toBe(true);
  await second.store.write(checkpoint(2, 2));
  // One that has been passed notes nothing any more.
  await first.store.markDelivered(9);
  const third = await CheckpointStore.open(folder, 3, MANIFESTS);
  expect(third.isDelivered).toBe(false);
  await second.store.markDelivered(2);
  expect((await CheckpointStore.open(folder, 4, MANIFESTS)).isDelivered).toBe(false);
});
