import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AggregateCall, PlanNode } from '../../planner/plan.ts';
import type { DataType, Row } from '../../values/data-type.ts';
import { aggregate, bigint, boolean, columns, double, int, planOf, source } from '../testing/plans.ts';
import { sameAfterRestarts } from '../testing/restarts.ts';
import { finalTable, finalUpserts, rowText, run, TestRun, type Change } from '../testing/run-job.ts';

const group = (
  from: number,
  changelog: PlanNode['changelog'],
  keys: readonly number[],
  aggregates: readonly AggregateCall[],
  keyTypes: readonly DataType[] = keys.map(() => int),
): PlanNode => ({
  kind: 'group-aggregate',
  keys,
  aggregates,
  inputs: [from],
  columns: columns([...keyTypes, ...aggregates.map(({ type }) => type)]),
  changelog,
  uniqueKey: keys.map((_, i) => i),
});
const count = aggregate('COUNT', bigint);
const sum = aggregate('SUM', int, [1]);

describe('group aggregate', () => {
  test('a group is inserted once and then updated', () => {
    const plan = planOf([source([int, int]), group(0, 'retract', [0], [count, sum])]);
    expect(
      run(plan, [
        {
          rows: [
            [1, 5],
            [2, 7],
            [1, null],
          ],
        },
      ]),
    ).toEqual([
      ['+I', 1, 1, 5],
      ['+I', 2, 1, 7],
      ['-U', 1, 1, 5],
      ['+U', 1, 2, 5],
    ]);
  });

  test('a global aggregate gives no row before the first input', () => {
    const plan = planOf([source([int, int]), group(0, 'upsert', [], [count, sum])]);
    expect(run(plan, [{ nowMs: 5 }, { rows: [] }])).toEqual([]);
    expect(run(plan, [{ rows: [[1, 5]] }, { rows: [[2, 7]] }])).toEqual([
      ['+I', 1, 5],
      ['+U', 2, 12],
    ]);
  });

  test('a row that changes no result says nothing', () => {
    const plan = planOf([source([int, int]), group(0, 'retract', [0], [sum])]);
    expect(run(plan, [{ rows: [[1, 5]] }, { rows: [[1, 0]] }])).toEqual([['+I', 1, 5]]);
  });

  test('a group whose last row is taken back is deleted', () => {
    // Counts of counts: when a count goes from 1 to 2 the group of 1 is empty.
    const plan = planOf([
      source([int]),
      group(0, 'retract', [0], [count]),
      group(1, 'retract', [1], [count], [bigint]),
    ]);
    expect(run(plan, [{ rows: [[7]] }, { rows: [[7]] }])).toEqual([
      ['+I', 1, 1],
      ['-D', 1, 1],
      ['+I', 2, 1],
    ]);
  });

  test.each<[string, DataType, Row[], number]>([
    [
      'NaN is one group',
      double,
      [
        [NaN, 1],
        [NaN, 2],
      ],
      1,
    ],
    [
      '-0 and 0 are two groups',
      double,
      [
        [-0, 1],
        [0, 2],
      ],
      2,
    ],
    [
      'NULL is a group of its own',
      int,
      [
        [null, 1],
        [0, 2],
        [null, 3],
      ],
      2,
    ],
    [
      'texts and NULL differ',
      { kind: 'VARCHAR', length: 9, nullable: true },
      [
        ['', 1],
        [null, 2],
        ['null', 3],
      ],
      3,
    ],
    [
      'arrays are equal by their elements',
      { kind: 'ARRAY', element: int, nullable: true },
      [
        [[1, 2], 1],
        [[1, 2], 2],
        [[2, 1], 3],
      ],
      2,
    ],
  ])('%s', (_, type, rows, groups) => {
    const plan = planOf([source([type, int]), group(0, 'upsert', [0], [count], [type])]);
    expect(run(plan, [{ rows }]).filter(([sign]) => sign === '+I')).toHaveLength(groups);
  });

  test.each<[string, Row, Row]>([
    ['a separator in a text', ['a|', 'b'], ['a', '|b']],
    ['an empty text and NULL', ['', null], [null, '']],
    ['a length in a text', ['1:', ''], ['', '1:']],
  ])('keys of two columns are told apart: %s', (_, one, other) => {
    const text: DataType = { kind: 'VARCHAR', length: 9, nullable: true };
    const plan = planOf([source([text, text]), group(0, 'upsert', [0, 1], [count], [text, text])]);
    expect(run(plan, [{ rows: [one, other] }])).toHaveLength(2);
  });

  test('with state TTL a group that was not written for so long starts anew', () => {
    const plan = planOf([source([int, int]), group(0, 'upsert', [0], [count])], { stateTtlMs: 1_000 });
    const steps = [
      { rows: [[1, 1]], nowMs: 0 },
      { rows: [[1, 1]], nowMs: 900 },
      { rows: [[1, 1]], nowMs: 1_900 },
    ];
    expect(run(plan, steps)).toEqual([
      ['+I', 1, 1],
      ['+U', 1, 2],
      ['+I', 1, 1],
    ]);
    expect(sameAfterRestarts(plan, steps, [3])).toHaveLength(3);
  });
});

