import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlanNode, SortKey } from '../../../planner/plan.ts';
import type { Row } from '../../../values/data-type.ts';
import { aggregate, bigint, column, columns, int, planOf, source, timestamp } from '../../testing/plans.ts';
import { sameAfterRestarts } from '../../testing/restarts.ts';
import { finalTable, finalUpserts, rowText, run, TestRun } from '../../testing/run-job.ts';

const types = [int, int, timestamp];
const small = fc.integer({ min: 0, max: 3 });
const batches = fc.array(
  fc.array(fc.tuple(small, fc.option(fc.integer({ min: 0, max: 9 }), { freq: 8 }), fc.integer({ min: 0, max: 40 })), {
    minLength: 1,
    maxLength: 5,
  }),
  { maxLength: 10 },
);
const kills = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });
const order: SortKey[] = [{ column: 1, descending: true, nullsFirst: false }];
type Rank = Extract<PlanNode, { kind: 'rank' }>;
const rank = (from: number, more: Partial<Rank>): PlanNode => ({
  kind: 'rank',
  partition: [0],
  order,
  from: 1,
  to: 3,
  rankColumn: false,
  window: null,
  inputs: [from],
  columns: [],
  changelog: 'retract',
  uniqueKey: null,
  ...more,
});

/** The ranks of all partitions, as a table; rows that are equal in order stand as they came. */
function ranksOf(rows: readonly Row[], { from, to, rankColumn }: Pick<Rank, 'from' | 'to' | 'rankColumn'>): string[] {
  const value = (row: Row): number => (row[1] === null ? -1 : (row[1] as number));
  return [...new Set(rows.map(([key]) => key))]
    .flatMap((key) =>
      rows
        .filter(([of]) => of === key)
        .toSorted((a, b) => value(b) - value(a))
        .slice(from - 1, to)
        .map((row, i) => rowText(rankColumn ? [...row, from + i] : row)),
    )
    .toSorted();
}

const frames = [
  { from: 1, to: 1, rankColumn: false },
  { from: 1, to: 3, rankColumn: false },
  { from: 1, to: 3, rankColumn: true },
  { from: 2, to: 4, rankColumn: false },
  { from: 2, to: 4, rankColumn: true },
];
const columnsOf = (rankColumn: boolean): PlanNode['columns'] => columns(rankColumn ? [...types, bigint] : types);

