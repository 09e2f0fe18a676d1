import type { SqlProblem } from '@hermes/contracts/job';
import type { ColumnNode, CreateTable, InsertInto, Name, OptionNode, SetOption, Statement } from './ast.ts';
import { parseExpression } from './parse-expression.ts';
import { parseSelect } from './parse-select.ts';
import { parseType } from './parse-type.ts';
import { refuse, SqlRefusal } from './problem.ts';
import { TokenStream } from './token-stream.ts';

/** What a text says, or everything that is wrong with it: one problem a statement, the first. */
export interface Parsed {
  readonly statements: readonly Statement[];
  readonly problems: readonly SqlProblem[];
}

/** Reads a script of Flink SQL statements that semicolons part. Never throws for what a person wrote. */
export function parseScript(text: string): Parsed {
  const statements: Statement[] = [];
  const problems: SqlProblem[] = [];
  let tokens: TokenStream;
  try {
    tokens = new TokenStream(text);
  } catch (error) {
    if (error instanceof SqlRefusal) return { statements, problems: [error.problem] };
    throw error;
  }
  while (tokens.peek().kind !== 'end') {
    if (tokens.accept(';')) continue;
    try {
      statements.push(parseStatement(tokens));
      if (tokens.peek().kind !== 'end' && !tokens.accept(';')) tokens.unexpected('; after the statement');
    } catch (error) {
      if (!(error instanceof SqlRefusal)) throw error;
      problems.push(error.problem);
      tokens.skipStatement();
    }
  }
  return { statements, problems };
}

function parseStatement(tokens: TokenStream): Statement {
  const { at, text } = tokens.peek();
  if (tokens.accept('CREATE')) {
    tokens.accept('TEMPORARY');
    if (tokens.accept('TABLE')) return parseCreateTable(tokens, at);
    refuse(at, `CREATE ${tokens.peek().text}`, 'write CREATE TABLE ... WITH (...) and INSERT INTO ... SELECT');
  }
  if (tokens.accept('SET')) return parseSet(tokens, at);
  if (tokens.accept('EXECUTE')) {
    if (tokens.is('STATEMENT')) refuse(at, 'EXECUTE STATEMENT SET', 'make a job for each INSERT INTO');
    if (!tokens.is('INSERT')) tokens.unexpected('INSERT INTO');
  }
  if (tokens.accept('INSERT')) return parseInsert(tokens, at);
  const known = [
    'SELECT',
    'WITH',
    'VALUES',
    'EXPLAIN',
    'SHOW',
    'DESCRIBE',
    'DESC',
    'DROP',
    'ALTER',
    'USE',
    'RESET',
    'BEGIN',
    'ADD',
    'LOAD',
    'UPDATE',
    'DELETE',
  ];
  if (known.includes(text))
    refuse(at, `a ${text} statement`, 'a job is CREATE TABLE statements and one INSERT INTO ... SELECT');
  return tokens.unexpected('CREATE TABLE, SET or INSERT INTO');
}

function parseSet(tokens: TokenStream, at: SetOption['at']): SetOption {
  const key = tokens.string("SET 'key' = 'value'").text;
  tokens.expect('=', "in SET 'key' = 'value'");
  return { kind: 'set', at, key, value: tokens.string("SET 'key' = 'value'").text };
}

/** A table's name; catalog and database are the platform's, so a path of several parts is refused. */
export function parseTableName(tokens: TokenStream): Name {
  const name = tokens.name('a table');
  if (tokens.is('.')) refuse(name.at, 'a table name with catalog or database', `write only the table's own name`);
  return name;
}

