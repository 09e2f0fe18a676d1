import { RowKind } from '@hermes/stream-sql/engine/operator';
import type { TableColumn } from '@hermes/stream-sql/planner/plan';
import { expect, test } from 'vitest';
import { printSink } from './print-sink.ts';

const columns = [
  { name: 'a', type: { kind: 'INT', nullable: true }, attribute: null, kind: 'physical' },
  { name: 'b', type: { kind: 'VARCHAR', length: 10, nullable: true }, attribute: null, kind: 'physical' },
] as const satisfies readonly TableColumn[];

test('each row is a line with its kind of change, behind the identifier where there is one', () => {
  const lines: string[] = [];
  const plain = printSink(columns, {}, (line) => lines.push(line));
  plain.write(RowKind.insert, [1, 'x']);
  plain.write(RowKind.updateBefore, [1, 'x']);
  plain.write(RowKind.updateAfter, [null, '']);
  printSink(columns, { 'print-identifier': 'deals' }, (line) => lines.push(line)).write(RowKind.delete, [2, null]);
  expect(lines).toEqual(['+I[1, x]\n', '-U[1, x]\n', '+U[null, ]\n', 'deals> -D[2, null]\n']);
});