describe('group aggregate, any rows', () => {
  const rows = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 3 }), fc.option(fc.integer({ min: -3, max: 3 })), fc.option(fc.boolean())),
    { maxLength: 12 },
  );
  const batches = fc.array(rows, { maxLength: 6 });
  const kills = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });
  const calls = [
    count,
    sum,
    aggregate('MAX', int, [1]),
    aggregate('SUM', int, [1], { filter: 2 }),
    aggregate('COUNT', bigint, [1], { distinct: true }),
    aggregate('SUM', int, [1], { distinct: true, filter: 2 }),
  ];
  const expected = (all: readonly Row[]): string[] => {
    const keys = [...new Set(all.map(([key]) => key))];
    return keys
      .map((key) => {
        const of = all.filter((row) => row[0] === key);
        const values = of.flatMap((row) => (row[1] === null ? [] : [row[1] as number]));
        const kept = of.flatMap((row) => (row[1] === null || row[2] !== true ? [] : [row[1] as number]));
        const total = (list: readonly number[]): number | null =>
          list.length === 0 ? null : list.reduce((a, b) => a + b, 0);
        const most = values.length === 0 ? null : Math.max(...values);
        return rowText([
          key!,
          of.length,
          total(values),
          most,
          total(kept),
          new Set(values).size,
          total([...new Set(kept)]),
        ]);
      })
      .toSorted();
  };
  const types = [int, int, boolean];
  const plan = planOf([source(types), group(0, 'retract', [0], calls)]);

  test('every result is what all rows say, also after a kill', () => {
    fc.assert(
      fc.property(batches, kills, (input, when) => {
        const changes = sameAfterRestarts(
          plan,
          input.map((batch) => ({ rows: batch })),
          when,
        );
        expect(finalTable(changes)).toEqual(expected(input.flat()));
      }),
    );
  });

  test('with mini-batch the final results are the same, with fewer changes', () => {
    const batched = planOf([source(types), group(0, 'retract', [0], calls)], {
      miniBatch: { latencyMs: 1_000, rows: 10 },
    });
    fc.assert(
      fc.property(batches, kills, (input, when) => {
        const steps = input.map((batch) => ({ rows: batch }));
        const changes = sameAfterRestarts(batched, steps, when);
        expect(finalTable(changes)).toEqual(expected(input.flat()));
        expect(changes.length).toBeLessThanOrEqual(run(plan, steps).length);
      }),
    );
  });

  test.each([null, { latencyMs: 1_000, rows: 3 }])(
    'aggregates of an updating input take back what they were given (mini-batch: %j)',
    (miniBatch) => {
      // Sums by key, then everything about the sums by the number of their rows.
      const nodes = [
        source(types),
        group(0, 'retract', [0], [sum, aggregate('COUNT', bigint)]),
        group(
          1,
          'upsert',
          [2],
          [count, aggregate('MAX', int, [1]), aggregate('COUNT', bigint, [1], { distinct: true })],
          [bigint],
        ),
      ];
      const twice = planOf(nodes, { miniBatch });
      fc.assert(
        fc.property(batches, kills, (input, when) => {
          const changes: Change[] = sameAfterRestarts(
            twice,
            input.map((batch) => ({ rows: batch })),
            when,
          );
          const all = input.flat();
          const sums = [...new Set(all.map(([key]) => key))].map((key) => {
            const of = all.filter((row) => row[0] === key);
            const values = of.flatMap((row) => (row[1] === null ? [] : [row[1]]));
            return [values.length === 0 ? null : values.reduce((a, b) => a + b, 0), of.length] as const;
          });
          const byCount = [...new Set(sums.map(([, size]) => size))].map((size) => {
            const of = sums.filter(([, other]) => other === size).flatMap(([value]) => (value === null ? [] : [value]));
            return rowText([
              size,
              sums.filter(([, other]) => other === size).length,
              of.length === 0 ? null : Math.max(...of),
              new Set(of).size,
            ]);
          });
          expect(finalUpserts(changes, [0])).toEqual(byCount.toSorted());
        }),
      );
    },
  );

  test('the state of a run has a limit that names the node', () => {
    const job = new TestRun(plan, { stateLimitBytes: 10_000 });
    expect(() => {
      for (let key = 0; key < 1_000; key++) job.step({ rows: [[key, 1, null]] });
    }).toThrow(/more than the limit of .* is the group-aggregate's \(node 1\)/);
  });

  test('a checkpoint of changes is as big as the changes', () => {
    const job = new TestRun(plan);
    for (let key = 0; key < 500; key++) job.step({ rows: [[key, 1, null]] });
    const full = job.job.snapshot('full').length;
    job.step({ rows: [[3, 1, null]] });
    expect(job.job.snapshot('changes').length).toBeLessThan(full / 50);
  });
});