function parseCreateTable(tokens: TokenStream, at: CreateTable['at']): CreateTable {
  if (tokens.accept('IF')) {
    tokens.expect('NOT', 'in IF NOT EXISTS');
    tokens.expect('EXISTS', 'in IF NOT EXISTS');
  }
  const name = parseTableName(tokens);
  if (!tokens.accept('('))
    refuse(
      tokens.at,
      'CREATE TABLE without columns',
      'list the columns: CREATE TABLE name (column TYPE, ...) WITH (...)',
    );
  const columns: ColumnNode[] = [];
  let watermark: CreateTable['watermark'];
  let primaryKey: Name[] = [];
  do {
    const start = tokens.at;
    if (tokens.accept('WATERMARK', 'FOR')) {
      const column = tokens.name('a column');
      if (tokens.is('.'))
        refuse(
          column.at,
          'WATERMARK FOR a nested field',
          'make a computed column of it and write WATERMARK FOR that column',
        );
      tokens.expect('AS', 'in WATERMARK FOR column AS expression');
      if (watermark !== undefined) throw new SqlRefusal(start, 'a table has at most one WATERMARK');
      watermark = { column, expression: parseExpression(tokens), at: start };
    } else if (tokens.is('PRIMARY', 'KEY') || tokens.is('CONSTRAINT')) {
      if (tokens.accept('CONSTRAINT')) tokens.name('a constraint');
      primaryKey = parsePrimaryKey(tokens);
    } else columns.push(parseColumn(tokens, primaryKey));
  } while (tokens.accept(','));
  tokens.expect(')', 'after the columns');
  if (tokens.accept('COMMENT')) tokens.string('a comment');
  if (tokens.is('PARTITIONED') || tokens.is('DISTRIBUTED'))
    refuse(
      tokens.at,
      `${tokens.peek().text} BY`,
      'leave it out: partitions belong to the Kafka topic or the ClickHouse table',
    );
  if (!tokens.is('WITH')) {
    if (tokens.is('LIKE')) refuse(tokens.at, 'CREATE TABLE ... LIKE', 'repeat the columns');
    tokens.unexpected("WITH ('connector' = ...)");
  }
  tokens.next();
  const options = parseOptions(tokens);
  if (tokens.is('LIKE') || tokens.is('AS'))
    refuse(
      tokens.at,
      `CREATE TABLE ... ${tokens.peek().text}`,
      'write the columns out, and a separate INSERT INTO ... SELECT',
    );
  return { kind: 'create-table', at, name, columns, watermark, primaryKey, options };
}

function parsePrimaryKey(tokens: TokenStream): Name[] {
  tokens.expect('PRIMARY', 'KEY');
  tokens.expect('KEY', 'after PRIMARY');
  const names = parseNameList(tokens);
  if (!tokens.accept('NOT', 'ENFORCED')) tokens.unexpected('NOT ENFORCED: Flink does not enforce primary keys');
  return names;
}

export function parseNameList(tokens: TokenStream): Name[] {
  tokens.expect('(', 'before the column names');
  const names = [tokens.name('a column')];
  while (tokens.accept(',')) names.push(tokens.name('a column'));
  tokens.expect(')', 'after the column names');
  return names;
}

function parseColumn(tokens: TokenStream, primaryKey: Name[]): ColumnNode {
  const name = tokens.name('a column');
  if (tokens.accept('AS')) {
    const expression = parseExpression(tokens);
    if (tokens.accept('COMMENT')) tokens.string('a comment');
    return { kind: 'computed', name, expression };
  }
  const type = parseType(tokens);
  let column: ColumnNode = { kind: 'physical', name, type };
  if (tokens.accept('METADATA')) {
    const key = tokens.accept('FROM') ? tokens.string('the metadata key').text : name.name;
    column = { kind: 'metadata', name, type, key, virtual: tokens.accept('VIRTUAL') };
  }
  if (tokens.accept('PRIMARY', 'KEY')) {
    if (!tokens.accept('NOT', 'ENFORCED')) tokens.unexpected('NOT ENFORCED: Flink does not enforce primary keys');
    primaryKey.push(name);
  }
  if (tokens.accept('COMMENT')) tokens.string('a comment');
  return column;
}

function parseOptions(tokens: TokenStream): OptionNode[] {
  tokens.expect('(', 'after WITH');
  const options: OptionNode[] = [];
  do {
    const key = tokens.string("'key' = 'value'");
    tokens.expect('=', "in 'key' = 'value'");
    const value = tokens.string("'key' = 'value'");
    if (options.some((option) => option.key === key.text))
      throw new SqlRefusal(key.at, `the option '${key.text}' stands here twice`);
    options.push({ key: key.text, value: value.text, at: key.at });
  } while (tokens.accept(','));
  tokens.expect(')', 'after the options');
  return options;
}

function parseInsert(tokens: TokenStream, at: InsertInto['at']): InsertInto {
  if (tokens.is('OVERWRITE')) refuse(at, 'INSERT OVERWRITE', 'write INSERT INTO');
  tokens.expect('INTO', 'after INSERT');
  const table = parseTableName(tokens);
  if (tokens.is('PARTITION')) refuse(tokens.at, 'INSERT INTO ... PARTITION', 'write the value into the SELECT list');
  const columns = tokens.is('(') && tokens.peek(1).text !== 'SELECT' ? parseNameList(tokens) : undefined;
  return { kind: 'insert', at, table, columns, query: parseSelect(tokens) };
}
