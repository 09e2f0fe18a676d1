import { BINARY_PRECEDENCE, Precedence } from './precedence.ts';
import { printCall } from './print-call.ts';
import { printJsonCall } from './print-json-call.ts';
import { printName, printPath, printString } from './print-name.ts';
import { printQuery } from './print-query.ts';
import { printQualifier, printType } from './print-type.ts';
import type { Expression, OrderItem } from './tree-expression.ts';

/** How strongly an expression holds together as written: what binds as strong or weaker around it needs parentheses. */
function precedenceOf(expression: Expression): number {
  switch (expression.kind) {
    case 'unary':
      return expression.operator === 'NOT' ? Precedence.not : Precedence.sign;
    case 'binary':
      return BINARY_PRECEDENCE[expression.operator]!;
    case 'is':
      return Precedence.is;
    case 'distinct-from':
      return Precedence.comparison;
    case 'between':
    case 'in':
    case 'in-query':
    case 'like':
    case 'quantified':
      return Precedence.range;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/** An expression in one line. Parentheses stand only where the tree needs them. */
export function printExpression(expression: Expression): string {
  return print(expression, Precedence.any);
}

export function printExpressions(expressions: readonly Expression[]): string {
  return expressions.map(printExpression).join(', ');
}

const CLOSED: readonly Expression['kind'][] = [
  'column',
  'number',
  'string',
  'symbol',
  'null',
  'timestamp',
  'field',
  'item',
  'call',
  'cast',
  'row',
  'scalar-query',
];

/** An expression before a keyword that could be taken for a part of it: in parentheses, unless it is plainly complete. */
export function printGuarded(expression: Expression): string {
  const text = printExpression(expression);
  return CLOSED.includes(expression.kind) ? text : `(${text})`;
}

export function printOrderBy(items: readonly OrderItem[]): string {
  const printed = items.map(({ expression, descending, nulls }) => {
    const order = `${printExpression(expression)}${descending ? ' DESC' : ''}`;
    return nulls === undefined ? order : `${order} NULLS ${nulls}`;
  });
  return `ORDER BY ${printed.join(', ')}`;
}

/** An operand that must bind stronger than `above`. */
function print(expression: Expression, above: number): string {
  const text = printBare(expression);
  return precedenceOf(expression) > above ? text : `(${text})`;
}

/** The left operand of an operator: one of the same strength needs no parentheses. */
const printLeft = (expression: Expression, precedence: number): string => print(expression, precedence - 1);

/** What stands before `[` or `.`: a name would become a longer name. */
function printOwner(of: Expression, before: '[' | '.'): string {
  const text = printBare(of);
  const alone =
    of.kind === 'item' || of.kind === 'field' || of.kind === 'call' || of.kind === 'array' || of.kind === 'map';
  const bare = (before === '[' && of.kind === 'column') || (alone && !(of.kind === 'call' && of.bare));
  return bare || of.kind === 'scalar-query' ? text : `(${text})`;
}

function printBare(expression: Expression): string {
  switch (expression.kind) {
    case 'null':
      return 'NULL';
    case 'unknown':
      return 'UNKNOWN';
    case 'boolean':
      return expression.value ? 'TRUE' : 'FALSE';
    case 'number':
      return expression.text;
    case 'string':
      return printString(expression.value);
    case 'bytes':
      return `X'${expression.hex}'`;
    case 'date':
    case 'time':
    case 'timestamp':
      return `${expression.kind.toUpperCase()} ${printString(expression.text)}`;
    case 'interval':
      return `INTERVAL ${expression.negative ? '-' : ''}${printString(expression.text)} ${printQualifier(expression.qualifier)}`;
    case 'time-difference': {
      const { left, right, qualifier } = expression;
      const minus = BINARY_PRECEDENCE['-']!;
      return `(${printLeft(left, minus)} - ${print(right, minus)}) ${printQualifier(qualifier)}`;
    }
    case 'column':
      return printPath(expression.path);
    case 'field':
      return `${printOwner(expression.of, '.')}.${printName(expression.name.name)}`;
    case 'item':
      return `${printOwner(expression.of, '[')}[${printExpression(expression.index)}]`;
    case 'case':
      return printCase(expression);
    case 'cast':
      return `${expression.safe ? 'TRY_CAST' : 'CAST'}(${printExpression(expression.operand)} AS ${printType(expression.type)})`;
    case 'exists':
      return `EXISTS (${printQuery(expression.query)})`;
    case 'scalar-query':
      return `(${printQuery(expression.query)})`;
    case 'array':
      return `ARRAY[${printExpressions(expression.elements)}]`;
    case 'map':
      return `MAP[${expression.entries.map(({ key, value }) => `${printExpression(key)}, ${printExpression(value)}`).join(', ')}]`;
    case 'row':
      return `${expression.explicit ? 'ROW' : ''}(${printExpressions(expression.fields)})`;
    case 'call':
      return printCall(expression);
    case 'symbol':
      return expression.value;
    case 'default':
      return 'DEFAULT';
    case 'named-argument':
      return `${printName(expression.name.name)} => ${printExpression(expression.value)}`;
    case 'descriptor':
      return `DESCRIPTOR(${expression.columns.map((column) => printName(column.name)).join(', ')})`;
    case 'table-argument':
      return printTableArgument(expression);
    case 'unary':
    case 'binary':
    case 'is':
    case 'distinct-from':
    case 'between':
    case 'in':
    case 'in-query':
    case 'quantified':
    case 'like':
      return printOperation(expression);
    default:
      return printJsonCall(expression);
  }
}

type OperationKind =
  'unary' | 'binary' | 'is' | 'distinct-from' | 'between' | 'in' | 'in-query' | 'quantified' | 'like';

function printOperation(expression: Extract<Expression, { kind: OperationKind }>): string {
  const precedence = precedenceOf(expression);
  if (expression.kind === 'unary') {
    const { operator } = expression;
    const operand = printLeft(expression.operand, precedence);
    // `--` would be a comment.
    return operator === 'NOT' || operand.startsWith('-') || operand.startsWith('+')
      ? `${operator} ${operand}`
      : `${operator}${operand}`;
  }
  if (expression.kind === 'binary') {
    const { operator, left, right } = expression;
    return `${printLeft(left, precedence)} ${operator} ${print(right, precedence)}`;
  }
  if (expression.kind === 'distinct-from') {
    const { left, right, negated } = expression;
    return `${printLeft(left, precedence)} IS${negated ? ' NOT' : ''} DISTINCT FROM ${print(right, precedence)}`;
  }
  if (expression.kind === 'is')
    return `${printLeft(expression.operand, precedence)} IS ${expression.negated ? 'NOT ' : ''}${expression.what}`;
  // LIKE is grouped from the right, so `(a LIKE b) IN (c)` keeps its parentheses.
  const operand = print(expression.operand, precedence);
  if (expression.kind === 'quantified') {
    const { right, operator, quantifier } = expression;
    const list = right.kind === 'list' ? printExpressions(right.list) : printQuery(right.query);
    return `${operand} ${operator} ${quantifier} (${list})`;
  }
  const not = expression.negated ? ' NOT' : '';
  switch (expression.kind) {
    case 'in':
      return `${operand}${not} IN (${printExpressions(expression.list)})`;
    case 'in-query':
      return `${operand}${not} IN (${printQuery(expression.query)})`;
    case 'between': {
      const low = print(expression.low, Precedence.and);
      const symmetric = expression.symmetric ? ' SYMMETRIC' : '';
      return `${operand}${not} BETWEEN${symmetric} ${low} AND ${print(expression.high, precedence)}`;
    }
    case 'like': {
      const like = `${operand}${not} ${expression.operator} ${print(expression.pattern, precedence)}`;
      return expression.escape === undefined ? like : `${like} ESCAPE ${print(expression.escape, precedence)}`;
    }
  }
}

function printCase({ operand, whens, otherwise }: Extract<Expression, { kind: 'case' }>): string {
  const parts = ['CASE'];
  if (operand !== undefined) parts.push(printExpression(operand));
  for (const { when, then } of whens) parts.push(`WHEN ${printExpressions(when)} THEN ${printExpression(then)}`);
  if (otherwise !== undefined) parts.push(`ELSE ${printExpression(otherwise)}`);
  return [...parts, 'END'].join(' ');
}

function printTableArgument({ table, partitionBy, orderBy }: Extract<Expression, { kind: 'table-argument' }>): string {
  const parts = [table.kind === 'table' ? `TABLE ${printPath(table.name)}` : `(${printQuery(table.query)})`];
  if (partitionBy.length > 0) parts.push(`PARTITION BY (${printExpressions(partitionBy)})`);
  if (orderBy.length > 0) parts.push(printOrderBy(orderBy).replace('ORDER BY ', 'ORDER BY (').concat(')'));
  return parts.join(' ');
}
