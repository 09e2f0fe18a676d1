import { seededRandom } from '../seeded-random.ts';

/** What is written: the `n`th record, of a key; due on the clock of `monotonicMs`, which all processes of the machine share. */
export interface Click {
  readonly k: string;
  readonly n: number;
  readonly due: number;
}

/** What comes out for it: how many records its key has had, and the sum of their `n`. */
export interface RunningSum extends Click {
  readonly clicks: number;
  readonly total: number;
}

/** The key of each record, one after the other: the same for the same seed. */
export function clickKeys(keys: number, seed: number): () => string {
  const random = seededRandom(seed);
  return () => `key-${String(Math.floor(random() * keys))}`;
}

/** The tables of the job, and the job: each row leaves with the running count and sum of its key. */
export function runningSums(options: {
  readonly input: Readonly<Record<string, string>>;
  readonly output: Readonly<Record<string, string>>;
}): { readonly tables: readonly string[]; readonly insert: string } {
  const text = (given: Readonly<Record<string, string>>): string =>
    Object.entries(given)
      .map(([key, value]) => `'${key}' = '${value}'`)
      .join(', ');
  return {
    tables: [
      `CREATE TABLE clicks (k STRING, n BIGINT, due DOUBLE, seen AS PROCTIME()) WITH (${text(options.input)})`,
      `CREATE TABLE sums (k STRING, n BIGINT, due DOUBLE, clicks BIGINT, total BIGINT) WITH (${text(options.output)})`,
    ],
    insert: `INSERT INTO sums SELECT k, n, due, COUNT(*) OVER byKey, SUM(n) OVER byKey FROM clicks
      WINDOW byKey AS (PARTITION BY k ORDER BY seen ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`,
  };
}
