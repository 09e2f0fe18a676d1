import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OverNode, PlanNode } from '../../../planner/plan.ts';
import type { Row } from '../../../values/data-type.ts';
import { aggregate, bigint, columns, int, planOf, source, timestamp } from '../../testing/plans.ts';
import { sameAfterRestarts } from '../../testing/restarts.ts';
import { rowText, TestRun } from '../../testing/run-job.ts';

const types = [int, int, timestamp];
const calls = [
  aggregate('COUNT', bigint),
  aggregate('SUM', int, [1]),
  aggregate('COUNT', bigint, [1], { distinct: true }),
];
const over = (frame: OverNode['frame'], from: PlanNode): PlanNode[] => [
  from,
  {
    kind: 'over',
    partition: [0],
    order: 2,
    sort: null,
    frame,
    aggregates: calls,
    inputs: [0],
    columns: columns([...types, bigint, int, bigint]),
    changelog: 'append',
    uniqueKey: null,
  },
];
const FRAMES: readonly [string, OverNode['frame']][] = [
  ['ROWS UNBOUNDED', { kind: 'rows', preceding: null }],
  ['ROWS 2 PRECEDING', { kind: 'rows', preceding: 2 }],
  ['RANGE UNBOUNDED', { kind: 'range', precedingMs: null }],
  ['RANGE 7 ms PRECEDING', { kind: 'range', precedingMs: 7 }],
];
const batches = fc.array(
  fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 1 }),
      fc.option(fc.integer({ min: 0, max: 3 })),
      fc.integer({ min: 1, max: 30 }),
    ),
    { minLength: 1, maxLength: 5 },
  ),
  { maxLength: 10 },
);
const kills = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });

/** Rows of a partition in their order, each with the aggregates over its frame. */
function overOf(sorted: readonly Row[], frame: OverNode['frame'], bySteps: boolean): string[] {
  return sorted.map((row, i) => {
    const kept = sorted.filter((other, at) => {
      const time = other[2] as number;
      if (frame.kind === 'rows') return at <= i && (frame.preceding === null || at >= i - frame.preceding);
      const inTime = frame.precedingMs === null || time >= (row[2] as number) - frame.precedingMs;
      return inTime && (bySteps ? at <= i : time <= (row[2] as number));
    });
    const values = kept.flatMap((other) => (other[1] === null ? [] : [other[1] as number]));
    const sum = values.length === 0 ? null : values.reduce((a, b) => a + b, 0);
    return rowText(['+I', ...row, kept.length, sum, new Set(values).size]);
  });
}

describe('OVER', () => {
  test.each(FRAMES)('%s in event time is computed in the order of time', (_, frame) => {
    const plan = planOf(over(frame, source(types, { column: 2, delayMs: 1_000 })));
    fc.assert(
      fc.property(batches, kills, (input, when) => {
        const changes = sameAfterRestarts(
          plan,
          input.map((rows) => ({ rows })),
          when,
        );
        const all = input.flat();
        const expected = [0, 1].flatMap((key) =>
          overOf(
            all.filter(([of]) => of === key).toSorted((a, b) => a[2] - b[2]),
            frame,
            false,
          ),
        );
        expect(changes.map(rowText).toSorted()).toEqual(expected.toSorted());
      }),
    );
  });

  test.each(FRAMES)('%s with late rows is the same after a kill, and loses none silently', (_, frame) => {
    const plan = planOf(over(frame, source(types, { column: 2, delayMs: 3 })));
    fc.assert(
      fc.property(batches, kills, (input, when) => {
        const changes = sameAfterRestarts(
          plan,
          input.map((rows) => ({ rows })),
          when,
        );
        const job = new TestRun(plan);
        for (const rows of input) job.step({ rows });
        expect(changes.length + job.job.figures()[1]!.lateRows).toBe(input.flat().length);
      }),
    );
  });

  test('a bounded frame takes rows until a later one of their partition has left, an unbounded one until the watermark', () => {
    const late = (frame: OverNode['frame']): number => {
      const job = new TestRun(planOf(over(frame, source(types, { column: 2, delayMs: 0 }))));
      for (const rows of [[[0, 1, 10]], [[1, 1, 20]], [[0, 1, 15]], [[0, 1, 10]]]) job.step({ rows });
      job.end();
      return job.job.figures()[1]!.lateRows;
    };
    expect(FRAMES.map(([name, frame]) => [name, late(frame)])).toEqual([
      ['ROWS UNBOUNDED', 2],
      ['ROWS 2 PRECEDING', 1],
      ['RANGE UNBOUNDED', 2],
      ['RANGE 7 ms PRECEDING', 1],
    ]);
  });

  test.each(FRAMES)('%s in processing time follows the order of arrival', (_, frame) => {
    const from = source(types);
    const proctime: PlanNode = {
      ...from,
      columns: from.columns.map((of, i) => (i === 2 ? { ...of, attribute: 'proctime' } : of)),
    };
    fc.assert(
      fc.property(batches, kills, (input, when) => {
        // The time of arrival stands in the row, so that the model can see it.
        const steps = input.map((rows, i) => ({ rows: rows.map(([a, b]): Row => [a, b, i * 4]), nowMs: i * 4 }));
        const changes = sameAfterRestarts(planOf(over(frame, proctime)), steps, when);
        const all = steps.flatMap(({ rows }) => rows);
        const expected = [0, 1].flatMap((key) =>
          overOf(
            all.filter(([of]) => of === key),
            frame,
            true,
          ),
        );
        expect(changes.map(rowText).toSorted()).toEqual(expected.toSorted());
      }),
    );
  });
});
