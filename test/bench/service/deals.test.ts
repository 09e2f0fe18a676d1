import { readEvent } from '@hermes/contracts/read-event';
import { describe, expect, test } from 'vitest';
import { DealMaker, recordOf, subjectOf } from './deals.ts';

const END_MS = Date.parse('2026-03-01T00:00:00Z');
const DAY_MS = 86_400_000;
const pastDeals = (subjects: number, total: number, seed: number): ReturnType<DealMaker['past']>[] => {
  const maker = new DealMaker(subjects, seed, 'p');
  return Array.from({ length: total }, (_, i) => maker.past(i, total, END_MS));
};

describe('past deals', () => {
  const deals = pastDeals(200, 10_000, 3);

  test('are events of the project, as ingest writes them', () => {
    const record = recordOf(deals[500]!, END_MS);
    const read = readEvent(Buffer.from(record.value as string));
    expect(read).toMatchObject({ kind: 'ok', event: { subject: record.key, type: 'bench.deal' } });
    expect(Object.keys(record.headers ?? {})).toContain('ce_type');
  });

  test('know every subject, and give the most frequent ones more', () => {
    const counts = new Map<string, number>();
    for (const { subject } of deals) counts.set(subject, (counts.get(subject) ?? 0) + 1);
    expect(counts.size).toBe(200);
    expect(counts.get(subjectOf(0))!).toBeGreaterThan(counts.get(subjectOf(199))!);
  });

  test('span 40 days in the order of receipt, about one in a hundred late', () => {
    expect(deals.every((deal, i) => i === 0 || deal.receivedAtMs >= deals[i - 1]!.receivedAtMs)).toBe(true);
    expect(END_MS - deals[0]!.receivedAtMs).toBe(40 * DAY_MS);
    const late = deals.filter(({ timeMs, receivedAtMs }) => receivedAtMs - timeMs > 2_000).length;
    expect(late).toBeGreaterThan(60);
    expect(late).toBeLessThan(140);
  });

  test('are the same for the same seed, and have about 400 bytes', () => {
    expect(pastDeals(200, 1_000, 3)).toEqual(pastDeals(200, 1_000, 3));
    expect(pastDeals(200, 1_000, 3)).not.toEqual(pastDeals(200, 1_000, 4));
    const bytes = deals.reduce((sum, { value }) => sum + value.length, 0) / deals.length;
    expect(bytes).toBeGreaterThan(320);
    expect(bytes).toBeLessThan(420);
  });
});

test('a live deal happens and is received now', () => {
  const deal = new DealMaker(10, 1, 'live').live(0, END_MS);
  expect(deal).toMatchObject({ timeMs: END_MS, receivedAtMs: END_MS });
});
