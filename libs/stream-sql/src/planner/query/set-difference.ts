import { aggregateFunction } from '../../builtin/registry.ts';
import type { SetOperation } from '../../syntax/tree.ts';
import { simple } from '../../values/types.ts';
import { call } from '../expression/call.ts';
import type { PlanExpression } from '../expression.ts';
import { aggregate, type AggregateUse } from '../relation/aggregate.ts';
import { calc } from '../relation/calc.ts';
import { allInputs, inputAt, type Relation } from '../relation/relation.ts';

const flag = (value: 0 | 1): PlanExpression => ({ kind: 'literal', value, type: simple('INT', false) });

/**
 * INTERSECT and EXCEPT of two relations with the same columns: each row once, by how often both sides have it. Rows that are NULL in the same
 * columns are the same row.
 */
export function setDifference(node: SetOperation, left: Relation, right: Relation): Relation {
  const { at } = node;
  const names = left.columns.map(({ name }) => name);
  const width = left.columns.length;
  const marked = (relation: Relation, own: 0 | 1): Relation =>
    calc(relation, [], [...allInputs(relation), flag(own), flag(own === 1 ? 0 : 1)], [...names, '$left', '$right'], at);
  const inputs = [marked(left, 1), marked(right, 0)];
  const union: Relation = { kind: 'union', inputs, columns: inputs[0]!.columns, at };
  const counts = [width, width + 1].map((column): AggregateUse => {
    const argument = inputAt(union, column);
    const sum = aggregateFunction('SUM')!;
    const resolution = sum.resolve([{ type: argument.type, literal: undefined }]);
    if (resolution === undefined || typeof resolution === 'string') throw new Error('SUM takes INT');
    return { function: 'SUM', arguments: [argument], distinct: false, filter: null, type: resolution.result, at };
  });
  const keys = names.map((name, i) => ({ name, expression: inputAt(union, i) }));
  const grouped = aggregate(union, keys, counts, at);
  const conditions = [
    call('>', [inputAt(grouped, width), flag(0)], at),
    call(node.operator === 'INTERSECT' ? '>' : '=', [inputAt(grouped, width + 1), flag(0)], at),
  ];
  return calc(grouped, conditions, allInputs(left), names, at);
}
