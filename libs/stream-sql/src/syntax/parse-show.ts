import type { Cursor } from './cursor.ts';
import type { Span } from './tree-node.ts';
import type { Describe, Show, ShowLike } from './tree.ts';

/** The rest behind SHOW. */
export function parseShow(cursor: Cursor, start: Span): Show {
  const lists = cursor.acceptOne('TABLES', 'VIEWS');
  if (lists !== undefined) {
    refuseDatabase(cursor);
    return { kind: 'show', what: lists, like: parseLike(cursor), at: cursor.span(start) };
  }
  if (cursor.is('FUNCTIONS') || cursor.is('USER', 'FUNCTIONS')) {
    const user = cursor.accept('USER');
    cursor.next();
    refuseDatabase(cursor);
    return { kind: 'show', what: 'FUNCTIONS', user, like: parseLike(cursor, true), at: cursor.span(start) };
  }
  if (cursor.accept('COLUMNS')) {
    if (cursor.acceptOne('FROM', 'IN') === undefined) cursor.unexpected('FROM table after SHOW COLUMNS');
    const table = cursor.path('a table');
    return { kind: 'show', what: 'COLUMNS', table, like: parseLike(cursor), at: cursor.span(start) };
  }
  if (cursor.is('CREATE')) {
    if (!cursor.isAt(1, 'TABLE', 'VIEW'))
      cursor.refuseHere(`SHOW CREATE ${cursor.peek(1).text}`, 'write SHOW CREATE TABLE or SHOW CREATE VIEW');
    cursor.next();
    const what = cursor.next().text === 'TABLE' ? 'CREATE TABLE' : 'CREATE VIEW';
    return {
      kind: 'show',
      what,
      name: cursor.path(what === 'CREATE TABLE' ? 'a table' : 'a view'),
      at: cursor.span(start),
    };
  }
  refuseShow(cursor);
  cursor.unexpected('TABLES, VIEWS, FUNCTIONS, COLUMNS FROM, CREATE TABLE or CREATE VIEW after SHOW');
}

function refuseDatabase(cursor: Cursor): void {
  if (cursor.isOne('FROM', 'IN'))
    cursor.refuseHere('a database in SHOW', 'leave it out: a job has one database of its own');
}

const REFUSED = [
  'CATALOGS', 'DATABASES', 'CURRENT', 'MODULES', 'FULL', 'JARS', 'JOBS', 'MODELS', 'PARTITIONS', 'PROCEDURES', 'CONNECTIONS', 'MATERIALIZED',
]; // prettier-ignore

function refuseShow(cursor: Cursor): void {
  if (!cursor.isOne(...REFUSED)) return;
  const hint = cursor.is('JOBS') ? 'the console lists the jobs' : 'write SHOW TABLES, VIEWS, FUNCTIONS or COLUMNS';
  cursor.refuseHere(`SHOW ${cursor.peek().text}`, hint);
}

/** `[[NOT] LIKE 'pattern']`; ILIKE, where Flink has it. */
function parseLike(cursor: Cursor, ilike = false): ShowLike | undefined {
  const start = cursor.at;
  const negated = cursor.accept('NOT');
  const operator = cursor.acceptOne('LIKE', ...(ilike ? (['ILIKE'] as const) : []));
  if (operator === undefined) {
    if (negated) cursor.unexpected("LIKE 'pattern' after NOT");
    return undefined;
  }
  const pattern = cursor.string('the pattern in quotes').text;
  return { negated, ignoreCase: operator === 'ILIKE', pattern, at: cursor.span(start) };
}

/** DESCRIBE [EXTENDED] table, DESC table */
export function parseDescribe(cursor: Cursor): Describe {
  const start = cursor.next().at;
  const word = cursor.peek();
  if (
    cursor.isOne('CATALOG', 'DATABASE', 'FUNCTION', 'JOB', 'MODEL', 'CONNECTION') &&
    (cursor.isName(1) || cursor.peek(1).kind === 'string')
  )
    cursor.refuseHere(`DESCRIBE ${word.text}`, 'write DESCRIBE table');
  const extended = cursor.accept('EXTENDED');
  const name = cursor.path('a table');
  return { kind: 'describe', extended, name, at: cursor.span(start) };
}
