import type { Cursor } from './cursor.ts';
import { parseNamedCall } from './parse-call.ts';
import { parseExpression, parseExpressions } from './parse-expression.ts';
import { parseHints } from './parse-hints.ts';
import { isSetOperation, parseQuery, startsQuery } from './parse-query.ts';
import { SqlRefusal } from './problem.ts';
import type { Span } from './tree-node.ts';
import type { JoinExpression, Query, TableAlias, TableExpression } from './tree.ts';

/** What stands after FROM: tables with commas between, and their joins. */
export function parseFrom(cursor: Cursor): TableExpression {
  const start = cursor.at;
  let left = parseJoins(cursor, start, parseTable(cursor));
  while (cursor.accept(',')) {
    const right = parseJoins(cursor, cursor.at, parseTable(cursor));
    left = { kind: 'join', type: 'comma', natural: false, left, right, condition: undefined, at: cursor.span(start) };
  }
  return left;
}

/** The joins behind a table, grouped from the left. */
function parseJoins(cursor: Cursor, start: Span, first: TableExpression): TableExpression {
  let left = first;
  for (;;) {
    const join = parseJoin(cursor, start, left);
    if (join === undefined) return left;
    left = join;
  }
}

const SIDES = { LEFT: 'left', RIGHT: 'right', FULL: 'full' } as const;

function parseJoin(cursor: Cursor, start: Span, left: TableExpression): JoinExpression | undefined {
  const at = cursor.at;
  if (cursor.is('CROSS', 'APPLY') || cursor.is('OUTER', 'APPLY'))
    cursor.refuseHere(
      `${cursor.peek().text} APPLY`,
      'write CROSS JOIN LATERAL TABLE(...) or LEFT JOIN LATERAL TABLE(...) ON TRUE',
    );
  const natural = cursor.accept('NATURAL');
  const type = parseJoinType(cursor);
  if (type === undefined) {
    if (natural) cursor.unexpected('JOIN after NATURAL');
    return undefined;
  }
  const right = parseTable(cursor);
  let condition: JoinExpression['condition'];
  if (cursor.accept('ON')) condition = { kind: 'on', expression: parseExpression(cursor) };
  else if (cursor.accept('USING')) condition = { kind: 'using', columns: cursor.names('the columns of USING') };
  if (type === 'cross' && condition !== undefined)
    throw new SqlRefusal(at, `CROSS JOIN has no condition`, 'write JOIN ... ON, or put the condition into WHERE');
  if (natural && condition !== undefined)
    throw new SqlRefusal(at, 'NATURAL JOIN has no condition of its own', 'leave out NATURAL, or the condition');
  if (!natural && type !== 'cross' && condition === undefined)
    cursor.unexpected(`ON condition after the joined table, or CROSS JOIN for a join without a condition`);
  return { kind: 'join', type, natural, left, right, condition, at: cursor.span(start) };
}

function parseJoinType(cursor: Cursor): JoinExpression['type'] | undefined {
  if (cursor.accept('JOIN') || cursor.accept('INNER', 'JOIN')) return 'inner';
  if (cursor.accept('CROSS', 'JOIN')) return 'cross';
  const side = cursor.isOne('LEFT', 'RIGHT', 'FULL') ? (cursor.peek().text as keyof typeof SIDES) : undefined;
  if (side === undefined) return undefined;
  if (cursor.isAt(1, 'SEMI', 'ANTI'))
    cursor.refuseHere(
      `${side} ${cursor.peek(1).text} JOIN`,
      'write WHERE [NOT] EXISTS (SELECT ...) or [NOT] IN (SELECT ...)',
    );
  cursor.next();
  cursor.accept('OUTER');
  cursor.expect('JOIN', `after ${side}`);
  return SIDES[side];
}

/** One table with its alias, or joins in parentheses. */
function parseTable(cursor: Cursor): TableExpression {
  return cursor.nested(() => {
    const start = cursor.at;
    const lateral = cursor.accept('LATERAL');
    if (cursor.is('(')) {
      const inner = parseParentheses(cursor);
      if (inner.kind === 'table') {
        if (lateral)
          throw new SqlRefusal(start, 'LATERAL before joins in parentheses', 'write it before the query or function');
        return inner.table;
      }
      refuseBehind(cursor);
      const alias = parseAlias(cursor);
      return { kind: 'derived', lateral, query: inner.query, alias, at: cursor.span(start) };
    }
    if (cursor.is('UNNEST')) return parseUnnest(cursor, start, lateral);
    if (cursor.is('TABLE')) return parseTableFunction(cursor, start, lateral);
    const name = cursor.path('a table');
    if (lateral) cursor.unexpected('TABLE(function(...)) or a query in parentheses after LATERAL');
    if (cursor.is('(')) {
      const call = parseNamedCall(cursor, start, name);
      return { kind: 'table-function', lateral, call, alias: parseAlias(cursor), at: cursor.span(start) };
    }
    const hints = parseHints(cursor);
    const asOf = parseAsOf(cursor);
    refuseBehind(cursor);
    const alias = parseAlias(cursor);
    if (alias !== undefined && cursor.is('FOR', 'SYSTEM_TIME'))
      cursor.unexpected('FOR SYSTEM_TIME AS OF before the alias: table FOR SYSTEM_TIME AS OF time AS alias');
    return { kind: 'table', name, hints, asOf, alias, at: cursor.span(start) };
  });
}

