import type { Cursor } from './cursor.ts';
import { parseIntervalQualifier } from './parse-interval.ts';
import { SqlRefusal } from './problem.ts';
import { RESERVED_WORDS } from './reserved-words.ts';
import type { TypeNode } from './tree-type.ts';

/** How many parameters each built-in name may have. */
const SIMPLE_TYPES: Readonly<Record<string, number>> = {
  BOOLEAN: 0, TINYINT: 0, SMALLINT: 0, INT: 0, INTEGER: 0, BIGINT: 0, FLOAT: 0, REAL: 0, DOUBLE: 0, DATE: 0, STRING: 0, BYTES: 0,
  CHAR: 1, CHARACTER: 1, VARCHAR: 1, BINARY: 1, VARBINARY: 1, TIME: 1, TIMESTAMP: 1, TIMESTAMP_LTZ: 1, DECIMAL: 2, DEC: 2, NUMERIC: 2,
}; // prettier-ignore

type Parts = Omit<TypeNode, 'at' | 'nullable'>;

const plain = (name: string): Parts => ({
  name,
  path: undefined,
  parameters: [],
  interval: undefined,
  fields: [],
  arguments: [],
});

/** A type with `NULL` or `NOT NULL` and with ARRAY or MULTISET behind it, as columns and fields have it: `INT NOT NULL ARRAY`. */
export function parseType(cursor: Cursor): TypeNode {
  return cursor.nested(() => {
    const start = cursor.at;
    let parts = parseTypeName(cursor);
    for (;;) {
      const nullable = !cursor.accept('NOT', 'NULL');
      if (nullable) cursor.accept('NULL');
      const node: TypeNode = { ...parts, nullable, at: cursor.span(start) };
      const collection = cursor.acceptOne('ARRAY', 'MULTISET');
      if (collection === undefined) return node;
      parts = { ...plain(collection), arguments: [node] };
    }
  });
}

/** A type as CAST and RETURNING have it: NULL behind it does not belong to it, and it may be an interval. */
export function parseTargetType(cursor: Cursor): TypeNode {
  return cursor.nested(() => {
    const start = cursor.at;
    if (cursor.accept('INTERVAL')) return { ...parseIntervalType(cursor), nullable: true, at: cursor.span(start) };
    let parts = parseTypeName(cursor);
    for (;;) {
      const node: TypeNode = { ...parts, nullable: true, at: cursor.span(start) };
      const collection = cursor.acceptOne('ARRAY', 'MULTISET');
      if (collection === undefined) return node;
      parts = { ...plain(collection), arguments: [node] };
    }
  });
}

function parseTypeName(cursor: Cursor): Parts {
  const token = cursor.peek();
  const called = cursor.isAt(1, '(', '<');
  if (token.kind === 'word') {
    switch (token.text) {
      case 'ROW':
        if (called) return parseRow(cursor);
        break;
      case 'ARRAY':
      case 'MULTISET':
        cursor.next();
        return parseElement(cursor, token.text);
      case 'MAP':
        if (called) return parseMap(cursor);
        break;
      case 'INTERVAL':
        cursor.refuseHere(
          'a column or field of an INTERVAL type',
          'write BIGINT and keep the milliseconds or months in it',
        );
        break;
      case 'RAW':
        if (called) cursor.refuseHere('the type RAW', 'write a type of SQL, for example BYTES or ROW<...>');
        break;
      case 'STRUCTURED':
        if (called) cursor.refuseHere('a structured type', 'write ROW<...> with its fields');
        break;
    }
    const most = SIMPLE_TYPES[token.text];
    if (most !== undefined) return parseSimple(cursor, token.text, most);
    if (RESERVED_WORDS.has(token.text)) cursor.unexpected('a type, for example BIGINT, STRING or TIMESTAMP(3)');
  }
  const path = cursor.path('a type');
  const name = path.length === 1 ? path[0]!.name.toUpperCase() : path.map((part) => part.name).join('.');
  return { ...plain(name), path, parameters: parseParameters(cursor, name, 2) };
}

function parseSimple(cursor: Cursor, word: string, most: number): Parts {
  cursor.next();
  let name = word;
  if (word === 'DOUBLE' && cursor.accept('PRECISION')) name = 'DOUBLE PRECISION';
  if (['CHAR', 'CHARACTER', 'BINARY'].includes(word) && cursor.accept('VARYING')) name = `${word} VARYING`;
  const parameters = parseParameters(cursor, name, most);
  if (cursor.is('CHARACTER', 'SET')) cursor.refuseHere('CHARACTER SET', 'leave it out: texts are Unicode');
  if (word === 'TIME' || word === 'TIMESTAMP') {
    const zone = parseZone(cursor);
    if (zone !== '') name = `${word} ${zone}`;
  }
  return { ...plain(name), parameters };
}

function parseZone(cursor: Cursor): string {
  if (cursor.accept('WITHOUT', 'TIME', 'ZONE')) return '';
  if (cursor.accept('WITH', 'LOCAL', 'TIME', 'ZONE')) return 'WITH LOCAL TIME ZONE';
  if (cursor.is('WITH', 'TIME', 'ZONE'))
    cursor.refuseHere('WITH TIME ZONE', 'write TIMESTAMP_LTZ(3): Flink has no type that keeps a zone with each value');
  return '';
}

function parseParameters(cursor: Cursor, name: string, most: number): number[] {
  if (!cursor.is('(')) return [];
  if (most === 0) throw new SqlRefusal(cursor.at, `${name} has no length or precision`, `write ${name} alone`);
  cursor.next();
  const parameters = cursor.list(() =>
    cursor.integer(`the ${most === 2 ? 'precision or scale' : 'length or precision'}`),
  );
  if (parameters.length > most)
    throw new SqlRefusal(cursor.at, `${name}(...) has at most ${most} number${most === 1 ? '' : 's'}`);
  cursor.expect(')', `after ${name}(...)`);
  return parameters;
}

/** `ARRAY<t>`, `MULTISET<t>` */
function parseElement(cursor: Cursor, name: string): Parts {
  cursor.expect('<', `after ${name}`);
  const element = parseType(cursor);
  closeAngle(cursor, name);
  return { ...plain(name), arguments: [element] };
}

function parseMap(cursor: Cursor): Parts {
  cursor.next();
  cursor.expect('<', 'after MAP');
  const key = parseType(cursor);
  cursor.expect(',', 'between key and value of MAP<key, value>');
  const value = parseType(cursor);
  closeAngle(cursor, 'MAP');
  return { ...plain('MAP'), arguments: [key, value] };
}

function closeAngle(cursor: Cursor, name: string): void {
  cursor.expect('>', `after ${name}<...`);
}

/** `ROW<a INT, b STRING 'comment'>`, also with parentheses. */
function parseRow(cursor: Cursor): Parts {
  cursor.next();
  const close = cursor.next().text === '<' ? '>' : ')';
  const fields = cursor.list(() => parseField(cursor));
  cursor.expect(close, 'after the fields of ROW');
  return { ...plain('ROW'), fields };
}

function parseField(cursor: Cursor): TypeNode['fields'][number] {
  const name = cursor.name('a field');
  const type = parseType(cursor);
  const comment = cursor.peek().kind === 'string' ? cursor.next().text : undefined;
  return { name, type, comment };
}

function parseIntervalType(cursor: Cursor): Parts {
  const interval = parseIntervalQualifier(cursor);
  const name = `INTERVAL ${interval.from}${interval.to === undefined ? '' : ` TO ${interval.to}`}`;
  const parameters = [interval.precision, interval.fraction].filter((digits) => digits !== undefined);
  return { ...plain(name), interval, parameters };
}
