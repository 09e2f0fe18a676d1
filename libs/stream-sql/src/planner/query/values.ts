import { SqlRefusal } from '../../syntax/problem.ts';
import type { Values } from '../../syntax/tree.ts';
import type { Span } from '../../syntax/tree-node.ts';
import { commonType } from '../../values/common-type.ts';
import { castTo } from '../expression/cast.ts';
import type { ResolveContext } from '../expression/context.ts';
import { resolve, typed } from '../expression/resolve.ts';
import type { Relation } from '../relation/relation.ts';
import { shownType } from '../shown-type.ts';

/** Where an expression stands that has no row. */
export const noColumns = (place: string): ResolveContext => ({
  place,
  column: (node) => {
    throw new SqlRefusal(
      node.at,
      `there is no column ${node.path.map(({ name }) => name).join('.')}`,
      `${place} has no columns to name`,
    );
  },
});

/** VALUES (1, 'a'), (2, 'b'). Throws SqlRefusal. */
export function values(node: Values): Relation {
  const context = noColumns('VALUES');
  const rows = node.rows.map((row) => row.map((each) => typed(each, (inner) => resolve(inner, context))));
  const width = rows[0]!.length;
  const odd = node.rows.find((row) => row.length !== width);
  if (odd !== undefined)
    throw new SqlRefusal(
      odd[0]?.at ?? node.at,
      'the rows of VALUES have different lengths',
      `write ${width} values in each`,
    );
  const types = rows[0]!.map((_, i) => {
    const all = rows.map((row) => row[i]!.type);
    const type = commonType(all);
    if (type === undefined)
      throw new SqlRefusal(
        node.rows[0]![i]!.at,
        `column ${i + 1} of VALUES is ${[...new Set(all.map(shownType))].join(' and ')}`,
        'CAST the values to one type',
      );
    return type;
  });
  return {
    kind: 'values',
    rows: rows.map((row) => row.map((each, i) => castTo(each, { ...types[i]!, nullable: each.type.nullable }))),
    columns: types.map((type, i) => ({ name: `EXPR$${i}`, type, attribute: null })),
    at: node.at,
  };
}

/** What SELECT without FROM reads: one row without columns. */
export const oneRow = (at: Span): Relation => ({ kind: 'values', rows: [[]], columns: [], at });
