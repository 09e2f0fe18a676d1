import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OverNode, PlanNode } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import { aggregate, bigint, columns, int, planOf, settings, source } from '../../testing/plans.ts';
import { sameAfterRestarts } from '../../testing/restarts.ts';
import { finalTable, rowText, run, TestRun } from '../../testing/run-job.ts';

const types = [int, int, int];
const calls = [
  aggregate('COUNT', bigint),
  aggregate('SUM', int, [2]),
  aggregate('COUNT', bigint, [2], { distinct: true }),
];
const FRAMES: readonly [string, OverNode['frame']][] = [
  ['ROWS', { kind: 'rows', preceding: null }],
  ['RANGE', { kind: 'range', precedingMs: null }],
];
/** Columns: partition, order, value. */
const over = (frame: OverNode['frame'], from: number, nullsFirst = true): PlanNode => ({
  kind: 'over',
  partition: [0],
  order: 1,
  sort: { column: 1, descending: false, nullsFirst },
  frame,
  aggregates: calls,
  inputs: [from],
  columns: columns([...types, bigint, int, bigint]),
  changelog: 'retract',
  uniqueKey: null,
});
const maybe = (max: number): fc.Arbitrary<number | null> => fc.option(fc.integer({ min: -2, max }), { freq: 6 });
const batches = fc.array(
  fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), maybe(4), maybe(3)), { minLength: 1, maxLength: 5 }),
  { maxLength: 10 },
);
const kills = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });

const before = (a: Value, b: Value, nullsFirst: boolean): number => {
  if (a === b) return 0;
  if (a === null || b === null) return (a === null) === nullsFirst ? -1 : 1;
  return (a as number) - (b as number);
};

/** Every row with the aggregates of those that stand before it, of all that came. */
function overOf(rows: readonly Row[], byRows: boolean, nullsFirst = true): string[] {
  return [0, 1, 2]
    .flatMap((partition) => {
      const sorted = rows.filter(([of]) => of === partition).toSorted((a, b) => before(a[1]!, b[1]!, nullsFirst));
      return sorted.map((row, i) => {
        const frame = sorted.filter((other, at) => (byRows ? at <= i : before(other[1]!, row[1]!, nullsFirst) <= 0));
        const values = frame.flatMap(([, , value]) => (value === null ? [] : [value as number]));
        const sum = values.length === 0 ? null : values.reduce((a, b) => a + b, 0);
        return rowText([...row, frame.length, sum, new Set(values).size]);
      });
    })
    .toSorted();
}

describe('OVER in the order of values', () => {
  test.each(FRAMES)('%s of rows that are added is what a walk over all of them gives', (_, frame) => {
    fc.assert(
      fc.property(batches, kills, fc.boolean(), (input, when, nullsFirst) => {
        const plan = planOf([source(types), over(frame, 0, nullsFirst)]);
        const changes = sameAfterRestarts(
          plan,
          input.map((rows) => ({ rows })),
          when,
        );
        expect(finalTable(changes)).toEqual(overOf(input.flat(), frame.kind === 'rows', nullsFirst));
      }),
    );
  });

  test('RANGE of rows that change and go', () => {
    const sums: PlanNode = {
      kind: 'group-aggregate',
      keys: [0, 1],
      aggregates: [aggregate('SUM', int, [2])],
      inputs: [0],
      columns: columns(types),
      changelog: 'retract',
      uniqueKey: [0, 1],
    };
    // Rows by partition and number, in the order of their sums, which may meet.
    const bySum: PlanNode = {
      ...(over({ kind: 'range', precedingMs: null }, 1) as PlanNode & OverNode),
      order: 2,
      sort: { column: 2, descending: false, nullsFirst: true },
    };
    const plan = planOf([source(types), sums, bySum]);
    fc.assert(
      fc.property(batches, kills, (input, when) => {
        const changes = sameAfterRestarts(
          plan,
          input.map((rows) => ({ rows })),
          when,
        );
        const all = input.flat();
        const groups = [...new Set(all.map(([a, b]) => JSON.stringify([a, b])))].map((key): Row => {
          const values = all.flatMap(([a, b, c]) => (JSON.stringify([a, b]) === key && c !== null ? [c] : []));
          const [a, b] = JSON.parse(key) as [number, number | null];
          return [a, b, values.length === 0 ? null : values.reduce((x, y) => x + y, 0)];
        });
        // The model's order is its second column.
        const model = overOf(
          groups.map(([a, , c]): Row => [a!, c!, c!]),
          false,
        );
        const own = finalTable(changes).map((text) => {
          const [a, , c, ...rest] = JSON.parse(text) as Value[];
          return rowText([a!, c!, c!, ...rest]);
        });
        expect(own.toSorted()).toEqual(model);
      }),
    );
  });

  test('a row behind all others changes nothing before it; one before them changes each', () => {
    const plan = planOf([source(types), over({ kind: 'rows', preceding: null }, 0)]);
    expect(
      run(plan, [
        {
          rows: [
            [0, 2, 1],
            [0, 3, 1],
            [0, 1, 5],
          ],
        },
      ]),
    ).toEqual([
      ['+I', 0, 2, 1, 1, 1, 1],
      ['+I', 0, 3, 1, 2, 2, 1],
      ['+I', 0, 1, 5, 1, 5, 1],
      ['-U', 0, 2, 1, 1, 1, 1],
      ['+U', 0, 2, 1, 2, 6, 2],
      ['-U', 0, 3, 1, 2, 2, 1],
      ['+U', 0, 3, 1, 3, 7, 2],
    ]);
  });

  test('with state TTL a partition that was not written for so long begins anew', () => {
    const plan = planOf([source(types), over({ kind: 'rows', preceding: null }, 0)]);
    const timed = new TestRun({ ...plan, settings: { ...settings, stateTtlMs: 100 } });
    timed.step({ rows: [[0, 1, 1]], nowMs: 0 });
    timed.step({ rows: [[0, 2, 1]], nowMs: 50 });
    timed.step({ rows: [[0, 3, 1]], nowMs: 200 });
    expect(timed.changes.map((change) => change[4])).toEqual([1, 2, 1]);
  });
});
