import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JoinType, PlanNode } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import { aggregate, bigint, boolean, call, columns, input, int, planOf, source } from '../../testing/plans.ts';
import { sameAfterRestarts } from '../../testing/restarts.ts';
import { finalTable, finalUpserts, rowText, run, type Step } from '../../testing/run-job.ts';

const TYPES: readonly JoinType[] = ['inner', 'left', 'right', 'full', 'semi', 'anti'];
const types = [int, int];
const below = call('<', boolean, input(1, int), input(3, int));

const joined = (
  type: JoinType,
  from: readonly PlanNode[],
  more: Partial<Extract<PlanNode, { kind: 'join' }>> = {},
): PlanNode[] => [
  ...from,
  {
    kind: 'join',
    type,
    leftKeys: [0],
    rightKeys: [0],
    condition: null,
    window: null,
    inputs: [from.length - 2, from.length - 1],
    columns: columns(type === 'semi' || type === 'anti' ? types : [...types, ...types]),
    changelog: 'retract',
    uniqueKey: null,
    ...more,
  },
];
const appending = [source(types), source(types)];

/** All rows that a join of these tables has. */
function joinOf(
  type: JoinType,
  left: readonly Row[],
  right: readonly Row[],
  match: (l: Row, r: Row) => boolean,
): string[] {
  const rows: Value[][] = [];
  const matches = (l: Row, r: Row): boolean => l[0] !== null && l[0] === r[0] && match(l, r);
  for (const l of left) {
    const found = right.filter((r) => matches(l, r));
    if (type === 'semi' || type === 'anti') {
      if (found.length > 0 === (type === 'semi')) rows.push([...l]);
      continue;
    }
    for (const r of found) rows.push([...l, ...r]);
    if (found.length === 0 && (type === 'left' || type === 'full')) rows.push([...l, null, null]);
  }
  if (type === 'right' || type === 'full')
    for (const r of right) if (!left.some((l) => matches(l, r))) rows.push([null, null, ...r]);
  return rows.map(rowText).toSorted();
}

describe('join', () => {
  test('the first match of a left join takes the row with NULLs back', () => {
    expect(
      run(planOf(joined('left', appending)), [
        { rows: [[1, 10]], source: 0 },
        { rows: [[1, 20]], source: 1 },
        { rows: [[1, 21]], source: 1 },
      ]),
    ).toEqual([
      ['+I', 1, 10, null, null],
      ['-D', 1, 10, null, null],
      ['+I', 1, 10, 1, 20],
      ['+I', 1, 10, 1, 21],
    ]);
  });

  const small = fc.integer({ min: 0, max: 3 });
  const row = fc.tuple(fc.option(small, { freq: 6 }), small);
  const steps = fc.array(
    fc.record({ source: fc.constantFrom(0, 1), rows: fc.array(row, { minLength: 1, maxLength: 3 }) }),
    { maxLength: 12 },
  );
  const kills = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });
  const rowsOf = (all: readonly { readonly source: number; readonly rows: readonly Row[] }[], from: number): Row[] =>
    all.filter(({ source: of }) => of === from).flatMap(({ rows }) => rows);

  test.each(TYPES)('%s: the final table is the join of all rows, also after a kill', (type) => {
    fc.assert(
      fc.property(steps, kills, fc.boolean(), (all, when, conditional) => {
        const plan = planOf(joined(type, appending, { condition: conditional ? below : null }));
        const changes = sameAfterRestarts(plan, all, when);
        const match = (l: Row, r: Row): boolean => !conditional || l[1]! < r[1]!;
        expect(finalTable(changes)).toEqual(joinOf(type, rowsOf(all, 0), rowsOf(all, 1), match));
      }),
    );
  });

  /** Counts by key and value: rows that are updated and deleted. The join's right column 1 is a count of rows. */
  const counted = (from: number, changelog: PlanNode['changelog']): PlanNode => ({
    kind: 'group-aggregate',
    keys: [0],
    aggregates: [aggregate('COUNT', bigint)],
    inputs: [from],
    columns: columns(types),
    changelog,
    uniqueKey: [0],
  });
  const countsOf = (rows: readonly Row[]): Row[] =>
    [...new Set(rows.map(([key]) => key!))].map((key) => [key, rows.filter(([of]) => of === key).length]);

  describe.each(['retract', 'upsert'] as const)('of two updating inputs (%s)', (changelog) => {
    test.each(TYPES)('%s: the final table is the join of what is left', (type) => {
      const from = [source(types), source(types), counted(0, changelog), counted(1, changelog)];
      fc.assert(
        fc.property(steps, kills, fc.boolean(), (all, when, conditional) => {
          const plan = planOf(joined(type, from, { condition: conditional ? below : null }));
          const changes = sameAfterRestarts(plan, all, when);
          const match = (l: Row, r: Row): boolean => !conditional || l[1]! < r[1]!;
          const expected = joinOf(type, countsOf(rowsOf(all, 0)), countsOf(rowsOf(all, 1)), match);
          expect(finalTable(changes)).toEqual(expected);
        }),
      );
    });
  });

  test.each(TYPES)('%s of rows without a key that come several times and go again', (type) => {
    // COUNT by value, without the key column: equal rows of several keys.
    const pick: PlanNode = {
      kind: 'calc',
      condition: null,
      projections: [input(1, int), input(1, int)],
      inputs: [2],
      columns: columns(types),
      changelog: 'retract',
      uniqueKey: null,
    };
    const from = [
      source(types),
      source(types),
      counted(0, 'retract'),
      counted(1, 'retract'),
      pick,
      { ...pick, inputs: [3] },
    ];
    fc.assert(
      fc.property(steps, kills, (all, when) => {
        const changes = sameAfterRestarts(planOf(joined(type, from)), all, when);
        const picked = (of: number): Row[] => countsOf(rowsOf(all, of)).map(([, count]) => [count!, count!]);
        expect(finalTable(changes)).toEqual(joinOf(type, picked(0), picked(1), () => true));
      }),
    );
  });

  test('an upsert stream that is joined is one row for each key', () => {
    const from = [source(types), source(types), counted(0, 'upsert'), counted(1, 'upsert')];
    const plan = planOf(joined('left', from, { changelog: 'upsert', uniqueKey: [0] }));
    fc.assert(
      fc.property(steps, kills, (all, when) => {
        const changes = sameAfterRestarts(plan, all, when);
        const expected = joinOf('left', countsOf(rowsOf(all, 0)), countsOf(rowsOf(all, 1)), () => true);
        const nullKeys = expected.filter((text) => text.startsWith('[null'));
        expect(finalUpserts(changes, [0]).filter((text) => !text.startsWith('[null'))).toEqual(
          expected.filter((text) => !nullKeys.includes(text)),
        );
        expect(changes.some(([sign]) => sign === '-U')).toBe(false);
      }),
    );
  });

  test('with state TTL rows that are too old find no partner', () => {
    const plan = planOf(joined('inner', appending), { stateTtlMs: 100 });
    const all: Step[] = [
      { rows: [[1, 10]], source: 0, nowMs: 0 },
      { rows: [[1, 11]], source: 0, nowMs: 60 },
      { rows: [[1, 20]], source: 1, nowMs: 120 },
    ];
    expect(run(plan, all)).toEqual([['+I', 1, 11, 1, 20]]);
    expect(sameAfterRestarts(plan, all, [3, 4])).toHaveLength(1);
  });
});
