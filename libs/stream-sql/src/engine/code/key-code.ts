import type { DataType, Row, Value } from '../../values/data-type.ts';
import { isPlainKey } from './compare-values.ts';
import { CodeWriter } from './code-writer.ts';

/**
 * What stands for some columns of a row in a Map: equal exactly when Flink's binary keys are (NaN equals NaN, -0 is not 0, NULL
 * equals NULL). One plain column is its own key.
 */
export type Key = null | boolean | number | bigint | string;

const INTEGER_KINDS: readonly string[] = [
  'TINYINT',
  'SMALLINT',
  'INT',
  'BIGINT',
  'DATE',
  'TIME',
  'TIMESTAMP',
  'TIMESTAMP_LTZ',
];
const isInteger = (type: DataType): boolean => INTEGER_KINDS.includes(type.kind);
const isText = (type: DataType): boolean => type.kind === 'CHAR' || type.kind === 'VARCHAR';
const isNumber = (type: DataType): boolean => isPlainKey(type) && !isText(type);

/** A text that is the same exactly for the same values of one type. */
export function keyText(value: Value): string {
  if (value === null) return 'n';
  if (typeof value === 'number') return Object.is(value, -0) ? '-0;' : `${value};`;
  if (typeof value === 'string') return `${value.length}:${value}`;
  if (typeof value !== 'object') return `${String(value)};`;
  if (value instanceof Map)
    return `{${[...value]
      .map(([key, of]) => keyText(key as Value) + keyText(of as Value))
      .toSorted()
      .join('')}}`;
  return `[${Array.from(value as Row, keyText).join('')}]`;
}

/** Code of the key of these columns; `code` is a name or an access that may be repeated. */
export function keyCode(
  parts: readonly { readonly code: string; readonly type: DataType }[],
  writer: CodeWriter,
): string {
  const text = (): string => writer.bind(keyText, 'keyText');
  if (parts.length === 0) return '0';
  if (parts.length === 1) {
    const { code, type } = parts[0]!;
    if (isPlainKey(type)) return code;
    if (type.kind === 'FLOAT' || type.kind === 'DOUBLE') return `(${code} === 0 && 1 / ${code} < 0 ? '-0' : ${code})`;
    return `(${code} === null ? null : ${text()}(${code}))`;
  }
  const joined = parts
    .map(({ code, type }, i) => {
      const last = i === parts.length - 1;
      if (isNumber(type)) return `${code} + '|'`;
      if (!isText(type)) return `${text()}(${code})`;
      if (last) return type.nullable ? `(${code} === null ? '' : ':' + ${code})` : code;
      const part = `${code}.length + ':' + ${code}`;
      return type.nullable ? `(${code} === null ? '|' : ${part})` : `${part}`;
    })
    .join(' + ');
  if (parts.length !== 2 || !parts.every(({ type }) => isInteger(type))) return `'' + ${joined}`;
  // Two small numbers are one number: half the cost of a text.
  const small = parts
    .map(({ code, type }) => `${type.nullable ? `${code} !== null && ` : ''}${code} >= 0 && ${code} <= 67108863`)
    .join(' && ');
  return `(${small} ? ${parts[0]!.code} * 67108864 + ${parts[1]!.code} : '' + ${joined})`;
}

/** The key of these columns of a row. */
export function rowKey(columns: readonly number[], types: readonly DataType[]): (row: Row) => Key {
  const writer = new CodeWriter();
  const code = keyCode(
    columns.map((column) => ({ code: `r[${column}]`, type: types[column]! })),
    writer,
  );
  return writer.build(`function key(r) { return ${code}; }`);
}

/** As `rowKey`; `undefined` when one of the columns is NULL, which equals nothing in a join. */
export function joinKey(columns: readonly number[], types: readonly DataType[]): (row: Row) => Key | undefined {
  const writer = new CodeWriter();
  const code = keyCode(
    columns.map((column) => ({ code: `r[${column}]`, type: { ...types[column]!, nullable: false } })),
    writer,
  );
  const nulls = columns.filter((column) => types[column]!.nullable).map((column) => `r[${column}] === null`);
  const test = nulls.length === 0 ? '' : `if (${nulls.join(' || ')}) return undefined; `;
  return writer.build(`function key(r) { ${test}return ${code}; }`);
}

/** The columns of a row as a row of their own. */
export function columnsOf(columns: readonly number[]): (row: Row) => Value[] {
  return new CodeWriter().build(
    `function columns(r) { return [${columns.map((column) => `r[${column}]`).join(', ')}]; }`,
  );
}
