/**
 * A type of Flink SQL as the plan knows it. Plans are JSON, so types are plain values. Values at run time:
 * BOOLEAN boolean; TINYINT, SMALLINT, INT, FLOAT, DOUBLE number; BIGINT bigint; DECIMAL bigint, the unscaled digits (the scale
 * is the type's); VARCHAR string; TIMESTAMP number, milliseconds of the wall clock as if it were UTC; TIMESTAMP_LTZ number,
 * milliseconds since 1970 UTC; INTERVAL number of milliseconds; ROW array; NULL null.
 */
export type DataType = { readonly nullable: boolean } & (
  | { readonly kind: 'NULL' | 'BOOLEAN' | 'TINYINT' | 'SMALLINT' | 'INT' | 'BIGINT' | 'FLOAT' | 'DOUBLE' | 'INTERVAL' }
  | { readonly kind: 'DECIMAL'; readonly precision: number; readonly scale: number }
  /** CHAR and VARCHAR with their length; STRING is VARCHAR(2147483647). */
  | { readonly kind: 'CHAR' | 'VARCHAR'; readonly length: number }
  | { readonly kind: 'TIMESTAMP' | 'TIMESTAMP_LTZ'; readonly precision: number }
  | { readonly kind: 'ROW'; readonly fields: readonly Field[] }
);

export interface Field {
  readonly name: string;
  readonly type: DataType;
}

export type Value = null | boolean | number | bigint | string | Row;
export type Row = readonly Value[];

export const MAX_DECIMAL_PRECISION = 38;
export const MAX_LENGTH = 2_147_483_647;

type Simple = 'NULL' | 'BOOLEAN' | 'TINYINT' | 'SMALLINT' | 'INT' | 'BIGINT' | 'FLOAT' | 'DOUBLE' | 'INTERVAL';
export const simple = (kind: Simple, nullable = true): DataType => ({ kind, nullable });
export const decimal = (precision: number, scale: number, nullable = true): DataType & { kind: 'DECIMAL' } => ({
  kind: 'DECIMAL',
  precision,
  scale,
  nullable,
});
export const string = (nullable = true): DataType => ({ kind: 'VARCHAR', length: MAX_LENGTH, nullable });
export const timestamp = (precision = 3, nullable = true): DataType => ({ kind: 'TIMESTAMP', precision, nullable });
export const timestampLtz = (precision = 3, nullable = true): DataType => ({
  kind: 'TIMESTAMP_LTZ',
  precision,
  nullable,
});
export const withNullable = (type: DataType, nullable: boolean): DataType =>
  type.nullable === nullable ? type : { ...type, nullable };

const INTEGER_DIGITS: Readonly<Record<string, number>> = { TINYINT: 3, SMALLINT: 5, INT: 10, BIGINT: 19 };

export const isInteger = (type: DataType): boolean => Object.hasOwn(INTEGER_DIGITS, type.kind);
export const isApproximate = (type: DataType): boolean => type.kind === 'FLOAT' || type.kind === 'DOUBLE';
export const isNumeric = (type: DataType): boolean => isInteger(type) || isApproximate(type) || type.kind === 'DECIMAL';
export const isString = (type: DataType): boolean => type.kind === 'VARCHAR' || type.kind === 'CHAR';
export const isTimestamp = (type: DataType): boolean => type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ';

/** An exact number's precision and scale, as Flink sees it in decimal arithmetic: INT is DECIMAL(10, 0), BIGINT DECIMAL(19, 0). */
export function exactShape(type: DataType): { readonly precision: number; readonly scale: number } {
  if (type.kind === 'DECIMAL') return type;
  return { precision: INTEGER_DIGITS[type.kind] ?? 1, scale: 0 };
}

/** The type as Flink prints it. */
export function typeName(type: DataType): string {
  const suffix = type.nullable ? '' : ' NOT NULL';
  switch (type.kind) {
    case 'DECIMAL':
      return `DECIMAL(${type.precision}, ${type.scale})${suffix}`;
    case 'VARCHAR':
      return `${type.length === MAX_LENGTH ? 'STRING' : `VARCHAR(${type.length})`}${suffix}`;
    case 'CHAR':
      return `CHAR(${type.length})${suffix}`;
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return `${type.kind}(${type.precision})${suffix}`;
    case 'ROW':
      return `ROW<${type.fields.map((field) => `\`${field.name}\` ${typeName(field.type)}`).join(', ')}>${suffix}`;
    default:
      return `${type.kind}${suffix}`;
  }
}

export function sameKind(a: DataType, b: DataType): boolean {
  return typeName(withNullable(a, true)) === typeName(withNullable(b, true));
}
