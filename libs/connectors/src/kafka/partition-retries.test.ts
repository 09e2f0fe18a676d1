import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { KafkaAdmin } from './driver.ts';
import { PartitionRetries } from './partition-retries.ts';

const partition = { topic: 'demo.events', partition: 3 };
let committed: ReadonlyMap<number, number> | Error;
let resumed: number[];
let failed: number[];
let retries: PartitionRetries;

beforeEach(() => {
  vi.useFakeTimers();
  committed = new Map([[3, 41]]);
  resumed = [];
  failed = [];
  const admin: Pick<KafkaAdmin, 'committed' | 'offsets' | 'close'> = {
    committed: async () => {
      if (committed instanceof Error) throw committed;
      return committed;
    },
    offsets: async () => new Map([[3, { earliest: 7, latest: 90 }]]),
    close: async () => undefined,
  };
  retries = new PartitionRetries({
    kafka: { admin: async () => admin as KafkaAdmin },
    groupId: 'g',
    resume: (_, offset) => void resumed.push(offset),
    onFailed: (_, __, pauseMs) => void failed.push(pauseMs),
    firstPauseMs: 100,
    maxPauseMs: 1_000,
  });
});
afterEach(() => {
  retries.close();
  vi.useRealTimers();
});

describe('a partition that stopped', () => {
  test('goes on from the offset that its consumer knows', async () => {
    expect(retries.again(partition, 12)).toBe(100);
    await vi.advanceTimersByTimeAsync(99);
    expect(resumed).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(resumed).toEqual([12]);
  });

  test('goes on from the committed offset when nothing of it was delivered, or from the earliest', async () => {
    retries.again(partition, undefined);
    await vi.advanceTimersByTimeAsync(100);
    committed = new Map();
    retries.again(partition, undefined);
    await vi.advanceTimersByTimeAsync(200);
    expect(resumed).toEqual([41, 7]);
  });

  test('is asked for again, less and less often, while Kafka does not say where it stands', async () => {
    committed = new Error('away');
    retries.again(partition, undefined);
    await vi.advanceTimersByTimeAsync(100 + 200 + 400 + 800 + 1_000);
    expect(failed).toEqual([200, 400, 800, 1_000, 1_000]);
    committed = new Map([[3, 41]]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(resumed).toEqual([41]);
  });

  test('waits longer after each failure, and briefly again after a success', () => {
    expect([1, 2, 3, 4, 5, 6].map(() => retries.again(partition, 1))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    retries.succeeded(partition);
    expect(retries.again(partition, 1)).toBe(100);
  });

  test('a wait that is no failure has its own pause and does not make later ones longer', () => {
    expect([1, 2, 3].map(() => retries.again(partition, 1, 50))).toEqual([50, 50, 50]);
    expect(retries.again(partition, 1)).toBe(100);
  });

  test('is left alone once it is revoked, also while the committed place is being asked for', async () => {
    retries.again(partition, 12);
    retries.cancel(partition);
    retries.again(partition, undefined);
    vi.advanceTimersByTime(100);
    retries.cancel(partition);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(resumed).toEqual([]);
  });

  test('is left alone once the consumer is closed', async () => {
    retries.again(partition, 12);
    retries.close();
    retries.again(partition, 12);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(resumed).toEqual([]);
  });
});
