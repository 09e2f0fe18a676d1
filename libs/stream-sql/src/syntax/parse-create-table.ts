import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseType } from './parse-type.ts';
import { SqlRefusal } from './problem.ts';
import type { Name, Span } from './tree-node.ts';
import type { ColumnNode, ConstraintNode, CreateTable, LikeNode, LikeRule, OptionNode, WatermarkNode } from './tree.ts';

/** `[IF NOT EXISTS]` */
export function parseIfNotExists(cursor: Cursor): boolean {
  if (!cursor.is('IF', 'NOT')) return false;
  cursor.next();
  cursor.next();
  cursor.expect('EXISTS', 'in IF NOT EXISTS');
  return true;
}

/** `[COMMENT 'text']` */
export function parseComment(cursor: Cursor): string | undefined {
  return cursor.accept('COMMENT') ? cursor.string('the comment in quotes').text : undefined;
}

/** The rest behind CREATE [TEMPORARY] TABLE. */
export function parseCreateTable(cursor: Cursor, start: Span, temporary: boolean): CreateTable {
  const ifNotExists = parseIfNotExists(cursor);
  const name = cursor.path('a table');
  const schema = cursor.is('(') ? parseSchema(cursor) : { columns: [], watermark: undefined, constraints: [] };
  const comment = parseComment(cursor);
  if (cursor.is('DISTRIBUTED'))
    cursor.refuseHere(
      'DISTRIBUTED BY',
      'leave it out: how rows are spread belongs to the Kafka topic or the table behind the connector',
    );
  let partitionedBy: readonly Name[] = [];
  if (cursor.accept('PARTITIONED')) {
    cursor.expect('BY', 'after PARTITIONED');
    partitionedBy = cursor.names('the columns of PARTITIONED BY');
  }
  const options = cursor.accept('WITH') ? parseOptions(cursor) : [];
  const like = cursor.is('LIKE') ? parseLike(cursor) : undefined;
  if (cursor.is('AS'))
    cursor.refuseHere(
      'CREATE TABLE ... AS SELECT',
      'write the columns out, and INSERT INTO ... SELECT as a statement of its own',
    );
  const at = cursor.span(start);
  return { kind: 'create-table', temporary, ifNotExists, name, ...schema, comment, partitionedBy, options, like, at };
}

type Schema = Pick<CreateTable, 'columns' | 'watermark' | 'constraints'>;

function parseSchema(cursor: Cursor): Schema {
  const columns: ColumnNode[] = [];
  const constraints: ConstraintNode[] = [];
  let watermark: WatermarkNode | undefined;
  cursor.expect('(', 'before the columns');
  do {
    if (cursor.is('WATERMARK')) {
      const next = parseWatermark(cursor);
      if (watermark !== undefined)
        throw new SqlRefusal(next.at, 'a table has at most one WATERMARK', 'leave one of them out');
      watermark = next;
    } else if (cursor.isOne('CONSTRAINT', 'PRIMARY', 'UNIQUE')) constraints.push(parseConstraint(cursor, undefined));
    else if (cursor.isOne('CHECK', 'FOREIGN'))
      cursor.refuseHere(cursor.is('CHECK') ? 'CHECK' : 'FOREIGN KEY', 'filter rows with WHERE in the query');
    else columns.push(parseColumn(cursor, constraints));
  } while (cursor.accept(','));
  cursor.expect(')', 'after the columns, or a comma before the next');
  return { columns, watermark, constraints };
}

function parseWatermark(cursor: Cursor): WatermarkNode {
  const start = cursor.next().at;
  cursor.expect('FOR', 'after WATERMARK');
  const column = cursor.path('a column');
  cursor.expect('AS', 'in WATERMARK FOR column AS expression');
  return { column, expression: parseExpression(cursor), at: cursor.span(start) };
}

function parseColumn(cursor: Cursor, constraints: ConstraintNode[]): ColumnNode {
  const start = cursor.at;
  const name = cursor.name('a column');
  if (cursor.accept('AS')) {
    const expression = parseExpression(cursor);
    const comment = parseComment(cursor);
    return { kind: 'computed', name, expression, comment, at: cursor.span(start) };
  }
  const type = parseType(cursor);
  if (cursor.accept('METADATA')) {
    const key = cursor.accept('FROM') ? cursor.string('the key of the metadata in quotes').text : undefined;
    const virtual = cursor.accept('VIRTUAL');
    const comment = parseComment(cursor);
    return { kind: 'metadata', name, type, key, virtual, comment, at: cursor.span(start) };
  }
  if (cursor.isOne('CONSTRAINT', 'PRIMARY', 'UNIQUE')) constraints.push(parseConstraint(cursor, name));
  const comment = parseComment(cursor);
  refuseColumnClause(cursor);
  return { kind: 'physical', name, type, comment, at: cursor.span(start) };
}

