/**
 * A type of Flink SQL. Plans are JSON, so types are plain values. RAW, structured types and VARIANT do not exist here.
 *
 * How a value of each type stands in memory (`Value`); NULL is null for every type:
 * | type | value |
 * |---|---|
 * | BOOLEAN | boolean |
 * | TINYINT, SMALLINT, INT | number |
 * | BIGINT | `Integer`: a number while it is a safe integer, else a bigint |
 * | DECIMAL | `Integer`: the unscaled digits; the scale is the type's |
 * | FLOAT, DOUBLE | number (FLOAT already rounded by Math.fround) |
 * | CHAR, VARCHAR | string |
 * | BINARY, VARBINARY | Uint8Array |
 * | DATE | number: days since 1970-01-01 |
 * | TIME | number: milliseconds of the day |
 * | TIMESTAMP, TIMESTAMP_LTZ | precision 0-3: number, milliseconds; 4-6: `Integer`, microseconds; 7-9: `Integer`, nanoseconds; since 1970, of the wall clock as if it were UTC (TIMESTAMP) or of UTC (TIMESTAMP_LTZ) |
 * | INTERVAL_MONTHS, INTERVAL_MS | number: months (YEAR TO MONTH); milliseconds (DAY TO SECOND) |
 * | ARRAY, ROW | array of values |
 * | MAP, MULTISET | Map, in the order of insertion; a multiset's values are counts. Keys that are no primitives: see `map-key.ts` |
 */
export type DataType = { readonly nullable: boolean } & (
  | { readonly kind: SimpleKind }
  | { readonly kind: 'DECIMAL'; readonly precision: number; readonly scale: number }
  /** STRING is VARCHAR(MAX_LENGTH), BYTES is VARBINARY(MAX_LENGTH). */
  | { readonly kind: 'CHAR' | 'VARCHAR' | 'BINARY' | 'VARBINARY'; readonly length: number }
  | { readonly kind: 'TIME' | 'TIMESTAMP' | 'TIMESTAMP_LTZ'; readonly precision: number }
  | { readonly kind: 'ARRAY' | 'MULTISET'; readonly element: DataType }
  | { readonly kind: 'MAP'; readonly key: DataType; readonly value: DataType }
  | { readonly kind: 'ROW'; readonly fields: readonly Field[] }
);

export type SimpleKind =
  | 'NULL'
  | 'BOOLEAN'
  | 'TINYINT'
  | 'SMALLINT'
  | 'INT'
  | 'BIGINT'
  | 'FLOAT'
  | 'DOUBLE'
  | 'DATE'
  | 'INTERVAL_MONTHS'
  | 'INTERVAL_MS';

export type TypeKind = DataType['kind'];

export interface Field {
  readonly name: string;
  readonly type: DataType;
}

/** A whole number of any size in one form only: a number when it is a safe integer, else a bigint. So === and Map compare it. */
export type Integer = number | bigint;

export type Value = null | boolean | number | bigint | string | Uint8Array | Row | ReadonlyMap<Value, Value>;
export type Row = readonly Value[];

export const MAX_DECIMAL_PRECISION = 38;
export const MAX_LENGTH = 2_147_483_647;
