import type { Entries } from '../comparison.ts';

export interface NumberRecord {
  readonly k: string;
  readonly n: number;
  readonly ts: string;
}
export interface MarkRecord {
  readonly n: number;
  readonly mark: string;
}

/** What each result must hold, by a name for people. */
export type SoakTruth = ReadonlyMap<string, ReadonlyMap<string, string>>;

export const CITIES = 10;
const TOP = 3;

/** Rows without a key: each is named by its content and how often it came before, so that one too many and one too few are seen. */
export function numbered(rows: Iterable<string>): Entries {
  const seen = new Map<string, number>();
  return [...rows].map((row) => {
    const count = (seen.get(row) ?? 0) + 1;
    seen.set(row, count);
    return [`${row} (${String(count)})`, ''];
  });
}

/** Computed from what is in the topics, also where the sender had to send a record again; shares nothing with the product. */
export function soakTruth(all: readonly NumberRecord[], marks: readonly MarkRecord[]): SoakTruth {
  const numbers = all.filter(({ n }) => n >= 0);
  const rows = new Map(numbered(numbers.map(({ n }) => String(n))));
  const byK = Map.groupBy(numbers, ({ k }) => k);
  const sumOf = (of: readonly NumberRecord[]): string =>
    `${String(of.length)} ${String(of.reduce((sum, { n }) => sum + n, 0))}`;
  const totals = new Map([...byK].map(([k, of]) => [k, sumOf(of)]));
  const minutes = Map.groupBy(numbers, ({ k, ts }) => `${ts.slice(0, 16)} ${k}`);
  const marksOf = Map.groupBy(marks, ({ n }) => n);
  return new Map([
    ['kafka: copies', rows],
    ['files: rows', rows],
    ['clickhouse: rows', rows],
    ['postgres: rows', rows],
    ['clickhouse: windows of a minute', new Map([...minutes].map(([key, of]) => [key, sumOf(of)]))],
    [
      'clickhouse: joined with marks',
      new Map(numbered(numbers.flatMap(({ n }) => (marksOf.get(n) ?? []).map(({ mark }) => `${String(n)} ${mark}`)))),
    ],
    ['redis: totals', totals],
    ['postgres: totals', totals],
    [
      'postgres: top three',
      new Map(
        [...byK].flatMap(([k, of]) =>
          of
            .map(({ n }) => n)
            .sort((a, b) => b - a)
            .slice(0, TOP)
            .map((n, i): [string, string] => [`${k} ${String(i + 1)}`, String(n)]),
        ),
      ),
    ],
    ['clickhouse: looked up in redis', new Map(numbered(numbers.map(({ n, k }) => `${String(n)} ${cityOf(k)}`)))],
    ['profiles: attributes set', new Map(numbered(numbers.map(({ n, k }) => `person:${k} ${String(n)}`)))],
  ]);
}

export const cityOf = (k: string): string => (Number(k.slice(1)) < CITIES ? `city of ${k}` : '-');