type Inner =
  { readonly kind: 'query'; readonly query: Query } | { readonly kind: 'table'; readonly table: TableExpression };

/** `( query )` or `( joins )`: which of them is known only behind the inner parentheses. */
function parseParentheses(cursor: Cursor): Inner {
  return cursor.nested(() => {
    const start = cursor.expect('(', 'before a table or query').at;
    const inner = parseInner(cursor);
    cursor.expect(')', inner.kind === 'query' ? 'after the query' : 'after the joins');
    return inner.kind === 'query' ? { kind: 'query', query: { ...inner.query, at: cursor.span(start) } } : inner;
  });
}

function parseInner(cursor: Cursor): Inner {
  if (startsQuery(cursor)) return { kind: 'query', query: parseQuery(cursor) };
  const start = cursor.at;
  if (!cursor.is('(')) return { kind: 'table', table: parseInnerJoins(cursor, start, parseTable(cursor)) };
  const inner = parseParentheses(cursor);
  if (inner.kind === 'query') {
    if (isSetOperation(cursor)) return { kind: 'query', query: parseQuery(cursor, inner.query) };
    if (cursor.is(')')) return inner;
  }
  const first: TableExpression =
    inner.kind === 'table'
      ? inner.table
      : { kind: 'derived', lateral: false, query: inner.query, alias: parseAlias(cursor), at: cursor.span(start) };
  return { kind: 'table', table: parseInnerJoins(cursor, start, first) };
}

/** Parentheses are for queries and joins: a table alone, or with commas, stands without them. */
function parseInnerJoins(cursor: Cursor, start: Span, first: TableExpression): TableExpression {
  const table = parseJoins(cursor, start, first);
  if (table.kind !== 'join') cursor.unexpected('JOIN: only joins and queries stand in parentheses');
  if (cursor.is(',')) cursor.unexpected(') or JOIN: tables with commas between stand without parentheses');
  return table;
}

function parseUnnest(cursor: Cursor, start: Span, lateral: boolean): TableExpression {
  cursor.next();
  cursor.expect('(', 'after UNNEST');
  const operands = parseExpressions(cursor);
  cursor.expect(')', 'after UNNEST(...');
  const ordinality = cursor.accept('WITH', 'ORDINALITY');
  return { kind: 'unnest', lateral, operands, ordinality, alias: parseAlias(cursor), at: cursor.span(start) };
}

/** `TABLE(function(...))` */
function parseTableFunction(cursor: Cursor, start: Span, lateral: boolean): TableExpression {
  cursor.next();
  cursor.expect('(', 'after TABLE, as in TABLE(TUMBLE(...))');
  if (cursor.is('SPECIFIC')) cursor.refuseHere('SPECIFIC', 'leave it out');
  const callStart = cursor.at;
  const call = parseNamedCall(cursor, callStart, cursor.path('a table function'));
  cursor.expect(')', 'after TABLE(function(...)');
  refuseBehind(cursor);
  return { kind: 'table-function', lateral, call, alias: parseAlias(cursor), at: cursor.span(start) };
}

function parseAsOf(cursor: Cursor): ReturnType<typeof parseExpression> | undefined {
  if (!cursor.accept('FOR')) return undefined;
  cursor.expect('SYSTEM_TIME', 'after FOR');
  cursor.expect('AS', 'in FOR SYSTEM_TIME AS OF');
  cursor.expect('OF', 'in FOR SYSTEM_TIME AS OF');
  return parseExpression(cursor);
}

/** Clauses of Calcite behind a table that this engine does not run. */
function refuseBehind(cursor: Cursor): void {
  if (cursor.is('MATCH_RECOGNIZE'))
    cursor.refuseHere(
      'MATCH_RECOGNIZE',
      'compare a row with earlier ones by LAG(...) OVER, or join the stream with itself by time',
    );
  if (cursor.is('TABLESAMPLE')) cursor.refuseHere('TABLESAMPLE', 'filter by a condition, for example RAND() < 0.1');
  if (cursor.is('PIVOT')) cursor.refuseHere('PIVOT', 'write an aggregate with FILTER (WHERE ...) for each column');
  if (cursor.is('UNPIVOT')) cursor.refuseHere('UNPIVOT', 'write CROSS JOIN UNNEST(ARRAY[ROW(...), ...])');
  if (cursor.is('EXTEND')) cursor.refuseHere('EXTEND', 'declare the columns in CREATE TABLE');
}

/** `[[AS] name [(column, ...)]]` */
function parseAlias(cursor: Cursor): TableAlias | undefined {
  const start = cursor.at;
  const written = cursor.accept('AS');
  if (!written && !cursor.isName()) return undefined;
  const name = cursor.name('a name for the table');
  const columns = cursor.is('(') ? cursor.names('the column names') : [];
  refuseBehind(cursor);
  return { name, columns, at: cursor.span(start) };
}
