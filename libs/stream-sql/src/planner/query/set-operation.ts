import { SqlRefusal } from '../../syntax/problem.ts';
import type { QueryBody, SetOperation } from '../../syntax/tree.ts';
import { commonType } from '../../values/common-type.ts';
import { castTo } from '../expression/cast.ts';
import type { Column } from '../plan.ts';
import { aggregate } from '../relation/aggregate.ts';
import { calc } from '../relation/calc.ts';
import { inputAt, type Relation } from '../relation/relation.ts';
import { shownType } from '../shown-type.ts';
import type { QueryEnvironment } from './environment.ts';
import { bodyRelation } from './query.ts';
import { setDifference } from './set-difference.ts';

/** UNION, INTERSECT and EXCEPT; the columns of both get their common types. Throws SqlRefusal. */
export function setOperation(node: SetOperation, environment: QueryEnvironment): Relation {
  const operands = (node.operator === 'UNION' ? operandsOf(node, node.all) : [node.left, node.right]).map((body) => ({
    body,
    relation: bodyRelation(body, environment),
  }));
  const first = operands[0]!.relation;
  for (const { body, relation } of operands)
    if (relation.columns.length !== first.columns.length)
      throw new SqlRefusal(
        body.at,
        `${node.operator} of ${first.columns.length} and ${relation.columns.length} columns`,
        'select as many columns on both sides',
      );
  const columns = first.columns.map((column, i): Column => {
    const all = operands.map(({ relation }) => relation.columns[i]!);
    const type = commonType(all.map((each) => each.type));
    if (type === undefined)
      throw new SqlRefusal(
        operands[1]!.body.at,
        `the column ${column.name} is ${[...new Set(all.map((each) => shownType(each.type)))].join(' and ')} in ${node.operator === 'UNION' ? 'a UNION' : `an ${node.operator}`}`,
        'CAST them to one type',
      );
    const attribute = all.every((each) => each.attribute === column.attribute) ? column.attribute : null;
    return { name: column.name, type, attribute };
  });
  const inputs = operands.map(({ relation }) => {
    const projections = columns.map((column, i) => castTo(inputAt(relation, i), column.type));
    return projections.every((each) => each.kind === 'input')
      ? relation
      : calc(
          relation,
          [],
          projections,
          columns.map(({ name }) => name),
          node.at,
        );
  });
  if (node.operator !== 'UNION') return setDifference(node, inputs[0]!, inputs[1]!);
  const union: Relation = { kind: 'union', inputs, columns, at: node.at };
  if (node.all) return union;
  return aggregate(
    union,
    columns.map(({ name }, i) => ({ name, expression: inputAt(union, i) })),
    [],
    node.at,
  );
}

/** a UNION ALL b UNION ALL c as three. */
function operandsOf(body: QueryBody, all: boolean): readonly QueryBody[] {
  return body.kind === 'set-operation' && body.operator === 'UNION' && body.all === all
    ? [...operandsOf(body.left, all), ...operandsOf(body.right, all)]
    : [body];
}
