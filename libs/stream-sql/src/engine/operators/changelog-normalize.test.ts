import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Changelog, PlanNode } from '../../planner/plan.ts';
import type { Row } from '../../values/data-type.ts';
import { adds, RowKind } from '../operator.ts';
import { call, columns, input, int, planOf, source } from '../testing/plans.ts';
import { sameAfterRestarts } from '../testing/restarts.ts';
import { finalTable, finalUpserts, rowText, run } from '../testing/run-job.ts';

const types = [int, int];
const normalized = (changelog: Changelog): PlanNode[] => [
  { ...source(types), changelog: 'upsert', uniqueKey: [0] },
  {
    kind: 'changelog-normalize',
    key: [0],
    inputs: [0],
    columns: columns(types),
    changelog,
    uniqueKey: [0],
  },
];
const events = fc.array(
  fc.record({
    kind: fc.constantFrom(RowKind.insert, RowKind.updateBefore, RowKind.updateAfter, RowKind.delete),
    row: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.option(fc.integer({ min: 0, max: 2 }))),
  }),
  { maxLength: 20 },
);
const kills = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });

test.each(['retract', 'upsert'] as const)(
  '%s: what comes again, without the row before, or by its key alone, becomes the changes of a table',
  (changelog) => {
    fc.assert(
      fc.property(events, kills, (all, when) => {
        const steps = all.map(({ kind, row }) => ({ rows: [row], kinds: [kind] }));
        const changes = sameAfterRestarts(planOf(normalized(changelog)), steps, when);
        const table = new Map<unknown, Row>();
        for (const { kind, row } of all)
          if (adds(kind)) table.set(row[0], row);
          else if (kind === RowKind.delete) table.delete(row[0]);
        const expected = [...table.values()].map(rowText).toSorted();
        // finalTable throws where a row is taken back that is not there.
        expect(changelog === 'retract' ? finalTable(changes) : finalUpserts(changes, [0])).toEqual(expected);
      }),
    );
  },
);

test('a repeat is not said, a delete has the whole row, what is not there is not deleted', () => {
  const kinds = [RowKind.insert, RowKind.insert, RowKind.updateAfter, RowKind.delete, RowKind.delete];
  const rows = [
    [1, 5],
    [1, 5],
    [1, 6],
    [1, null],
    [1, null],
  ];
  expect(run(planOf(normalized('retract')), [{ rows, kinds }])).toEqual([
    ['+I', 1, 5],
    ['-U', 1, 5],
    ['+U', 1, 6],
    ['-D', 1, 6],
  ]);
});

test('a delete by its key alone computes with NULLs, also in columns that are declared NOT NULL', () => {
  const notNull = { ...int, nullable: false } as const;
  const [plain, node] = normalized('retract') as [Extract<PlanNode, { kind: 'source' }>, PlanNode];
  const computed = call('*', notNull, input(1, notNull), input(1, notNull));
  const table = {
    ...plain.table,
    primaryKey: [0],
    columns: [
      { ...plain.table.columns[0]!, type: notNull },
      { ...plain.table.columns[1]!, type: notNull },
      { kind: 'computed', name: 'c2', type: notNull, attribute: null, expression: computed } as const,
    ],
  };
  const all = [notNull, notNull, notNull];
  const nodes: PlanNode[] = [
    { ...plain, table, columns: columns(all) },
    { ...node, columns: columns(all) },
  ];
  const rows = [
    [1, 3, null],
    [1, null, null],
  ];
  expect(run(planOf(nodes), [{ rows, kinds: [RowKind.insert, RowKind.delete] }])).toEqual([
    ['+I', 1, 3, 9],
    ['-D', 1, 3, 9],
  ]);
});
