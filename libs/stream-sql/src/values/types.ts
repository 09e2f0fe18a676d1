import { MAX_DECIMAL_PRECISION, MAX_LENGTH, type DataType, type Field, type SimpleKind } from './data-type.ts';

export type DecimalType = DataType & { readonly kind: 'DECIMAL' };
export type LengthType = DataType & { readonly kind: 'CHAR' | 'VARCHAR' | 'BINARY' | 'VARBINARY' };
export type TimeType = DataType & { readonly kind: 'TIME' | 'TIMESTAMP' | 'TIMESTAMP_LTZ' };
export type ArrayType = DataType & { readonly kind: 'ARRAY' | 'MULTISET' };
export type MapType = DataType & { readonly kind: 'MAP' };
export type RowType = DataType & { readonly kind: 'ROW' };

export const simple = (kind: SimpleKind, nullable = true): DataType => ({ kind, nullable });
export const NULL: DataType = simple('NULL');
export const BOOLEAN: DataType = simple('BOOLEAN');
export const INT: DataType = simple('INT');
export const BIGINT: DataType = simple('BIGINT');
export const DOUBLE: DataType = simple('DOUBLE');
export const DATE: DataType = simple('DATE');

export const decimal = (precision: number, scale: number, nullable = true): DecimalType => ({
  kind: 'DECIMAL',
  precision,
  scale,
  nullable,
});
export const char = (length: number, nullable = true): LengthType => ({ kind: 'CHAR', length, nullable });
export const varchar = (length: number, nullable = true): LengthType => ({ kind: 'VARCHAR', length, nullable });
export const binary = (length: number, nullable = true): LengthType => ({ kind: 'BINARY', length, nullable });
export const varbinary = (length: number, nullable = true): LengthType => ({ kind: 'VARBINARY', length, nullable });
/** VARCHAR of any length. */
export const string = (nullable = true): LengthType => varchar(MAX_LENGTH, nullable);
/** VARBINARY of any length. */
export const bytes = (nullable = true): LengthType => varbinary(MAX_LENGTH, nullable);
export const STRING: DataType = string();
export const BYTES: DataType = bytes();

export const time = (precision = 0, nullable = true): TimeType => ({ kind: 'TIME', precision, nullable });
export const timestamp = (precision = 6, nullable = true): TimeType => ({ kind: 'TIMESTAMP', precision, nullable });
export const timestampLtz = (precision = 6, nullable = true): TimeType => ({
  kind: 'TIMESTAMP_LTZ',
  precision,
  nullable,
});
export const array = (element: DataType, nullable = true): ArrayType => ({ kind: 'ARRAY', element, nullable });
export const multiset = (element: DataType, nullable = true): ArrayType => ({ kind: 'MULTISET', element, nullable });
export const map = (key: DataType, value: DataType, nullable = true): MapType => ({
  kind: 'MAP',
  key,
  value,
  nullable,
});
export const row = (fields: readonly Field[], nullable = true): RowType => ({ kind: 'ROW', fields, nullable });

export const withNullable = <T extends DataType>(type: T, nullable: boolean): T =>
  type.nullable === nullable ? type : { ...type, nullable };
/** The type, nullable when one of the others is: what a function that answers NULL for NULL gives. */
export const nullableWith = <T extends DataType>(type: T, others: readonly DataType[]): T =>
  withNullable(
    type,
    others.some((other) => other.nullable),
  );

const INTEGER_DIGITS: Readonly<Partial<Record<DataType['kind'], number>>> = {
  TINYINT: 3,
  SMALLINT: 5,
  INT: 10,
  BIGINT: 19,
};
export const INTEGER_KINDS = ['TINYINT', 'SMALLINT', 'INT', 'BIGINT'] as const;
export type IntegerKind = (typeof INTEGER_KINDS)[number];

export const isInteger = (type: DataType): type is DataType & { kind: IntegerKind } =>
  INTEGER_DIGITS[type.kind] !== undefined;
export const isDecimal = (type: DataType): type is DecimalType => type.kind === 'DECIMAL';
export const isExact = (type: DataType): boolean => isInteger(type) || isDecimal(type);
export const isApproximate = (type: DataType): boolean => type.kind === 'FLOAT' || type.kind === 'DOUBLE';
export const isNumeric = (type: DataType): boolean => isExact(type) || isApproximate(type);
export const isString = (type: DataType): type is LengthType => type.kind === 'VARCHAR' || type.kind === 'CHAR';
export const isBytes = (type: DataType): type is LengthType => type.kind === 'VARBINARY' || type.kind === 'BINARY';
export const isTimestamp = (type: DataType): type is TimeType =>
  type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ';
/** DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ. */
export const isTemporal = (type: DataType): boolean =>
  type.kind === 'DATE' || type.kind === 'TIME' || isTimestamp(type);
export const isInterval = (type: DataType): boolean => type.kind === 'INTERVAL_MONTHS' || type.kind === 'INTERVAL_MS';
export const isNull = (type: DataType): boolean => type.kind === 'NULL';
/** Whether a value may be an `Integer` past 2^53, a bigint. */
export const mayBeBigint = (type: DataType): boolean =>
  type.kind === 'BIGINT' || isDecimal(type) || (isTimestamp(type) && type.precision > 3);
/** Whether === and the keys of a Map compare values of it: all but bytes, arrays, rows and maps. */
export const isPrimitive = (type: DataType): boolean =>
  !isBytes(type) && !['ARRAY', 'MULTISET', 'MAP', 'ROW'].includes(type.kind);

/** An exact number's precision and scale, as Flink sees it in decimal arithmetic: INT is DECIMAL(10, 0), BIGINT DECIMAL(19, 0). */
export function exactShape(type: DataType): { readonly precision: number; readonly scale: number } {
  if (type.kind === 'DECIMAL') return type;
  return { precision: INTEGER_DIGITS[type.kind] ?? MAX_DECIMAL_PRECISION, scale: 0 };
}
