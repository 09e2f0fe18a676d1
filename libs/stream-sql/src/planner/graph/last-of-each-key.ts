import { aggregateFunction } from '../../builtin/registry.ts';
import { call } from '../expression/call.ts';
import type { PlanExpression } from '../expression.ts';
import type { SinkTarget } from '../query/insert.ts';
import { aggregate } from '../relation/aggregate.ts';
import { calc } from '../relation/calc.ts';
import { allInputs, inputAt } from '../relation/relation.ts';
import { withNullable } from '../../values/types.ts';

/**
 * The target with one row for each of its keys: the last that came and is still there (Flink's 'upsert materialize'). Without it a row that is taken back
 * would take away another one with the same key.
 */
export function lastOfEachKey(target: SinkTarget, key: readonly number[]): SinkTarget {
  const { relation, at } = target;
  const row = call('ROW', allInputs(relation), at);
  const last = aggregateFunction('LAST_VALUE')!;
  const resolution = last.resolve([{ type: row.type, literal: undefined }]);
  if (resolution === undefined || typeof resolution === 'string') throw new Error('LAST_VALUE takes a ROW');
  const grouped = aggregate(
    relation,
    key.map((column) => ({ name: relation.columns[column]!.name, expression: inputAt(relation, column) })),
    [{ function: last.name, arguments: [row], distinct: false, filter: null, type: resolution.result, at }],
    at,
  );
  const columns = relation.columns.map(({ type }, i): PlanExpression => {
    const place = key.indexOf(i);
    if (place >= 0) return inputAt(grouped, place);
    return { kind: 'field', of: inputAt(grouped, key.length), index: i, type: withNullable(type, true) };
  });
  const names = relation.columns.map(({ name }) => name);
  return { ...target, relation: calc(grouped, [], columns, names, at) };
}
