import { Worker } from 'node:worker_threads';
import { monotonicMs } from '@hermes/stream-runtime/state-mirror';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allocateShared, LANES } from './shared-memory.ts';
import { OURS_FOR_MS, SharedReader } from './shared-reader.ts';
import { SharedWriter } from './shared-writer.ts';

function ends(bytes: number) {
  const memory = allocateShared(bytes);
  return { memory, writer: new SharedWriter(memory), reader: new SharedReader(memory) };
}
const whole = (key: string, text: string) => ({ key, bytes: Buffer.from(text), sameBytes: 0 });
const one = (reader: SharedReader, key: string): string | undefined => reader.read([key])?.[0]?.toString();

describe('values in shared memory', () => {
  test('whatever was written, removed, grown and pushed out: a value that is answered is the last one committed', () => {
    const change = fc.record({
      partition: fc.nat({ max: 2 }),
      key: fc.nat({ max: 40 }),
      bytes: fc.option(fc.nat({ max: 700 }), { nil: undefined }),
      isAppended: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 8 }), { maxLength: 120 }), (steps) => {
        const { writer, reader } = ends(16_384);
        const partitions = ['x:', 'y:', '中:'].map((prefix) => ({ prefix, mirror: writer.open(prefix) }));
        const model = new Map<string, string>();
        for (const [number, step] of steps.entries()) {
          const { prefix, mirror } = partitions[step[0]!.partition]!;
          const changed = new Map<string, { bytes: Buffer | undefined; sameBytes: number }>();
          for (const { key, bytes, isAppended } of step) {
            const name = `${'k'.repeat(key % 5)}${String(key)}`;
            // One change a key in a step, as the runtime tells them.
            if (changed.has(name)) continue;
            const before = isAppended ? (model.get(prefix + name) ?? '') : '';
            const value =
              bytes === undefined ? undefined : before + Buffer.alloc(bytes, `${String(number)},`).toString();
            if (value === undefined) model.delete(prefix + name);
            else model.set(prefix + name, value);
            changed.set(name, {
              bytes: value === undefined ? undefined : Buffer.from(value),
              sameBytes: before.length,
            });
          }
          const changes = [...changed].map(([key, change]) => ({ key, ...change }));
          mirror.committed(monotonicMs(), changes);
          // What was written last is always there: the ring pushes out what is oldest.
          const last = changes.at(-1)!;
          const isKept = (last.bytes?.length ?? 0) < 700;
          if (isKept) expect(one(reader, prefix + last.key)).toBe(model.get(prefix + last.key));
          for (let key = 0; key <= 40; key++) {
            const name = `${prefix}${'k'.repeat(key % 5)}${String(key)}`;
            const found = one(reader, name);
            if (found !== undefined) expect(found).toBe(model.get(name));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('memory that is large enough forgets nothing', () => {
    const { writer, reader } = ends(1_048_576);
    const partition = writer.open('p:');
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 300; i++) {
        partition.committed(monotonicMs(), [
          { key: String(i), bytes: Buffer.alloc(200 + round * 20, i), sameBytes: 0 },
        ]);
      }
    }
    for (let i = 0; i < 300; i++) expect(reader.read([`p:${String(i)}`])?.[0]).toEqual(Buffer.alloc(240, i));
  });

  test('several values are answered together or not at all', () => {
    const { writer, reader } = ends(65_536);
    writer.open('p:').committed(monotonicMs(), [whole('a', '1'), whole('b', '2')]);
    expect(reader.read(['p:a', 'p:b'])?.map(String)).toEqual(['1', '2']);
    expect(reader.read(['p:a', 'p:c'])).toBeUndefined();
    expect(reader.read([])).toEqual([]);
  });

  test('an answer does not change with what is written after it', () => {
    const { writer, reader } = ends(65_536);
    const partition = writer.open('p:');
    partition.committed(monotonicMs(), [whole('a', 'old')]);
    const answered = reader.read(['p:a']);
    partition.committed(monotonicMs(), [whole('a', 'new')]);
    expect(answered?.map(String)).toEqual(['old']);
  });

  test('a value too large for the ring is not kept, and neither is the one before it', () => {
    const { writer, reader } = ends(65_536);
    const partition = writer.open('p:');
    partition.committed(monotonicMs(), [whole('a', 'small')]);
    partition.committed(monotonicMs(), [whole('a', '-'.repeat(40_000))]);
    expect(one(reader, 'p:a')).toBeUndefined();
  });
});

describe('a partition that may be somebody else’s', () => {
  const committed = whole('a', '1');

  test('is not answered from memory once it is closed', () => {
    const { writer, reader } = ends(65_536);
    const partition = writer.open('p:');
    partition.committed(monotonicMs(), [committed]);
    expect(one(reader, 'p:a')).toBe('1');
    partition.close();
    expect(one(reader, 'p:a')).toBeUndefined();
  });

  test('is not answered with what was committed before a newer claim', () => {
    const { writer, reader } = ends(65_536);
    writer.open('p:').committed(monotonicMs(), [committed]);
    const claimed = writer.open('p:');
    claimed.committed(monotonicMs(), [whole('b', '2')]);
    expect([one(reader, 'p:a'), one(reader, 'p:b')]).toEqual([undefined, '2']);
  });

  test('is not answered when the last step was sent too long ago; the next step brings all of it back', () => {
    const { writer, reader } = ends(65_536);
    const partition = writer.open('p:');
    partition.committed(monotonicMs() - OURS_FOR_MS - 1, [committed]);
    expect(one(reader, 'p:a')).toBeUndefined();
    partition.committed(monotonicMs(), []);
    expect(one(reader, 'p:a')).toBe('1');
  });

  test('says nothing when there are more partitions than memory has room to tell of', () => {
    const { writer, reader } = ends(65_536);
    const first = writer.open('p:');
    first.committed(monotonicMs(), [committed]);
    for (let i = 0; i < LANES; i++) writer.open(`other-${String(i)}:`);
    expect(one(reader, 'p:a')).toBeUndefined();
    first.committed(monotonicMs(), [committed]);
    expect(one(reader, 'p:a')).toBeUndefined();
  });
});

test('beside a thread that writes without a pause, values of one step are answered together, and whole', async () => {
  const memory = allocateShared(131_072);
  const reader = new SharedReader(memory);
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(new URL('./testing/writer-thread.ts', import.meta.url), { workerData: { memory, stop } });
  const written = new Promise<number>((resolve, reject) => thread.on('message', resolve).on('error', reject));
  const endMs = performance.now() + 400;
  let answered = 0;
  const steps = new Set<number>();
  // The thread may get little of a busy machine.
  const hasSeenEnough = (): boolean => answered > 100 && steps.size > 10;
  while (performance.now() < endMs || (!hasSeenEnough() && performance.now() < endMs + 10_000)) {
    if (answered === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    for (let i = 0; i < 200; i++) {
      const values = reader.read(['p:a', 'p:b']);
      if (values === undefined) continue;
      answered += 1;
      const [step] = values[0]!;
      steps.add(step!);
      expect(values.every((value) => value.every((byte) => byte === step))).toBe(true);
    }
  }
  Atomics.store(stop, 0, 1);
  expect(await written).toBeGreaterThan(100);
  expect(answered).toBeGreaterThan(100);
  expect(steps.size).toBeGreaterThan(10);
});
