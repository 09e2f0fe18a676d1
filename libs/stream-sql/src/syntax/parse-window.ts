import type { Cursor } from './cursor.ts';
import { parseExpression, parseExpressions } from './parse-expression.ts';
import type { Expression, FrameBound, OrderItem, WindowFrame, WindowSpecification } from './tree-expression.ts';

/** `[ORDER BY a DESC NULLS LAST, b]` */
export function parseOrderBy(cursor: Cursor): OrderItem[] {
  if (!cursor.accept('ORDER')) return [];
  cursor.expect('BY', 'after ORDER');
  return parseOrderItems(cursor);
}

/** @param most - how many at most; further commas are left */
export function parseOrderItems(cursor: Cursor, most = Number.POSITIVE_INFINITY): OrderItem[] {
  const items = [parseOrderItem(cursor)];
  while (items.length < most && cursor.accept(',')) items.push(parseOrderItem(cursor));
  return items;
}

function parseOrderItem(cursor: Cursor): OrderItem {
  const start = cursor.at;
  const expression = parseExpression(cursor);
  const descending = cursor.acceptOne('ASC', 'DESC') === 'DESC';
  let nulls: OrderItem['nulls'];
  if (cursor.accept('NULLS')) {
    nulls = cursor.acceptOne('FIRST', 'LAST');
    if (nulls === undefined) cursor.unexpected('FIRST or LAST after NULLS');
  }
  return { expression, descending, nulls, at: cursor.span(start) };
}

/** `[FILTER (WHERE condition)]` */
export function parseFilter(cursor: Cursor): Expression | undefined {
  if (!cursor.accept('FILTER')) return undefined;
  cursor.expect('(', 'after FILTER');
  cursor.expect('WHERE', 'in FILTER (WHERE ...)');
  const condition = parseExpression(cursor);
  cursor.expect(')', 'after FILTER (WHERE ...');
  return condition;
}

/** `[OVER name]`, `[OVER (...)]` */
export function parseOver(cursor: Cursor): WindowSpecification | undefined {
  if (!cursor.accept('OVER')) return undefined;
  if (cursor.is('(')) return parseWindowSpecification(cursor);
  const base = cursor.name('a window, or ( ... )');
  return { base, partitionBy: [], orderBy: [], frame: undefined, at: base.at };
}

/** `([base] [PARTITION BY ...] [ORDER BY ...] [ROWS|RANGE ...])` */
export function parseWindowSpecification(cursor: Cursor): WindowSpecification {
  const start = cursor.expect('(', 'before the window').at;
  const base = cursor.isName() ? cursor.name('a window') : undefined;
  let partitionBy: Expression[] = [];
  if (cursor.accept('PARTITION')) {
    cursor.expect('BY', 'after PARTITION');
    partitionBy = parseExpressions(cursor);
  }
  const orderBy = parseOrderBy(cursor);
  const frame = parseFrame(cursor);
  if (cursor.isOne('ALLOW', 'DISALLOW')) cursor.refuseHere(`${cursor.peek().text} PARTIAL`, 'leave it out');
  cursor.expect(')', 'after the window');
  return { base, partitionBy, orderBy, frame, at: cursor.span(start) };
}

function parseFrame(cursor: Cursor): WindowFrame | undefined {
  const at = cursor.at;
  if (cursor.is('GROUPS')) cursor.refuseHere('a frame of GROUPS', 'write ROWS or RANGE');
  const unit = cursor.acceptOne('ROWS', 'RANGE');
  if (unit === undefined) return undefined;
  const between = cursor.accept('BETWEEN');
  const start = parseBound(cursor);
  let end: FrameBound | undefined;
  if (between) {
    cursor.expect('AND', `in ${unit} BETWEEN ... AND ...`);
    end = parseBound(cursor);
  }
  if (cursor.is('EXCLUDE')) cursor.refuseHere('EXCLUDE in a frame', 'leave it out');
  return { unit, start, end, at: cursor.span(at) };
}

function parseBound(cursor: Cursor): FrameBound {
  const start = cursor.at;
  if (cursor.accept('CURRENT', 'ROW')) return { kind: 'current-row', at: cursor.span(start) };
  const unbounded = cursor.is('UNBOUNDED', 'PRECEDING') || cursor.is('UNBOUNDED', 'FOLLOWING');
  if (unbounded) cursor.next();
  const offset = unbounded ? undefined : parseExpression(cursor);
  const direction = cursor.acceptOne('PRECEDING', 'FOLLOWING');
  if (direction === undefined) cursor.unexpected('PRECEDING or FOLLOWING');
  const kind = direction === 'PRECEDING' ? 'preceding' : 'following';
  const at = cursor.span(start);
  return offset === undefined ? { kind: `unbounded-${kind}`, at } : { kind, offset, at };
}
