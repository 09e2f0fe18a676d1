import { printExpression, printExpressions, printOrderBy } from './print-expression.ts';
import { printCall, printOver } from './print-call.ts';
import { printName, printNames, printPath, printString } from './print-name.ts';
import type {
  CommonTable,
  GroupItem,
  Hint,
  Query,
  QueryBody,
  Select,
  SelectItem,
  SetOperation,
  TableAlias,
  TableExpression,
} from './tree.ts';

/** A query in one line. */
export function printQuery(query: Query): string {
  const parts: string[] = [];
  if (query.with.length > 0) parts.push(`WITH ${query.with.map(printCommonTable).join(', ')}`);
  parts.push(printBody(query.body));
  if (query.orderBy.length > 0) parts.push(printOrderBy(query.orderBy));
  if (query.limit !== undefined) parts.push(`LIMIT ${printExpression(query.limit)}`);
  if (query.offset !== undefined) parts.push(`OFFSET ${printExpression(query.offset)}`);
  return parts.join(' ');
}

function printCommonTable({ name, columns, query }: CommonTable): string {
  const list = columns.length === 0 ? '' : ` ${printNames(columns)}`;
  return `${printName(name.name)}${list} AS (${printQuery(query)})`;
}

function printBody(body: QueryBody): string {
  switch (body.kind) {
    case 'select':
      return printSelect(body);
    case 'values':
      return `VALUES ${body.rows.map((row) => `${row.length === 1 ? 'ROW' : ''}(${printExpressions(row)})`).join(', ')}`;
    case 'explicit-table':
      return `TABLE ${printPath(body.name)}`;
    case 'ordered':
      return `(${printQuery(body)})`;
    case 'set-operation': {
      const left = printSide(body, body.left, false);
      return `${left} ${body.operator}${body.all ? ' ALL' : ''} ${printSide(body, body.right, true)}`;
    }
  }
}

/** One side of UNION, EXCEPT, INTERSECT, in parentheses where it would be grouped otherwise. */
function printSide(parent: SetOperation, side: QueryBody, right: boolean): string {
  if (side.kind !== 'set-operation') return printBody(side);
  const strength = (operation: SetOperation): number => (operation.operator === 'INTERSECT' ? 2 : 1);
  const grouped = strength(side) > strength(parent) || (!right && strength(side) === strength(parent));
  return grouped ? printBody(side) : `(${printBody(side)})`;
}

function printSelect(select: Select): string {
  const parts = ['SELECT'];
  if (select.hints.length > 0) parts.push(printHints(select.hints));
  if (select.distinct) parts.push('DISTINCT');
  parts.push(select.items.map(printItem).join(', '));
  if (select.from !== undefined) parts.push(`FROM ${printTable(select.from)}`);
  if (select.where !== undefined) parts.push(`WHERE ${printExpression(select.where)}`);
  if (select.groupBy !== undefined)
    parts.push(`GROUP BY ${select.groupBy.distinct ? 'DISTINCT ' : ''}${printGroups(select.groupBy.items)}`);
  if (select.having !== undefined) parts.push(`HAVING ${printExpression(select.having)}`);
  if (select.windows.length > 0) {
    const windows = select.windows.map(({ name, specification }) => {
      const text = printOver(specification);
      return `${printName(name.name)} AS ${text.startsWith('(') ? text : `(${text})`}`;
    });
    parts.push(`WINDOW ${windows.join(', ')}`);
  }
  if (select.qualify !== undefined) parts.push(`QUALIFY ${printExpression(select.qualify)}`);
  return parts.join(' ');
}

function printItem(item: SelectItem): string {
  if (item.kind === 'star') return item.of === undefined ? '*' : `${printPath(item.of)}.*`;
  const text = printExpression(item.expression);
  return item.alias === undefined ? text : `${text} AS ${printName(item.alias.name)}`;
}

const printGroups = (items: readonly GroupItem[]): string => items.map(printGroup).join(', ');

function printGroup(item: GroupItem): string {
  if (item.kind === 'expression') return printExpression(item.expression);
  if (item.kind === 'set') return `(${printExpressions(item.expressions)})`;
  return `${item.kind.replace('-', ' ').toUpperCase()} (${printGroups(item.items)})`;
}

/** The hints with their marks. */
export function printHints(hints: readonly Hint[]): string {
  const printed = hints.map((hint) => {
    const options = hint.options.map(({ key, value }) => `${printString(key)} = ${printString(value)}`);
    const inner = [...options, ...hint.values.map(printString)];
    return inner.length === 0 ? printName(hint.name) : `${printName(hint.name)}(${inner.join(', ')})`;
  });
  return `/*+ ${printed.join(', ')} */`;
}

function printTable(table: TableExpression): string {
  switch (table.kind) {
    case 'table': {
      const parts = [printPath(table.name)];
      if (table.hints.length > 0) parts.push(printHints(table.hints));
      if (table.asOf !== undefined) parts.push(`FOR SYSTEM_TIME AS OF ${printExpression(table.asOf)}`);
      return withAlias(parts.join(' '), table.alias);
    }
    case 'derived':
      return withAlias(`${table.lateral ? 'LATERAL ' : ''}(${printQuery(table.query)})`, table.alias);
    case 'table-function':
      return withAlias(`${table.lateral ? 'LATERAL ' : ''}TABLE(${printCall(table.call)})`, table.alias);
    case 'unnest': {
      const ordinality = table.ordinality ? ' WITH ORDINALITY' : '';
      return withAlias(
        `${table.lateral ? 'LATERAL ' : ''}UNNEST(${printExpressions(table.operands)})${ordinality}`,
        table.alias,
      );
    }
    case 'join': {
      if (table.type === 'comma') return `${printTable(table.left)}, ${printJoined(table.right, false)}`;
      const type = table.type === 'inner' ? 'JOIN' : `${table.type.toUpperCase()} JOIN`;
      const join = `${printJoined(table.left, false)} ${table.natural ? 'NATURAL ' : ''}${type} ${printJoined(table.right, true)}`;
      if (table.condition === undefined) return join;
      if (table.condition.kind === 'using') return `${join} USING ${printNames(table.condition.columns)}`;
      return `${join} ON ${printExpression(table.condition.expression)}`;
    }
  }
}

/** One side of a join, in parentheses where it would be grouped otherwise. */
function printJoined(table: TableExpression, right: boolean): string {
  const text = printTable(table);
  return table.kind === 'join' && (right || table.type === 'comma') ? `(${text})` : text;
}

function withAlias(text: string, alias: TableAlias | undefined): string {
  if (alias === undefined) return text;
  const columns = alias.columns.length === 0 ? '' : printNames(alias.columns);
  return `${text} AS ${printName(alias.name.name)}${columns}`;
}
