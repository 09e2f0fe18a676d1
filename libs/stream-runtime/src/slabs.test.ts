import { expect, test } from 'vitest';
import { type Slab, Slabs } from './slabs.ts';

interface Owner {
  slab: Slab<Owner> | null;
  memory: Buffer;
}

const SLAB_BYTES = 1_024;
const slabs = new Slabs<Owner>(SLAB_BYTES);

function take(bytes: number, from = slabs): Owner {
  const owner: Owner = { slab: null, memory: Buffer.alloc(0) };
  const { memory, slab } = from.allocate(owner, bytes);
  if (slab !== null) from.retain(slab, bytes);
  return Object.assign(owner, { memory, slab });
}

test('memory that was given to one is given to nobody else', () => {
  const owners = Array.from({ length: 50 }, (_, i) => take(65 + (i % 60)));
  owners.forEach(({ memory }, i) => memory.fill(i));
  owners.forEach(({ memory }, i) => expect(memory.every((byte) => byte === i)).toBe(true));
});

test('values of a few bytes and large ones have memory of their own', () => {
  for (const bytes of [0, 1, 64, SLAB_BYTES / 8 + 1, 5_000]) {
    const { memory, slab } = take(bytes);
    expect({ length: memory.length, slab }).toEqual({ length: bytes, slab: null });
  }
  expect(take(65).slab).not.toBeNull();
  expect(take(SLAB_BYTES / 8).slab).not.toBeNull();
});

test('a slab less than half of which is in use is told of once, but not while it is being filled', () => {
  const own = new Slabs<Owner>(SLAB_BYTES);
  const first = Array.from({ length: 8 }, () => take(128, own));
  const { slab } = first[0]!;
  for (const owner of first.slice(0, 5)) own.release(owner.slab!, 128);
  expect(own.nextSparse()).toBeUndefined();
  const next = take(128, own);
  expect(next.slab).not.toBe(slab);
  expect(own.nextSparse()).toBe(slab);
  own.release(slab!, 128);
  expect(own.nextSparse()).toBeUndefined();
  expect(slab!.owners).toEqual(first);
});

test('a slab half of which is in use stays', () => {
  const own = new Slabs<Owner>(SLAB_BYTES);
  const first = Array.from({ length: 8 }, () => take(128, own));
  take(128, own);
  for (const owner of first.slice(0, 4)) own.release(owner.slab!, 128);
  expect(own.nextSparse()).toBeUndefined();
  own.release(first[4]!.slab!, 128);
  expect(own.nextSparse()).toBe(first[0]!.slab);
});
