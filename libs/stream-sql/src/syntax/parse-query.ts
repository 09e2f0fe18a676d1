import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseFrom } from './parse-from.ts';
import { parseGroupBy } from './parse-group-by.ts';
import { parseHints } from './parse-hints.ts';
import { parseOrderBy, parseWindowSpecification } from './parse-window.ts';
import { SqlRefusal } from './problem.ts';
import type { Expression } from './tree-expression.ts';
import type { Span } from './tree-node.ts';
import type { CommonTable, Query, QueryBody, Select, SelectItem, SetOperation, Values } from './tree.ts';

/** Whether a query begins here (a query in parentheses is not seen). */
export function startsQuery(cursor: Cursor): boolean {
  return cursor.isOne('SELECT', 'WITH', 'VALUES') || (cursor.is('TABLE') && cursor.isName(1));
}

/** Whether what comes next makes the query before it part of a greater one. */
export function isSetOperation(cursor: Cursor): boolean {
  return cursor.isOne('UNION', 'INTERSECT', 'EXCEPT', 'MINUS', 'ORDER', 'LIMIT', 'OFFSET', 'FETCH');
}

/** A whole query. @param first - its first part when that is read already: a query in parentheses */
export function parseQuery(cursor: Cursor, first?: Query): Query {
  return cursor.nested(() => {
    const start = first?.at ?? cursor.at;
    const withTables = first === undefined ? parseWith(cursor) : [];
    if (withTables.length > 0 && cursor.is('(')) cursor.unexpected('SELECT or VALUES behind WITH');
    const body = parseUnion(cursor, first === undefined ? undefined : unwrap(first));
    const orderBy = parseOrderBy(cursor);
    const { offset, limit } = parseLimit(cursor);
    return { kind: 'ordered', with: withTables, body, orderBy, offset, limit, at: cursor.span(start) };
  });
}

/** `( query )` */
export function parseParenthesizedQuery(cursor: Cursor, where: string): Query {
  const start = cursor.expect('(', where).at;
  if (!startsQuery(cursor) && !cursor.is('(')) cursor.unexpected(`SELECT ${where}`);
  const query = parseQuery(cursor);
  cursor.expect(')', 'after the query');
  return { ...query, at: cursor.span(start) };
}

/** Parentheses that say nothing leave no node. */
function unwrap(query: Query): QueryBody {
  const plain =
    query.with.length === 0 && query.orderBy.length === 0 && query.offset === undefined && query.limit === undefined;
  return plain ? query.body : query;
}

function parseWith(cursor: Cursor): CommonTable[] {
  if (!cursor.accept('WITH')) return [];
  if (cursor.is('RECURSIVE')) cursor.refuseHere('WITH RECURSIVE', 'write the levels out, one WITH for each');
  return cursor.list(() => {
    const start = cursor.at;
    const name = cursor.name('a name for the query');
    const columns = cursor.is('(') ? cursor.names('the column names') : [];
    cursor.expect('AS', 'in WITH name AS (SELECT ...)');
    const query = parseParenthesizedQuery(cursor, 'in WITH name AS (SELECT ...)');
    return { name, columns, query, at: cursor.span(start) };
  });
}

function parseUnion(cursor: Cursor, first: QueryBody | undefined): QueryBody {
  const start = first?.at ?? cursor.at;
  let left = parseIntersect(cursor, first);
  for (;;) {
    if (cursor.is('MINUS')) cursor.unexpected('EXCEPT, which is the name of MINUS here');
    const operator = cursor.acceptOne('UNION', 'EXCEPT');
    if (operator === undefined) return left;
    const all = parseAll(cursor);
    left = setOperation(cursor, operator, all, left, parseIntersect(cursor, undefined), start);
  }
}

function parseIntersect(cursor: Cursor, first: QueryBody | undefined): QueryBody {
  const start = first?.at ?? cursor.at;
  let left = first ?? parseTerm(cursor);
  while (cursor.accept('INTERSECT')) {
    const all = parseAll(cursor);
    left = setOperation(cursor, 'INTERSECT', all, left, parseTerm(cursor), start);
  }
  return left;
}

const parseAll = (cursor: Cursor): boolean => cursor.acceptOne('ALL', 'DISTINCT') === 'ALL';

function setOperation(
  cursor: Cursor,
  operator: SetOperation['operator'],
  all: boolean,
  left: QueryBody,
  right: QueryBody,
  start: Span,
): SetOperation {
  return { kind: 'set-operation', operator, all, left, right, at: cursor.span(start) };
}

function parseTerm(cursor: Cursor): QueryBody {
  if (cursor.is('(')) {
    const query = parseParenthesizedQuery(cursor, 'before a query');
    return unwrap(query);
  }
  if (cursor.is('SELECT')) return parseSelect(cursor);
  if (cursor.is('VALUES')) return parseValues(cursor);
  if (cursor.is('TABLE')) {
    const start = cursor.next().at;
    return { kind: 'explicit-table', name: cursor.path('a table'), at: cursor.span(start) };
  }
  if (cursor.is('WITH')) cursor.unexpected('SELECT; WITH stands before the whole query, or in parentheses');
  cursor.unexpected('a query: SELECT, VALUES or a query in parentheses');
}

