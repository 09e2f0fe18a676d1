import type { Expression, JoinNode } from '../sql/ast.ts';
import { refuse, SqlRefusal } from '../sql/problem.ts';
import { isString, typeName, withNullable } from '../types/data-type.ts';
import { conjunctsOf, conjunctionOf, inputsOf, type PlanExpression } from './expression.ts';
import type { CalcPlan, KafkaSourcePlan, LookupColumn, LookupPlan } from './job-plan.ts';
import type { ProfileTable } from './profile-table.ts';
import { resolve } from './resolve.ts';
import { resolveColumn, scopeColumns, type Scope } from './scope.ts';

/** A lookup join whose key is known; what it reads and which rows it leaves out is settled by the rest of the query. */
export interface PlannedJoin {
  readonly node: JoinNode;
  readonly table: ProfileTable;
  /** The left table's columns, then the joined table's. */
  readonly scope: Scope;
  readonly key: PlanExpression;
}

/** Checks FOR SYSTEM_TIME AS OF and ON of a lookup join. Throws SqlRefusal. */
export function planJoin(node: JoinNode, left: Scope, source: KafkaSourcePlan, table: ProfileTable): PlannedJoin {
  checkTime(node.asOf, left, source);
  const right = {
    name: node.alias?.name ?? table.node.name.name,
    // LEFT JOIN answers NULL for a profile that is not known, and a feature may be NULL at any time.
    columns: table.columns.map(({ name, type }) => ({ name, type: withNullable(type, true) })),
  };
  if (left.tables.some(({ name }) => name === right.name))
    throw new SqlRefusal(node.table.at, `both tables are called ${right.name}`, 'give one of them an alias with AS');
  const scope: Scope = { tables: [...left.tables, right] };
  return { node, table, scope, key: keyOf(node.on, scope, scopeColumns(left).length, table.subject) };
}

function checkTime(asOf: Expression, left: Scope, source: KafkaSourcePlan): void {
  const hint = `declare proctime AS PROCTIME() in ${source.table} and write FOR SYSTEM_TIME AS OF ${left.tables[0]?.name ?? source.table}.proctime`;
  if (asOf.kind !== 'column') refuse(asOf.at, 'FOR SYSTEM_TIME AS OF an expression', hint);
  const time = resolveColumn(left, asOf);
  const column = time.kind === 'input' ? source.columns[time.index] : undefined;
  if (column?.kind === 'proctime') return;
  if (time.kind === 'input' && source.watermark?.column === time.index)
    refuse(asOf.at, 'a join as of event time (a temporal join)', hint);
  throw new SqlRefusal(
    asOf.at,
    `${asOf.path.map(({ name }) => name).join('.')} is not a processing time attribute`,
    hint,
  );
}

/** The side of `left = right.subject` that belongs to the left table. */
function keyOf(on: Expression, scope: Scope, leftColumns: number, subject: number): PlanExpression {
  const joined = scope.tables[scope.tables.length - 1]!.name ?? '';
  const hint = `write ON <column of the left table> = ${joined}.subject`;
  if (on.kind === 'binary' && on.operator === 'AND')
    refuse(on.at, 'a further condition in ON', `${hint} alone, and the condition into WHERE or CASE`);
  if (on.kind !== 'binary' || on.operator !== '=')
    throw new SqlRefusal(on.at, 'a lookup join needs an equality with the primary key', hint);
  const sides = [on.left, on.right].map((side) => ({
    node: side,
    expression: resolve(side, { column: (column) => resolveColumn(scope, column) }),
  }));
  const isSubject = ({ expression }: (typeof sides)[number]): boolean =>
    expression.kind === 'input' && expression.index === leftColumns + subject;
  const other = sides.find((side, i) => isSubject(sides[1 - i]!) && !isSubject(side));
  if (other === undefined || [...inputsOf(other.expression)].some((index) => index >= leftColumns))
    throw new SqlRefusal(on.at, 'a lookup join needs an equality with the primary key', hint);
  if (!isString(other.expression.type))
    throw new SqlRefusal(
      other.node.at,
      `a subject is STRING, not ${typeName(withNullable(other.expression.type, true))}`,
      "for example 'customer:' || CAST(id AS STRING)",
    );
  return other.expression;
}

/**
 * Puts the lookup before the first step of a query over the joined row. What WHERE asks of the left table alone is asked before the
 * lookup, and only the columns that the query uses are asked for.
 */
export function withLookup(join: PlannedJoin, first: CalcPlan): readonly [LookupPlan, CalcPlan] {
  const leftColumns = scopeColumns({ tables: join.scope.tables.slice(0, -1) }).length;
  const conditions = first.condition === null ? [] : conjunctsOf(first.condition);
  const isLeft = (condition: PlanExpression): boolean => [...inputsOf(condition)].every((index) => index < leftColumns);
  const calc: CalcPlan = { ...first, condition: conjunctionOf(conditions.filter((each) => !isLeft(each))) };
  const used = new Set(
    [...(calc.condition === null ? [] : [calc.condition]), ...calc.projections].flatMap((each) => [...inputsOf(each)]),
  );
  const { columns, subject, lookup } = join.table;
  const features = columns.map((_, i) => i).filter((i) => i !== subject);
  const read = features.filter((i) => used.has(leftColumns + i));
  // Whether a profile is known cannot be asked without a feature.
  const asked = read.length > 0 ? read : features.slice(0, 1);
  return [
    {
      kind: 'lookup',
      connector: 'hermes-profile',
      join: join.node.kind,
      condition: conjunctionOf(conditions.filter(isLeft)),
      key: join.key,
      columns: columns.map(({ name, type, at }, i): LookupColumn => ({
        name,
        type: withNullable(type, true),
        at,
        role: i === subject ? 'subject' : asked.includes(i) ? 'feature' : 'unread',
      })),
      settings: lookup,
    },
    calc,
  ];
}
