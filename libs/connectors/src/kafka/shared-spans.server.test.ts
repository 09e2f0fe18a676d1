import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { driverNames, openFixture, until } from './contract-fixture.ts';
import type { PartitionReader, SpanBatch } from './driver.ts';
import { shareSpans } from './shared-spans.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Bytes that this process has read since it began, sockets included. */
const bytesRead = (): number => Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);

const offsetsOf = ({ records }: SpanBatch): number[] =>
  records.spans.flatMap((spans) => [...spans.offsets.subarray(0, spans.count)]);

const AT_ONCE = 2_000;
const WITHIN_MS = 60_000;

// One after the other: what other tests read would be counted too.
describe.each(driverNames)('readers of one topic that share its fetches through %s', (name) => {
  const fixture = openFixture(name);
  const { kafka } = fixture;
  afterAll(() => fixture.close());

  const write = async (topic: string, count: number, bytes = 50): Promise<void> => {
    const producer = await kafka.producer();
    const message = { topic, partition: 0, key: null, value: 'x'.repeat(bytes) };
    for (let i = 0; i < count; i += AT_ONCE)
      await producer.send(Array.from({ length: Math.min(AT_ONCE, count - i) }, () => message));
    await producer.close();
  };

  function readers(topic: string, count: number, each: (reader: number) => Promise<void> = async () => undefined) {
    const shared = shareSpans(kafka);
    const seen: number[][] = Array.from({ length: count }, () => []);
    const opened: PartitionReader[] = seen.map((offsets, reader) => {
      let running = 0;
      return shared.readSpans({
        topic,
        patience: { maxWaitMs: 50, maxPartitionBytes: 8_000_000 },
        onStopped: (_, { cause }) => expect.unreachable(String(cause)),
        onBatch: async (batch) => {
          expect(running++).toBe(0);
          await each(reader);
          offsets.push(...offsetsOf(batch));
          running--;
        },
      });
    });
    const close = (): Promise<unknown> => Promise.all(opened.map((reader) => reader.close()));
    return { seen, opened, close };
  }

  const from = (first: number, end: number): number[] => Array.from({ length: end - first }, (_, i) => first + i);

  test('bytes come once for all that start together, whoever takes longer', async () => {
    const topic = await fixture.topic();
    await write(topic, 5_000, 1_000);
    const { seen, opened, close } = readers(topic, 4, (reader) => sleep(reader));
    const before = bytesRead();
    for (const [i, reader] of opened.entries()) reader.start(0, 10 * i);
    await until(() => seen.every((offsets) => offsets.at(-1) === 4_999), 'all is read', WITHIN_MS);
    const mb = (bytesRead() - before) / 1e6;
    await close();
    seen.forEach((offsets, i) => expect(offsets).toEqual(from(10 * i, 5_000)));
    expect(mb).toBeGreaterThan(5);
    expect(mb).toBeLessThan(8);
  });

  test('readers that begin far apart meet, and each record comes to each once, in order, meanwhile and afterwards', async () => {
    const topic = await fixture.topic();
    await write(topic, 60_000);
    const { seen, opened, close } = readers(topic, 2);
    opened[0]!.start(0, 0);
    opened[1]!.start(0, 59_000);
    await until(() => seen.every((offsets) => offsets.at(-1) === 59_999), 'all is read', WITHIN_MS);
    const before = bytesRead();
    await write(topic, 4_000, 1_000);
    await until(() => seen.every((offsets) => offsets.at(-1) === 63_999), 'what came later is read', WITHIN_MS);
    const mb = (bytesRead() - before) / 1e6;
    await close();
    expect(seen[0]).toEqual(from(0, 64_000));
    expect(seen[1]).toEqual(from(59_000, 64_000));
    expect(mb).toBeLessThan(6);
  });

  test('one ends, or begins elsewhere, and the others go on', async () => {
    const topic = await fixture.topic();
    await write(topic, 2_000);
    const { seen, opened, close } = readers(topic, 3);
    for (const reader of opened) reader.start(0, 0);
    await until(() => seen.every((offsets) => offsets.at(-1) === 1_999), 'all is read', WITHIN_MS);
    await opened[0]!.stop(0);
    opened[1]!.start(0, 1_500);
    await write(topic, 100);
    await until(() => seen.slice(1).every((offsets) => offsets.at(-1) === 2_099), 'the others have read on', WITHIN_MS);
    expect(seen[0]).toEqual(from(0, 2_000));
    expect(seen[1]).toEqual([...from(0, 2_000), ...from(1_500, 2_100)]);
    expect(seen[2]).toEqual(from(0, 2_100));
    await close();
  });
});
