import { expect, test } from 'vitest';
import { numbered, soakTruth } from './soak-truth.ts';

const at = (minute: number): string => `2026-01-01T00:0${String(minute)}:30.000`;

test('a row that came twice is expected twice, and the marker at the end is no row', () => {
  const truth = soakTruth(
    [
      { k: 'k1', n: 1, ts: at(0) },
      { k: 'k1', n: 1, ts: at(0) },
      { k: 'k11', n: 3, ts: at(1) },
      { k: 'end', n: -1, ts: at(2) },
    ],
    [{ n: 1, mark: 'a' }],
  );
  const entries = (what: string) => [...truth.get(what)!];
  expect(entries('clickhouse: rows').map(([key]) => key)).toEqual(['1 (1)', '1 (2)', '3 (1)']);
  expect(entries('redis: totals')).toEqual([
    ['k1', '2 2'],
    ['k11', '1 3'],
  ]);
  expect(entries('clickhouse: windows of a minute')[0]).toEqual(['2026-01-01T00:00 k1', '2 2']);
  expect(entries('clickhouse: joined with marks').map(([key]) => key)).toEqual(['1 a (1)', '1 a (2)']);
  expect(entries('postgres: top three')).toEqual([
    ['k1 1', '1'],
    ['k1 2', '1'],
    ['k11 1', '3'],
  ]);
  expect(
    entries('clickhouse: looked up in redis')
      .map(([key]) => key)
      .at(-1),
  ).toBe('3 - (1)');
  expect(numbered(['a', 'b', 'a']).map(([key]) => key)).toEqual(['a (1)', 'b (1)', 'a (2)']);
});
