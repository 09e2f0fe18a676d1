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
 * INTERSECT and EXCEPT of two relations with the same columns, by how often both sides have a row: once, or (ALL) as often as is left of it. Rows that
 * are NULL in the same columns are the same row.
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
  if (node.all) return repeated(node, grouped, left);
  const conditions = [
    call('>', [inputAt(grouped, width), flag(0)], at),
    call(node.operator === 'INTERSECT' ? '>' : '=', [inputAt(grouped, width + 1), flag(0)], at),
  ];
  return calc(grouped, conditions, allInputs(left), names, at);
}

/** Each row of the groups as often as the operation leaves it: the lesser of both numbers, or what the left one has more. */
function repeated(node: SetOperation, grouped: Relation, left: Relation): Relation {
  const { at } = node;
  const width = left.columns.length;
  const [own, other] = [inputAt(grouped, width), inputAt(grouped, width + 1)];
  const isFewer = call(node.operator === 'INTERSECT' ? '<' : '>', [own, other], at);
  const times: PlanExpression =
    node.operator === 'INTERSECT'
      ? { kind: 'case', whens: [{ when: isFewer, then: own }], otherwise: other, type: own.type }
      : {
          kind: 'case',
          whens: [{ when: isFewer, then: call('-', [own, other], at) }],
          otherwise: flag(0),
          type: own.type,
        };
  const collection = call('$REPEAT', [times], at);
  const names = grouped.columns.map(({ name }) => name);
  const rows = calc(grouped, [], allInputs(grouped), names, at);
  const unnested: Relation = {
    kind: 'unnest',
    input: rows,
    collection,
    type: 'inner',
    ordinality: false,
    columns: [...rows.columns, { name: '$at', type: simple('INT', false), attribute: null }],
    at,
  };
  return calc(unnested, [], allInputs(left), names.slice(0, width), at);
}