function parseSelect(cursor: Cursor): Select {
  const start = cursor.next().at;
  const hints = parseHints(cursor);
  if (cursor.is('STREAM')) cursor.unexpected('the columns; every query is over streams, so STREAM is not written');
  const distinct = cursor.acceptOne('DISTINCT', 'ALL') === 'DISTINCT';
  const items = cursor.list(() => parseSelectItem(cursor));
  const clauses = cursor.accept('FROM') ? parseClauses(cursor) : NO_CLAUSES;
  const at = cursor.span(start);
  return { kind: 'select', hints, distinct, items, ...clauses, at };
}

type Clauses = Pick<Select, 'from' | 'where' | 'groupBy' | 'having' | 'windows' | 'qualify'>;

/** Only FROM may be followed by WHERE and its kind. */
const NO_CLAUSES: Clauses = {
  from: undefined,
  where: undefined,
  groupBy: undefined,
  having: undefined,
  windows: [],
  qualify: undefined,
};

function parseClauses(cursor: Cursor): Clauses {
  const from = parseFrom(cursor);
  const where = cursor.accept('WHERE') ? parseExpression(cursor) : undefined;
  const groupBy = parseGroupBy(cursor);
  const having = cursor.accept('HAVING') ? parseExpression(cursor) : undefined;
  const windows = parseWindows(cursor);
  const qualify = cursor.accept('QUALIFY') ? parseExpression(cursor) : undefined;
  return { from, where, groupBy, having, windows, qualify };
}

function parseSelectItem(cursor: Cursor): SelectItem {
  const start = cursor.at;
  if (cursor.accept('*')) return { kind: 'star', of: undefined, at: start };
  if (isQualifiedStar(cursor)) {
    const of = cursor.path('a table');
    cursor.next();
    cursor.next();
    return { kind: 'star', of, at: cursor.span(start) };
  }
  const expression = parseExpression(cursor);
  const named = cursor.accept('AS');
  if (named && cursor.peek().kind === 'string')
    cursor.unexpected(`a name; in back-ticks it may have any characters: \`${cursor.peek().text}\``);
  const alias = named || cursor.isName() ? cursor.name('a name for the column') : undefined;
  return { kind: 'expression', expression, alias, at: cursor.span(start) };
}

/** `t.*`, `db.t.*` */
function isQualifiedStar(cursor: Cursor): boolean {
  let ahead = 0;
  while (cursor.isName(ahead) && cursor.isAt(ahead + 1, '.')) ahead += 2;
  return ahead > 0 && cursor.isAt(ahead, '*');
}

function parseWindows(cursor: Cursor): Select['windows'] {
  if (!cursor.accept('WINDOW')) return [];
  return cursor.list(() => {
    const name = cursor.name('a name for the window');
    cursor.expect('AS', 'in WINDOW name AS (...)');
    return { name, specification: parseWindowSpecification(cursor) };
  });
}

function parseValues(cursor: Cursor): Values {
  const start = cursor.next().at;
  const rows = cursor.list(() => parseRowOfValues(cursor));
  const width = rows[0]!.length;
  const other = rows.find((row) => row.length !== width);
  if (other !== undefined) {
    const at = other[0]?.at ?? cursor.span(start);
    throw new SqlRefusal(
      at,
      `this row of VALUES has ${other.length} values, the first has ${width}`,
      'write as many in each row',
    );
  }
  return { kind: 'values', rows, at: cursor.span(start) };
}

/** `(a, b)`, `ROW(a, b)`, and `a` alone. */
function parseRowOfValues(cursor: Cursor): readonly Expression[] {
  const first = parseExpression(cursor);
  return first.kind === 'row' ? first.fields : [first];
}

function parseLimit(cursor: Cursor): {
  readonly offset: Expression | undefined;
  readonly limit: Expression | undefined;
} {
  let offset: Expression | undefined;
  let limit: Expression | undefined;
  for (;;) {
    if (offset === undefined && cursor.accept('OFFSET')) {
      offset = parseCount(cursor, 'after OFFSET');
      cursor.acceptOne('ROW', 'ROWS');
    } else if (limit === undefined && cursor.is('LIMIT')) {
      if (offset !== undefined) cursor.unexpected('the end of the query; LIMIT stands before OFFSET');
      cursor.next();
      if (cursor.accept('ALL')) continue;
      limit = parseCount(cursor, 'after LIMIT');
      if (cursor.is(',')) cursor.unexpected('OFFSET; LIMIT start, count is LIMIT count OFFSET start');
    } else if (limit === undefined && cursor.accept('FETCH')) {
      if (cursor.acceptOne('FIRST', 'NEXT') === undefined) cursor.unexpected('FIRST or NEXT after FETCH');
      limit = parseCount(cursor, 'after FETCH FIRST');
      if (cursor.is('PERCENT')) cursor.refuseHere('PERCENT', 'write a number of rows');
      if (cursor.acceptOne('ROW', 'ROWS') === undefined) cursor.unexpected('ROWS ONLY');
      if (cursor.is('WITH', 'TIES'))
        cursor.refuseHere('WITH TIES', 'rank rows with RANK() OVER (...) and filter by the rank');
      cursor.expect('ONLY', 'after ROWS');
    } else return { offset, limit };
  }
}

function parseCount(cursor: Cursor, where: string): Expression {
  const token = cursor.peek();
  if (token.kind !== 'number' || !/^\d+$/.test(token.text)) cursor.unexpected(`a number of rows ${where}`);
  cursor.next();
  return { kind: 'number', text: token.text, at: token.at };
}