describe('top-N', () => {
  test('a row that enters pushes the last one out', () => {
    const plan = planOf([source(types), rank(0, { to: 2, columns: columns(types) })]);
    expect(
      run(plan, [
        {
          rows: [
            [1, 5, 0],
            [1, 7, 1],
            [1, 6, 2],
            [1, 1, 3],
          ],
        },
      ]),
    ).toEqual([
      ['+I', 1, 5, 0],
      ['+I', 1, 7, 1],
      ['-D', 1, 5, 0],
      ['+I', 1, 6, 2],
    ]);
  });

  test('with the rank as a column only ranks that change hands are updated', () => {
    const plan = planOf([source(types), rank(0, { to: 2, rankColumn: true, columns: columnsOf(true) })]);
    expect(
      run(plan, [
        {
          rows: [
            [1, 5, 0],
            [1, 7, 1],
            [1, 6, 2],
            [1, 1, 3],
          ],
        },
      ]),
    ).toEqual([
      ['+I', 1, 5, 0, 1],
      ['-U', 1, 5, 0, 1],
      ['+U', 1, 7, 1, 1],
      ['+I', 1, 5, 0, 2],
      ['-U', 1, 5, 0, 2],
      ['+U', 1, 6, 2, 2],
    ]);
  });

  test('of appended rows no more are kept than are shown', () => {
    const job = new TestRun(planOf([source(types), rank(0, { to: 2, columns: columns(types) })]));
    const bytes = [1, 1_000].map((more) => {
      for (let value = 0; value < more; value++)
        job.step({
          rows: [
            [1, value, 0],
            [1, value, 1],
          ],
        });
      return job.job.snapshot('full').length;
    });
    expect(bytes[1]! - bytes[0]!).toBeLessThan(20);
  });

  test.each(frames)('ranks $from to $to (rank column: $rankColumn) of appended rows', (frame) => {
    const plan = planOf([source(types), rank(0, { ...frame, columns: columnsOf(frame.rankColumn) })]);
    fc.assert(
      fc.property(batches, kills, (input, when) => {
        const changes = sameAfterRestarts(
          plan,
          input.map((rows) => ({ rows })),
          when,
        );
        expect(finalTable(changes)).toEqual(ranksOf(input.flat(), frame));
      }),
    );
  });

  describe.each(['retract', 'upsert'] as const)('of updated rows (%s)', (changelog) => {
    const counts: PlanNode = {
      kind: 'group-aggregate',
      keys: [0, 2],
      aggregates: [aggregate('COUNT', bigint)],
      inputs: [0],
      columns: columns([int, timestamp, bigint]),
      changelog,
      uniqueKey: [0, 1],
    };
    test.each(frames)('ranks $from to $to (rank column: $rankColumn)', (frame) => {
      // Equal counts stand by their time, so that the answer is one.
      const sort: SortKey[] = [
        { column: 2, descending: true, nullsFirst: false },
        { column: 1, descending: false, nullsFirst: true },
      ];
      const plan = planOf([
        source(types),
        counts,
        rank(1, {
          ...frame,
          order: sort,
          columns: columns(frame.rankColumn ? [int, timestamp, bigint, bigint] : [int, timestamp, bigint]),
        }),
      ]);
      fc.assert(
        fc.property(batches, kills, (input, when) => {
          const coarse = input.map((rows) => rows.map(([key, value, time]): Row => [key, value, time % 5]));
          const changes = sameAfterRestarts(
            plan,
            coarse.map((rows) => ({ rows })),
            when,
          );
          const all = coarse.flat();
          const groups = [...new Set(all.map(([key, , time]) => rowText([key!, time!])))].map((text): Row => {
            const [key, time] = JSON.parse(text) as [number, number];
            return [key, time, all.filter((row) => row[0] === key && row[2] === time).length];
          });
          const expected = [...new Set(groups.map(([key]) => key))]
            .flatMap((key) =>
              groups
                .filter(([of]) => of === key)
                .toSorted((a, b) => (b[2] as number) - (a[2] as number) || (a[1] as number) - (b[1] as number))
                .slice(frame.from - 1, frame.to)
                .map((row, i) => rowText(frame.rankColumn ? [...row, frame.from + i] : row)),
            )
            .toSorted();
          expect(finalTable(changes)).toEqual(expected);
        }),
      );
    });
  });
});

describe('deduplicate', () => {
  const eventTime = source(types, { column: 2, delayMs: 5 });
  const deduplicate = (keep: 'first' | 'last', changelog: PlanNode['changelog'], from = eventTime): PlanNode[] => [
    from,
    {
      kind: 'deduplicate',
      partition: [0],
      order: 2,
      keep,
      window: null,
      inputs: [0],
      columns: columns(types),
      changelog,
      uniqueKey: [0],
    },
  ];
  const best = (rows: readonly Row[], better: (a: number, b: number) => boolean): string[] => {
    const found = new Map<unknown, Row>();
    for (const row of rows) {
      const old = found.get(row[0]);
      if (old === undefined || better(row[2] as number, old[2] as number)) found.set(row[0], row);
    }
    return [...found.values()].map(rowText).toSorted();
  };

  test.each([
    ['first', 'retract'],
    ['last', 'retract'],
    ['last', 'upsert'],
  ] as const)('keep %s in event time, as %s', (keep, changelog) => {
    fc.assert(
      fc.property(batches, kills, (input, when) => {
        const changes = sameAfterRestarts(
          planOf(deduplicate(keep, changelog)),
          input.map((rows) => ({ rows })),
          when,
        );
        const expected = best(input.flat(), keep === 'first' ? (a, b) => a < b : (a, b) => a >= b);
        expect(changelog === 'retract' ? finalTable(changes) : finalUpserts(changes, [0])).toEqual(expected);
      }),
    );
  });

  test('keep first as an append stream says each key once, when the watermark has reached it', () => {
    const patient = source(types, { column: 2, delayMs: 1_000 });
    fc.assert(
      fc.property(batches, kills, (input, when) => {
        const plan = planOf(deduplicate('first', 'append', patient));
        const changes = sameAfterRestarts(
          plan,
          input.map((rows) => ({ rows })),
          when,
        );
        expect(changes.every(([sign]) => sign === '+I')).toBe(true);
        expect(finalTable(changes)).toEqual(best(input.flat(), (a, b) => a < b));
      }),
    );
  });

  test.each(['first', 'last'] as const)('keep %s in processing time', (keep) => {
    const from = source(types);
    const proctime: PlanNode = {
      ...from,
      columns: from.columns.map((of, i) => (i === 2 ? { ...of, attribute: 'proctime' } : of)),
    };
    fc.assert(
      fc.property(batches, kills, (input, when) => {
        const plan = planOf(deduplicate(keep, keep === 'first' ? 'append' : 'retract', proctime));
        const changes = sameAfterRestarts(
          plan,
          input.map((rows) => ({ rows })),
          when,
        );
        expect(finalTable(changes)).toEqual(best(input.flat(), () => keep === 'last'));
      }),
    );
  });
});

