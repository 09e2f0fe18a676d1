import { printExpression } from './print-expression.ts';
import { printName, printNames, printPath, printString } from './print-name.ts';
import { printHints, printQuery } from './print-query.ts';
import { printType } from './print-type.ts';
import type { ColumnNode, ConstraintNode, CreateTable, InsertInto, OptionNode, Show, Statement } from './tree.ts';

/**
 * A statement as it is written in Flink SQL, without the semicolon behind it; it parses to the same tree. In one line, except CREATE TABLE
 * (a line for each column and option) and statement sets (a line for each insert). Comments and the writer's layout are gone: `format.ts`
 * keeps them.
 */
export function printSql(statement: Statement): string {
  switch (statement.kind) {
    case 'create-table':
      return printCreateTable(statement);
    case 'create-view': {
      const { temporary, ifNotExists, name, columns, comment, query } = statement;
      const head = `CREATE ${temporary ? 'TEMPORARY ' : ''}VIEW ${ifNotExists ? 'IF NOT EXISTS ' : ''}${printPath(name)}`;
      return `${head}${columns.length === 0 ? '' : ` ${printNames(columns)}`}${printComment(comment)} AS ${printQuery(query)}`;
    }
    case 'drop': {
      const { what, temporary, ifExists, name } = statement;
      return `DROP ${temporary ? 'TEMPORARY ' : ''}${what} ${ifExists ? 'IF EXISTS ' : ''}${printPath(name)}`;
    }
    case 'insert':
      return printInsert(statement);
    case 'statement-set':
      return `EXECUTE ${printStatementSet(statement.inserts)}`;
    case 'query':
      return printQuery(statement.query);
    case 'explain': {
      const details = statement.details.length === 0 ? 'PLAN FOR' : statement.details.join(', ');
      const { statement: explained } = statement;
      const text = explained.kind === 'statement-set' ? printStatementSet(explained.inserts) : printSql(explained);
      return `EXPLAIN ${details} ${text}`;
    }
    case 'show':
      return printShow(statement);
    case 'describe':
      return `DESCRIBE ${statement.extended ? 'EXTENDED ' : ''}${printPath(statement.name)}`;
    case 'set':
      return statement.option === undefined ? 'SET' : `SET ${printOption(statement.option)}`;
    case 'reset':
      return statement.key === undefined ? 'RESET' : `RESET ${printString(statement.key)}`;
  }
}

const printComment = (comment: string | undefined): string =>
  comment === undefined ? '' : ` COMMENT ${printString(comment)}`;

const printOption = ({ key, value }: OptionNode): string => `${printString(key)} = ${printString(value)}`;

const block = (lines: readonly string[]): string => `(\n${lines.map((line) => `  ${line}`).join(',\n')}\n)`;

function printStatementSet(inserts: readonly InsertInto[]): string {
  return ['STATEMENT SET', 'BEGIN', ...inserts.map((insert) => `${printInsert(insert)};`), 'END'].join('\n');
}

function printInsert({ table, hints, columns, query }: InsertInto): string {
  const parts = [`INSERT INTO ${printPath(table)}`];
  if (hints.length > 0) parts.push(printHints(hints));
  if (columns !== undefined) parts.push(`(${columns.map(printPath).join(', ')})`);
  return [...parts, printQuery(query)].join(' ');
}

function printCreateTable(table: CreateTable): string {
  const head = `CREATE ${table.temporary ? 'TEMPORARY ' : ''}TABLE ${table.ifNotExists ? 'IF NOT EXISTS ' : ''}${printPath(table.name)}`;
  const lines = table.columns.map(printColumn);
  if (table.watermark !== undefined) {
    const { column, expression } = table.watermark;
    lines.push(`WATERMARK FOR ${printPath(column)} AS ${printExpression(expression)}`);
  }
  lines.push(...table.constraints.map(printConstraint));
  let text = `${head}${lines.length === 0 ? '' : ` ${block(lines)}`}${printComment(table.comment)}`;
  if (table.partitionedBy.length > 0) text += `\nPARTITIONED BY ${printNames(table.partitionedBy)}`;
  if (table.options.length > 0)
    text += `${lines.length === 0 ? ' ' : '\n'}WITH ${block(table.options.map(printOption))}`;
  if (table.like === undefined) return text;
  const rules = table.like.rules.map(({ action, what }) => `${action} ${what}`).join(' ');
  return `${text}\nLIKE ${printPath(table.like.table)}${rules === '' ? '' : ` (${rules})`}`;
}

function printColumn(column: ColumnNode): string {
  const name = printName(column.name.name);
  const comment = printComment(column.comment);
  if (column.kind === 'computed') return `${name} AS ${printExpression(column.expression)}${comment}`;
  const typed = `${name} ${printType(column.type)}`;
  if (column.kind === 'physical') return `${typed}${comment}`;
  const from = column.key === undefined ? '' : ` FROM ${printString(column.key)}`;
  return `${typed} METADATA${from}${column.virtual ? ' VIRTUAL' : ''}${comment}`;
}

function printConstraint({ kind, name, columns, enforced }: ConstraintNode): string {
  const constraint = name === undefined ? '' : `CONSTRAINT ${printName(name.name)} `;
  const enforcement = enforced === undefined ? '' : enforced ? ' ENFORCED' : ' NOT ENFORCED';
  return `${constraint}${kind === 'primary-key' ? 'PRIMARY KEY' : 'UNIQUE'} ${printNames(columns)}${enforcement}`;
}

function printShow(show: Show): string {
  switch (show.what) {
    case 'CREATE TABLE':
    case 'CREATE VIEW':
      return `SHOW ${show.what} ${printPath(show.name)}`;
    default: {
      const what =
        show.what === 'COLUMNS'
          ? `COLUMNS FROM ${printPath(show.table)}`
          : show.what === 'FUNCTIONS' && show.user
            ? 'USER FUNCTIONS'
            : show.what;
      if (show.like === undefined) return `SHOW ${what}`;
      const { negated, ignoreCase, pattern } = show.like;
      return `SHOW ${what}${negated ? ' NOT' : ''} ${ignoreCase ? 'ILIKE' : 'LIKE'} ${printString(pattern)}`;
    }
  }
}
