import { expect, test } from 'vitest';
import type { PlanExpression } from '../planner/expression.ts';
import type { Column, PlanNode, StreamPlan } from '../planner/plan.ts';
import type { DataType } from '../values/data-type.ts';
import { neededColumns } from './needed-columns.ts';

const INT: DataType = { kind: 'INT', nullable: true };
const input = (index: number): PlanExpression => ({ kind: 'input', index, type: INT });
const field = (of: PlanExpression, index: number): PlanExpression => ({ kind: 'field', of, index, type: INT });
const call = (...args: PlanExpression[]): PlanExpression => ({
  kind: 'call',
  name: '+',
  arguments: args,
  type: INT,
});
const column = (name: string): Column => ({ name, type: INT, attribute: null });
const base = { columns: ['a', 'b', 'c', 'd'].map(column), changelog: 'append', uniqueKey: null } as const;

function plan(readers: readonly PlanNode[], more: object = {}): StreamPlan {
  const source = {
    ...base,
    kind: 'source',
    inputs: [],
    unread: [],
    table: { columns: base.columns.map((each) => ({ ...each, kind: 'physical' })), watermark: null, ...more },
  } as unknown as PlanNode;
  return { formatVersion: 2, settings: {} as StreamPlan['settings'], nodes: [source, ...readers] };
}

const calc = (condition: PlanExpression | null, ...projections: PlanExpression[]): PlanNode => ({
  ...base,
  kind: 'calc',
  inputs: [0],
  condition,
  projections,
});

test('what calcs read of a source is needed: columns whole, of a ROW the fields alone', () => {
  const readers = [
    calc(call(input(0)), field(input(1), 2)),
    calc(null, call(field(field(input(1), 3), 0), field(input(2), 1))),
    calc(null, input(2)),
  ];
  expect(neededColumns(plan(readers), 0)).toEqual(
    new Map<number, unknown>([
      [0, true],
      [
        1,
        new Map<number, unknown>([
          [2, true],
          [3, new Map([[0, true]])],
        ]),
      ],
      [2, true],
    ]),
  );
});

test('any other reader needs all columns', () => {
  const union: PlanNode = { ...base, kind: 'union', inputs: [0] };
  expect([...neededColumns(plan([union]), 0).keys()]).toEqual([0, 1, 2, 3]);
});

test('computed columns and the watermark need what they are computed from', () => {
  const columns = [
    ...base.columns.slice(0, 3).map((each) => ({ ...each, kind: 'physical' })),
    { ...column('d'), kind: 'computed', expression: field(input(1), 0) },
  ];
  const read = plan([calc(null, input(0))], { columns, watermark: { column: 3, expression: call(input(3)) } });
  expect(neededColumns(read, 0)).toEqual(
    new Map<number, unknown>([
      [0, true],
      [3, true],
      [1, new Map([[0, true]])],
    ]),
  );
});
