import { expect, test } from 'vitest';
import type { PlanNode } from '../../planner/plan.ts';
import { aggregate, bigint, columns, int, planOf, source } from '../testing/plans.ts';
import { run } from '../testing/run-job.ts';

const counts = (changelog: PlanNode['changelog'], keys: readonly number[]): PlanNode => ({
  kind: 'group-aggregate',
  keys,
  aggregates: [aggregate('COUNT', bigint), aggregate('SUM', int, [1])],
  inputs: [0],
  columns: columns([...keys.map(() => int), bigint, int]),
  changelog,
  uniqueKey: keys.map((_, i) => i),
});

test('a group is inserted once and then updated', () => {
  const plan = planOf([source([int, int]), counts('retract', [0])]);
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
  const plan = planOf([source([int, int]), counts('upsert', [])]);
  expect(run(plan, [{ nowMs: 5 }, { rows: [] }])).toEqual([]);
  expect(
    run(plan, [
      {
        rows: [
          [1, 5],
          [2, 7],
        ],
      },
    ]),
  ).toEqual([
    ['+I', 1, 5],
    ['+U', 2, 12],
  ]);
});
