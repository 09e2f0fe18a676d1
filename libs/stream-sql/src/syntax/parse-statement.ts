import type { Cursor } from './cursor.ts';
import { parseComment, parseCreateTable, parseIfNotExists, parseOption } from './parse-create-table.ts';
import { parseHints } from './parse-hints.ts';
import { parseQuery, startsQuery } from './parse-query.ts';
import { parseDescribe, parseShow } from './parse-show.ts';
import { SqlRefusal, type Problem } from './problem.ts';
import { refuseStatement } from './refused-statements.ts';
import type { Path, Span } from './tree-node.ts';
import type {
  CreateView,
  Drop,
  Explain,
  ExplainDetail,
  InsertInto,
  ResetOption,
  SelectStatement,
  SetOption,
  Statement,
  StatementSet,
} from './tree.ts';

/**
 * One statement, without the semicolon behind it. @param problems - where a statement set puts those of its inserts, so that the
 * inserts after a wrong one are read too; it throws for everything else
 */
export function parseStatement(cursor: Cursor, problems: Problem[]): Statement {
  const start = cursor.at;
  if (startsQuery(cursor) || cursor.is('(')) return parseSelectStatement(cursor);
  if (cursor.is('CREATE')) return parseCreate(cursor, start);
  if (cursor.is('DROP')) return parseDrop(cursor, start);
  if (cursor.is('INSERT')) return parseInsert(cursor);
  if (cursor.is('EXECUTE') || cursor.is('BEGIN')) return parseExecute(cursor, start, problems);
  if (cursor.accept('EXPLAIN')) return parseExplain(cursor, start, problems);
  if (cursor.accept('SHOW')) return parseShow(cursor, start);
  if (cursor.isOne('DESCRIBE', 'DESC')) return parseDescribe(cursor);
  if (cursor.accept('SET')) return parseSet(cursor, start);
  if (cursor.accept('RESET')) return parseReset(cursor, start);
  refuseStatement(cursor);
  cursor.unexpected(
    'a statement: CREATE TABLE, CREATE VIEW, INSERT INTO, SELECT, EXECUTE STATEMENT SET, SET, EXPLAIN, SHOW, ...',
  );
}

function parseSelectStatement(cursor: Cursor): SelectStatement {
  const query = parseQuery(cursor);
  return { kind: 'query', query, at: query.at };
}

function parseCreate(cursor: Cursor, start: Span): Statement {
  refuseStatement(cursor);
  cursor.next();
  const temporary = cursor.accept('TEMPORARY');
  if (cursor.accept('TABLE')) return parseCreateTable(cursor, start, temporary);
  if (cursor.accept('VIEW')) return parseCreateView(cursor, start, temporary);
  cursor.unexpected('TABLE or VIEW after CREATE');
}

function parseCreateView(cursor: Cursor, start: Span, temporary: boolean): CreateView {
  const ifNotExists = parseIfNotExists(cursor);
  const name = cursor.path('a view');
  const columns = cursor.is('(') ? cursor.names('the column names') : [];
  const comment = parseComment(cursor);
  cursor.expect('AS', 'in CREATE VIEW name AS SELECT ...');
  const query = parseQuery(cursor);
  return { kind: 'create-view', temporary, ifNotExists, name, columns, comment, query, at: cursor.span(start) };
}

function parseDrop(cursor: Cursor, start: Span): Drop {
  refuseStatement(cursor);
  cursor.next();
  const temporary = cursor.accept('TEMPORARY');
  const what = cursor.acceptOne('TABLE', 'VIEW');
  if (what === undefined) cursor.unexpected('TABLE or VIEW after DROP');
  const ifExists = cursor.is('IF') && cursor.isAt(1, 'EXISTS');
  if (ifExists) cursor.accept('IF', 'EXISTS');
  const name = cursor.path(what === 'TABLE' ? 'a table' : 'a view');
  return { kind: 'drop', what, temporary, ifExists, name, at: cursor.span(start) };
}

function parseInsert(cursor: Cursor): InsertInto {
  const start = cursor.next().at;
  if (cursor.is('OVERWRITE'))
    cursor.refuseHere('INSERT OVERWRITE', 'write INSERT INTO; a table with a PRIMARY KEY replaces rows by their key');
  cursor.expect('INTO', 'after INSERT');
  const table = cursor.path('a table');
  const hints = parseHints(cursor);
  if (cursor.is('PARTITION')) cursor.refuseHere('INSERT INTO ... PARTITION', 'write the value into the SELECT list');
  const columns = cursor.is('(') && !beginsQuery(cursor) ? parseTargets(cursor) : undefined;
  if (!startsQuery(cursor) && !cursor.is('(')) cursor.unexpected('SELECT or VALUES: what is inserted');
  const query = parseQuery(cursor);
  return { kind: 'insert', table, hints, columns, query, at: cursor.span(start) };
}

/** Whether the parentheses here hold a query and not the columns. */
function beginsQuery(cursor: Cursor): boolean {
  let ahead = 0;
  while (cursor.isAt(ahead, '(')) ahead++;
  return cursor.isAt(ahead, 'SELECT', 'WITH', 'VALUES', 'TABLE');
}