describe('ranks and deduplication of windows', () => {
  const windowed: PlanNode = {
    kind: 'window',
    window: { kind: 'hop', slideMs: 10, sizeMs: 20, offsetMs: 0 },
    time: 2,
    inputs: [0],
    columns: [
      ...columns([int, int]),
      column('ts', timestamp, 'rowtime'),
      column('window_start', timestamp),
      column('window_end', timestamp),
      column('window_time', timestamp, 'rowtime'),
    ],
    changelog: 'append',
    uniqueKey: null,
  };
  const from = [source(types, { column: 2, delayMs: 1_000 }), windowed];
  const expand = (rows: readonly Row[]): Row[] =>
    rows.flatMap((row) =>
      [10, 20].map((more): Row => {
        const end = Math.floor((row[2] as number) / 10) * 10 + more;
        return [...row, end - 20, end, end - 1];
      }),
    );
  const window = { start: 3, end: 4, eventTime: true };

  test('the best of each window and key come out once, when it is complete', () => {
    const node = rank(1, {
      partition: [0, 3, 4],
      window,
      to: 2,
      rankColumn: true,
      changelog: 'append',
      columns: [...windowed.columns, column('n', bigint)],
    });
    fc.assert(
      fc.property(batches, kills, (input, when) => {
        const changes = sameAfterRestarts(
          planOf([...from, node]),
          input.map((rows) => ({ rows })),
          when,
        );
        const rows = expand(input.flat());
        const expected = [...new Set(rows.map((row) => row[4]))]
          .flatMap((end) =>
            ranksOf(
              rows.filter((row) => row[4] === end),
              { from: 1, to: 2, rankColumn: true },
            ),
          )
          .toSorted();
        expect(finalTable(changes)).toEqual(expected);
        expect(changes.every(([sign]) => sign === '+I')).toBe(true);
      }),
    );
  });

  test.each(['first', 'last'] as const)('the %s row of each window and key', (keep) => {
    const node: PlanNode = {
      kind: 'deduplicate',
      partition: [0, 3, 4],
      order: 2,
      keep,
      window,
      inputs: [1],
      columns: windowed.columns,
      changelog: 'append',
      uniqueKey: null,
    };
    fc.assert(
      fc.property(batches, kills, (input, when) => {
        const changes = sameAfterRestarts(
          planOf([...from, node]),
          input.map((rows) => ({ rows })),
          when,
        );
        const found = new Map<string, Row>();
        for (const row of expand(input.flat())) {
          const key = rowText([row[0]!, row[4]!]);
          const old = found.get(key);
          const [now, before] = [row[2] as number, old?.[2] as number];
          if (old === undefined || (keep === 'first' ? now < before : now >= before)) found.set(key, row);
        }
        expect(finalTable(changes)).toEqual([...found.values()].map(rowText).toSorted());
      }),
    );
  });
});
