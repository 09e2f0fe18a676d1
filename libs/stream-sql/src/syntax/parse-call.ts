import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseQuery, startsQuery } from './parse-query.ts';
import { parseFilter, parseOrderBy, parseOrderItems, parseOver } from './parse-window.ts';
import type { Call, Expression } from './tree-expression.ts';
import type { Path, Span } from './tree-node.ts';

/** A call whose name is one word, reserved or not; the cursor is at the word. */
export function parseCall(cursor: Cursor): Call {
  const token = cursor.next();
  return parseNamedCall(cursor, token.at, [{ name: token.source, at: token.at }]);
}

/** The rest of a call behind its name: arguments, and FILTER, OVER, ... */
export function parseNamedCall(cursor: Cursor, start: Span, path: Path): Call {
  const name = path.at(-1)!.name.toUpperCase();
  cursor.expect('(', `after ${name}`);
  let star = false;
  let distinct = false;
  let args: Expression[] = [];
  if (cursor.accept('*')) star = true;
  else if (!cursor.is(')')) {
    distinct = cursor.acceptOne('DISTINCT', 'ALL') === 'DISTINCT';
    args = cursor.list(() => parseArgument(cursor));
  }
  cursor.expect(')', `after the arguments of ${name}`);
  return finishCall(cursor, start, path, { arguments: args, star, distinct });
}

/** What may follow the parentheses of a call: IGNORE NULLS, WITHIN GROUP, FILTER, OVER. */
export function finishCall(
  cursor: Cursor,
  start: Span,
  path: Path,
  parts: { readonly arguments: readonly Expression[]; readonly star?: boolean; readonly distinct?: boolean },
): Call {
  let nulls: Call['nulls'];
  if (cursor.is('IGNORE', 'NULLS') || cursor.is('RESPECT', 'NULLS')) {
    nulls = cursor.next().text === 'IGNORE' ? 'IGNORE' : 'RESPECT';
    cursor.next();
  }
  if (cursor.is('WITHIN', 'DISTINCT'))
    cursor.refuseHere('WITHIN DISTINCT', 'aggregate distinct rows in a sub-query first');
  let withinGroup: Call['withinGroup'] = [];
  if (cursor.accept('WITHIN')) {
    cursor.expect('GROUP', 'after WITHIN');
    cursor.expect('(', 'after WITHIN GROUP');
    withinGroup = parseOrderBy(cursor);
    if (withinGroup.length === 0) cursor.unexpected('ORDER BY in WITHIN GROUP (...)');
    cursor.expect(')', 'after ORDER BY');
  }
  const filter = parseFilter(cursor);
  const over = parseOver(cursor);
  return {
    kind: 'call',
    name: path.at(-1)!.name.toUpperCase(),
    path,
    arguments: parts.arguments,
    star: parts.star ?? false,
    bare: false,
    distinct: parts.distinct ?? false,
    filter,
    withinGroup,
    nulls,
    over,
    at: cursor.span(start),
  };
}

/** An expression, `name => value`, TABLE t [PARTITION BY ...], (SELECT ...) PARTITION BY ..., DEFAULT. */
function parseArgument(cursor: Cursor): Expression {
  const start = cursor.at;
  if (cursor.isAt(1, '=>')) {
    const name = cursor.name('an argument');
    cursor.next();
    return { kind: 'named-argument', name, value: parseArgumentValue(cursor), at: cursor.span(start) };
  }
  return parseArgumentValue(cursor);
}

function parseArgumentValue(cursor: Cursor): Expression {
  const start = cursor.at;
  if (cursor.accept('DEFAULT')) return { kind: 'default', at: start };
  if (cursor.is('MODEL') && cursor.isName(1))
    cursor.refuseHere('MODEL', 'call the model from a service of your own and join its answers');
  if (cursor.accept('TABLE')) {
    if (cursor.is('(')) cursor.unexpected('the table behind TABLE; a query stands in parentheses alone: (SELECT ...)');
    return parsePartitioned(cursor, start, { kind: 'table', name: cursor.path('a table') });
  }
  const value: Expression = startsQuery(cursor)
    ? { kind: 'scalar-query', query: parseQuery(cursor), at: cursor.span(start) }
    : parseExpression(cursor);
  if (value.kind === 'scalar-query' && cursor.isOne('PARTITION', 'ORDER'))
    return parsePartitioned(cursor, start, { kind: 'query', query: value.query });
  return value;
}

type TableArgument = Extract<Expression, { kind: 'table-argument' }>;

function parsePartitioned(cursor: Cursor, start: Span, table: TableArgument['table']): Expression {
  let partitionBy: Expression[] = [];
  let orderBy: TableArgument['orderBy'] = [];
  if (cursor.accept('PARTITION')) {
    cursor.expect('BY', 'after PARTITION');
    partitionBy = parseColumns(cursor, () => parseExpression(cursor));
  }
  if (cursor.accept('ORDER')) {
    cursor.expect('BY', 'after ORDER');
    const inParentheses = cursor.accept('(');
    orderBy = inParentheses ? parseOrderItems(cursor) : parseOrderItems(cursor, 1);
    if (inParentheses) cursor.expect(')', 'after ORDER BY (...');
  }
  return { kind: 'table-argument', table, partitionBy, orderBy, at: cursor.span(start) };
}

/** One without parentheses, or several within: the comma behind the first begins the next argument. */
function parseColumns<T>(cursor: Cursor, item: () => T): T[] {
  if (!cursor.accept('(')) return [item()];
  const items = cursor.list(item);
  cursor.expect(')', 'after PARTITION BY (...');
  return items;
}

/** DESCRIPTOR(a, b) of plain columns is a node of its own; anything else stays the call that it is. */
export function asDescriptor(call: Call): Expression {
  if (call.name !== 'DESCRIPTOR' || call.path.length > 1 || call.arguments.length === 0) return call;
  const columns = call.arguments.flatMap((arg) =>
    arg.kind === 'column' && arg.path.length === 1 ? [arg.path[0]!] : [],
  );
  return columns.length === call.arguments.length ? { kind: 'descriptor', columns, at: call.at } : call;
}