/** Clauses of other databases that people write behind a column. */
function refuseColumnClause(cursor: Cursor): void {
  if (cursor.is('DEFAULT')) cursor.refuseHere('DEFAULT', 'write COALESCE(column, value) in the query');
  if (cursor.is('REFERENCES')) cursor.refuseHere('REFERENCES', 'join the tables in the query');
  if (cursor.is('CHECK')) cursor.refuseHere('CHECK', 'filter rows with WHERE in the query');
  if (cursor.is('GENERATED')) cursor.refuseHere('GENERATED ALWAYS AS', 'write column AS expression');
}

/** @param column - the column that the constraint stands behind; undefined: it stands beside the columns and lists them */
function parseConstraint(cursor: Cursor, column: Name | undefined): ConstraintNode {
  const start = cursor.at;
  const name = cursor.accept('CONSTRAINT') ? cursor.name('a constraint') : undefined;
  const primary = cursor.accept('PRIMARY');
  if (primary) cursor.expect('KEY', 'after PRIMARY');
  else if (!cursor.accept('UNIQUE')) cursor.unexpected('PRIMARY KEY or UNIQUE');
  const columns = column === undefined ? cursor.names('the columns of the key') : [column];
  let enforced: boolean | undefined;
  if (cursor.accept('NOT', 'ENFORCED')) enforced = false;
  else if (cursor.accept('ENFORCED')) enforced = true;
  return { kind: primary ? 'primary-key' : 'unique', name, columns, enforced, at: cursor.span(start) };
}

/** `('key' = 'value', ...)` */
export function parseOptions(cursor: Cursor): OptionNode[] {
  cursor.expect('(', 'after WITH');
  if (cursor.accept(')')) return [];
  const seen = new Set<string>();
  const options = cursor.list(() => {
    const option = parseOption(cursor);
    if (seen.has(option.key))
      throw new SqlRefusal(option.keyAt, `the option '${option.key}' stands here twice`, 'leave one of them out');
    seen.add(option.key);
    return option;
  });
  cursor.expect(')', "after the options, or a comma before the next 'key' = 'value'");
  return options;
}

/** `'key' = 'value'` */
export function parseOption(cursor: Cursor): OptionNode {
  const key = cursor.string("'key' = 'value', both in quotes");
  cursor.expect('=', "in 'key' = 'value'");
  const value = cursor.string("the value in quotes, as in 'key' = 'value'");
  return { key: key.text, keyAt: key.at, value: value.text, valueAt: value.at, at: cursor.span(key.at) };
}

const ACTIONS = ['INCLUDING', 'EXCLUDING', 'OVERWRITING'] as const;
const FEATURES: readonly LikeRule['what'][] = [
  'ALL',
  'CONSTRAINTS',
  'DISTRIBUTION',
  'GENERATED',
  'METADATA',
  'OPTIONS',
  'PARTITIONS',
  'WATERMARKS',
];

/** `LIKE table [(INCLUDING ALL OVERWRITING OPTIONS ...)]` */
function parseLike(cursor: Cursor): LikeNode {
  const start = cursor.next().at;
  const table = cursor.path('a table');
  const rules: LikeRule[] = [];
  if (cursor.accept('(')) {
    do rules.push(parseLikeRule(cursor));
    while (!cursor.accept(')'));
  }
  return { table, rules, at: cursor.span(start) };
}

function parseLikeRule(cursor: Cursor): LikeRule {
  const start = cursor.at;
  const action = cursor.acceptOne(...ACTIONS);
  if (action === undefined) cursor.unexpected('INCLUDING, EXCLUDING or OVERWRITING, or ) at the end');
  const what = cursor.acceptOne(...FEATURES);
  if (what === undefined) cursor.unexpected(`one of ${FEATURES.join(', ')} after ${action}`);
  const at = cursor.span(start);
  if (action === 'OVERWRITING' && ['ALL', 'CONSTRAINTS', 'DISTRIBUTION', 'PARTITIONS'].includes(what))
    throw new SqlRefusal(
      at,
      `OVERWRITING ${what} does not exist`,
      'OVERWRITING takes GENERATED, METADATA, OPTIONS or WATERMARKS',
    );
  return { action, what, at };
}
