import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Expression } from '../../syntax/tree-expression.ts';
import type { Hint, TableExpression } from '../../syntax/tree.ts';
import { resolveCondition } from '../expression/resolve.ts';
import { castTo } from '../expression/cast.ts';
import { conjunctsOf, inputsOf } from '../expression/parts.ts';
import { isVolatile } from '../expression/volatile.ts';
import type { PlanExpression } from '../expression.ts';
import type { Column, LookupSettings, TablePlan } from '../plan.ts';
import { lastName, type QueryEnvironment } from '../query/environment.ts';
import { aliased, type FromClause } from '../query/from.ts';
import { lookupHint } from '../query/lookup-hint.ts';
import { optional } from '../relation/join.ts';
import type { Relation } from '../relation/relation.ts';
import { resolveColumn } from '../scope/scope.ts';
import { implicitCastExists } from '../../values/implicit-cast.ts';
import { joinedScope } from './join-clause.ts';

/** t JOIN d FOR SYSTEM_TIME AS OF t.proctime AS d ON t.k = d.k. Throws SqlRefusal. */
export function lookupJoin(
  left: FromClause,
  node: TableExpression & { readonly kind: 'table' },
  type: 'inner' | 'left',
  on: Expression | undefined,
  environment: QueryEnvironment,
  hints: readonly Hint[],
): FromClause {
  const options = node.hints.flatMap((hint) =>
    hint.name === 'OPTIONS'
      ? hint.options
      : refuse(hint.at, `the hint ${hint.name} on a table`, 'only OPTIONS stands there'),
  );
  const { table, description } = environment.use(node.name, 'lookup', options);
  const name = node.alias?.name.name ?? lastName(node.name).name;
  if (left.scope.tables.some((each) => each.name === name))
    throw new SqlRefusal(node.at, `both tables are called ${name}`, 'give one of them an alias with AS');
  // The outside table may have no row, and promises nothing of NULL.
  const nullable = type === 'left' || description.lookup?.nullable === true;
  const isKey = (index: number): boolean => table.primaryKey.includes(index) && type === 'inner';
  const own = table.columns.map((column, i): Column => {
    const plain: Column = { name: column.name, type: column.type, attribute: null };
    return nullable && !isKey(i) ? optional(plain) : plain;
  });
  const shown: Relation = { kind: 'scan', table, brings: 'append', columns: own, at: node.at };
  const right = aliased(shown, node.alias, name);
  const scope = joinedScope(left, right);
  if (on === undefined)
    throw new SqlRefusal(node.at, 'a lookup join needs ON with an equality', `write ON a.key = ${name}.key`);
  const condition = resolveCondition(on, { place: 'ON', column: ({ path }) => resolveColumn(scope, path) });
  const width = left.relation.columns.length;
  const divided = divide(conjunctsOf(condition), width, table);
  checkKeys(
    divided.keys.map(({ column }) => column),
    table,
    description.lookup?.keys === 'primary-key',
    on,
    name,
  );
  const hint = hints
    .filter((each) => each.name === 'LOOKUP')
    .map((each) => lookupHint(each, environment.lookup))
    .find((each) => each.table === name || each.table === lastName(node.name).name);
  const lookup: LookupSettings = hint?.settings ?? { ...environment.lookup, retryMissed: null };
  const relation: Relation = {
    kind: 'lookup-join',
    input: left.relation,
    table,
    type,
    ...divided,
    lookup,
    columns: [...left.relation.columns, ...right.relation.columns],
    at: node.at,
  };
  return { relation, scope };
}

interface Divided {
  readonly keys: readonly { readonly column: number; readonly value: PlanExpression }[];
  readonly inputConjuncts: readonly PlanExpression[];
  readonly conjuncts: readonly PlanExpression[];
}

/** Equalities of a column of the table with what the left row says are keys, the first of each column. */
function divide(conjuncts: readonly PlanExpression[], width: number, table: TablePlan): Divided {
  const keys: { readonly column: number; readonly value: PlanExpression }[] = [];
  const inputConjuncts: PlanExpression[] = [];
  const rest: PlanExpression[] = [];
  for (const conjunct of conjuncts) {
    const key = keyOf(conjunct, width, table);
    const used = [...inputsOf(conjunct)];
    if (key !== undefined && !keys.some(({ column }) => column === key.column)) keys.push(key);
    else if (used.length > 0 && used.every((index) => index < width) && !isVolatile(conjunct))
      inputConjuncts.push(conjunct);
    else rest.push(conjunct);
  }
  return { keys, inputConjuncts, conjuncts: rest };
}

function keyOf(
  conjunct: PlanExpression,
  width: number,
  table: TablePlan,
): { readonly column: number; readonly value: PlanExpression } | undefined {
  if (conjunct.kind !== 'call' || conjunct.name !== '=') return undefined;
  const [a, b] = conjunct.arguments as readonly [PlanExpression, PlanExpression];
  for (const [side, value] of [
    [a, b],
    [b, a],
  ] as const) {
    if (side.kind !== 'input' || side.index < width) continue;
    if ([...inputsOf(value)].some((index) => index >= width)) continue;
    const column = side.index - width;
    const wanted = table.columns[column]!.type;
    if (!implicitCastExists(value.type, wanted)) continue;
    return { column, value: castTo(value, { ...wanted, nullable: value.type.nullable }) };
  }
  return undefined;
}

function checkKeys(
  columns: readonly number[],
  table: TablePlan,
  byKeyAlone: boolean,
  on: Expression,
  name: string,
): void {
  const keyNames = table.primaryKey.map((index) => table.columns[index]!.name);
  const wanted = keyNames.length > 0 ? keyNames : [table.columns[0]!.name];
  if (columns.length === 0)
    throw new SqlRefusal(
      on.at,
      'a lookup join needs an equality of a column of the table with a value of the left row, of the same type',
      `write ON ${wanted.map((key) => `<column of the left table> = ${name}.${key}`).join(' AND ')}`,
    );
  if (byKeyAlone && !table.primaryKey.every((index) => columns.includes(index)))
    throw new SqlRefusal(
      on.at,
      'a lookup join needs an equality with the primary key',
      `write ON ${wanted.map((key) => `<column of the left table> = ${name}.${key}`).join(' AND ')}`,
    );
}
