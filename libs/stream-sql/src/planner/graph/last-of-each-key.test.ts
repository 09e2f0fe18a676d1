import { describe, expect, test } from 'vitest';
import { FUNCTIONS } from '../../builtin/function-library.ts';
import { RowKind } from '../../engine/operator.ts';
import { StreamJob } from '../../engine/stream-job.ts';
import type { Row, Value } from '../../values/data-type.ts';
import { planScript } from '../plan-script.ts';
import { TABLES } from '../testing/tables.ts';

/** The table `customers` (id, name) after these rows (a, b, c) of t. */
function customersAfter(rows: readonly (readonly [a: number, b: string, c: number])[]): ReadonlyMap<Value, Value> {
  const planned = planScript(`${TABLES}INSERT INTO customers SELECT MAX(c), b FROM t GROUP BY b`, { project: 'demo' });
  if (planned.kind === 'refused' || planned.plan === null) throw new Error(JSON.stringify(planned));
  const table = new Map<Value, Value>();
  const job = new StreamJob(planned.plan, {
    functions: FUNCTIONS,
    random: () => 0.5,
    badRows: 'fail',
    watermarks: 'record',
    sink: () => ({
      push: (kind, [id, name]) => {
        if (kind === RowKind.insert || kind === RowKind.updateAfter) table.set(id!, name!);
        else table.delete(id!);
      },
    }),
  });
  const source = planned.plan.nodes.findIndex((node) => node.kind === 'source');
  job.assign(source, [0], 0);
  for (const [a, b, c] of rows) {
    const row: Row = [a, b, c, null, null, null, null, null, null];
    job.onRows(source, 0, [row], 0);
  }
  return table;
}

describe('rows of several keys of a query that meet in one key of a table', () => {
  test('the last one is there', () => {
    expect([
      ...customersAfter([
        [1, 'ann', 1],
        [2, 'bob', 1],
      ]),
    ]).toEqual([[1, 'bob']]);
  });

  test('when the last one goes, the one before it is there again', () => {
    expect([
      ...customersAfter([
        [1, 'ann', 1],
        [2, 'bob', 1],
        [3, 'bob', 2],
      ]),
    ]).toEqual([
      [1, 'ann'],
      [2, 'bob'],
    ]);
  });

  test('one that was not the last goes without a trace', () => {
    expect([
      ...customersAfter([
        [1, 'ann', 1],
        [2, 'bob', 1],
        [3, 'ann', 2],
      ]),
    ]).toEqual([
      [1, 'bob'],
      [2, 'ann'],
    ]);
  });
});