function parseTargets(cursor: Cursor): Path[] {
  cursor.expect('(', 'before the columns');
  const columns = cursor.list(() => cursor.path('a column'));
  cursor.expect(')', 'after the columns');
  return columns;
}

/** EXECUTE STATEMENT SET BEGIN ... END, BEGIN STATEMENT SET; ... END, EXECUTE INSERT ..., EXECUTE SELECT ... */
function parseExecute(cursor: Cursor, start: Span, problems: Problem[]): Statement {
  if (cursor.accept('BEGIN')) {
    cursor.expect('STATEMENT', 'after BEGIN');
    cursor.expect('SET', 'after BEGIN STATEMENT');
    cursor.expect(';', 'after BEGIN STATEMENT SET');
    return parseStatementSet(cursor, start, problems);
  }
  refuseStatement(cursor);
  cursor.next();
  if (cursor.is('INSERT')) return parseInsert(cursor);
  if (startsQuery(cursor)) return parseSelectStatement(cursor);
  cursor.expect('STATEMENT', 'after EXECUTE');
  cursor.expect('SET', 'after EXECUTE STATEMENT');
  cursor.expect('BEGIN', 'after EXECUTE STATEMENT SET');
  return parseStatementSet(cursor, start, problems);
}

function parseStatementSet(cursor: Cursor, start: Span, problems: Problem[]): StatementSet {
  const inserts: InsertInto[] = [];
  const before = problems.length;
  while (!cursor.is('END')) {
    if (cursor.done) cursor.unexpected('END after the inserts of the statement set');
    if (cursor.accept(';')) continue;
    try {
      if (!cursor.is('INSERT')) cursor.unexpected('INSERT INTO or END: a statement set has nothing else');
      inserts.push(parseInsert(cursor));
      if (cursor.is('END')) problems.push(unexpectedEnd(cursor));
      else cursor.expect(';', 'after each INSERT INTO');
    } catch (error) {
      if (!(error instanceof SqlRefusal)) throw error;
      problems.push(error.problem);
      cursor.skipStatement();
    }
  }
  cursor.next();
  const at = cursor.span(start);
  if (inserts.length === 0 && problems.length === before)
    throw new SqlRefusal(at, 'the statement set is empty', 'write at least one INSERT INTO between BEGIN and END');
  return { kind: 'statement-set', inserts, at };
}

/** A missing semicolon before END: the statement goes on as if it were there. */
function unexpectedEnd(cursor: Cursor): Problem {
  return new SqlRefusal(cursor.at, 'END is not expected here', 'expected: ; after each INSERT INTO').problem;
}

const DETAILS: readonly ExplainDetail[] = ['ESTIMATED_COST', 'CHANGELOG_MODE', 'JSON_EXECUTION_PLAN', 'PLAN_ADVICE'];

function parseExplain(cursor: Cursor, start: Span, problems: Problem[]): Explain {
  let details: ExplainDetail[] = [];
  if (cursor.is('PLAN', 'FOR')) cursor.accept('PLAN', 'FOR');
  else if (cursor.isOne(...DETAILS)) {
    details = cursor.list(() => {
      const detail = cursor.acceptOne(...DETAILS);
      if (detail === undefined) cursor.unexpected(`one of ${DETAILS.join(', ')}`);
      return detail;
    });
  }
  const statement = parseExplained(cursor, problems);
  return { kind: 'explain', details, statement, at: cursor.span(start) };
}

function parseExplained(cursor: Cursor, problems: Problem[]): Explain['statement'] {
  const start = cursor.at;
  if (startsQuery(cursor) || cursor.is('(')) return parseSelectStatement(cursor);
  if (cursor.is('INSERT')) return parseInsert(cursor);
  if (cursor.is('EXECUTE') && !cursor.isAt(1, 'STATEMENT')) {
    cursor.next();
    return parseExplained(cursor, problems);
  }
  cursor.accept('EXECUTE');
  if (cursor.accept('STATEMENT')) {
    cursor.expect('SET', 'after STATEMENT');
    cursor.expect('BEGIN', 'after STATEMENT SET');
    return parseStatementSet(cursor, start, problems);
  }
  cursor.unexpected(`SELECT, INSERT INTO or STATEMENT SET BEGIN after EXPLAIN, or one of ${DETAILS.join(', ')}`);
}

function parseSet(cursor: Cursor, start: Span): SetOption {
  if (cursor.is(';') || cursor.done) return { kind: 'set', option: undefined, at: start };
  if (cursor.peek().kind !== 'string') cursor.unexpected("'key' = 'value' after SET, both in quotes");
  const option = parseOption(cursor);
  return { kind: 'set', option, at: cursor.span(start) };
}

function parseReset(cursor: Cursor, start: Span): ResetOption {
  if (cursor.is(';') || cursor.done) return { kind: 'reset', key: undefined, at: start };
  const key = cursor.string("'key' after RESET, in quotes").text;
  return { kind: 'reset', key, at: cursor.span(start) };
}
