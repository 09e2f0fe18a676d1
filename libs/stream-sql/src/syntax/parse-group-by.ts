import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import type { GroupBy, GroupItem } from './tree.ts';

/** `[GROUP BY [DISTINCT] a, GROUPING SETS (...), ...]` */
export function parseGroupBy(cursor: Cursor): GroupBy | undefined {
  const start = cursor.at;
  if (!cursor.accept('GROUP')) return undefined;
  cursor.expect('BY', 'after GROUP');
  const distinct = cursor.acceptOne('DISTINCT', 'ALL') === 'DISTINCT';
  const items = cursor.list(() => parseItem(cursor));
  return { distinct, items, at: cursor.span(start) };
}

function parseItem(cursor: Cursor): GroupItem {
  const start = cursor.at;
  if (cursor.accept('GROUPING', 'SETS')) {
    const items = parseItems(cursor, 'GROUPING SETS');
    return { kind: 'grouping-sets', items, at: cursor.span(start) };
  }
  const kind = cursor.acceptOne('ROLLUP', 'CUBE');
  if (kind !== undefined) {
    const items = parseItems(cursor, kind);
    return { kind: kind === 'ROLLUP' ? 'rollup' : 'cube', items, at: cursor.span(start) };
  }
  if (cursor.accept('(', ')')) return { kind: 'set', expressions: [], at: cursor.span(start) };
  const expression = parseExpression(cursor);
  const at = cursor.span(start);
  return expression.kind === 'row' && !expression.explicit
    ? { kind: 'set', expressions: expression.fields, at }
    : { kind: 'expression', expression, at };
}

function parseItems(cursor: Cursor, name: string): GroupItem[] {
  return cursor.nested(() => {
    cursor.expect('(', `after ${name}`);
    const items = cursor.list(() => parseItem(cursor));
    cursor.expect(')', `after ${name} (...`);
    return items;
  });
}
