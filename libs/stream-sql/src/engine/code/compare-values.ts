import type { SortKey } from '../../planner/plan.ts';
import { compareText } from '../../values/compare.ts';
import type { DataType, Row, Value } from '../../values/data-type.ts';

function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return a === 0 && b === 0 ? compareZeros(a, b) : 0;
  // NaN is greater than everything and equal to itself (java.lang.Double.compare).
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

const compareZeros = (a: number, b: number): number => Number(Object.is(a, 0)) - Number(Object.is(b, 0));

function compareLists(a: ArrayLike<Value>, b: ArrayLike<Value>): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareValues(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Two values of one type in Flink's order of sorting, NULL first. */
export function compareValues(a: Value, b: Value): number {
  if (a === b && a !== 0) return 0;
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === 'string') return compareText(a, b as string);
  if (typeof a === 'number' || typeof a === 'bigint') return compareNumbers(a, b as number | bigint);
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (a instanceof Map) return 0;
  return compareLists(a as Row, b as Row);
}

/** The order of rows that these sort keys ask for. */
export function rowOrder(order: readonly SortKey[]): (a: Row, b: Row) => number {
  return (a, b) => {
    for (const { column, descending, nullsFirst } of order) {
      const x = a[column]!;
      const y = b[column]!;
      if (x === null || y === null) {
        if (x === y) continue;
        return (x === null) === nullsFirst ? -1 : 1;
      }
      const result = typeof x === 'number' && typeof y === 'number' && x !== y && x - y ? x - y : compareValues(x, y);
      if (result !== 0) return descending ? -result : result;
    }
    return 0;
  };
}

/** Whether two values of one type are the same to a key or to a row that replaces another: NaN is NaN, -0 is not 0. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return a !== 0 || Object.is(a, b);
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b);
  if (a instanceof Map && b instanceof Map) {
    if (a.size !== b.size) return false;
    for (const [key, value] of a) if (!b.has(key) || !sameValue(value as Value, b.get(key) as Value)) return false;
    return true;
  }
  return sameRow(a as Row, b as Row);
}

export function sameRow(a: Row, b: Row): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    if (x === y ? x === 0 && !Object.is(x, y) : !sameValue(x, y)) return false;
  }
  return true;
}

/** Types whose value is a key of a Map as it stands. */
export const isPlainKey = (type: DataType): boolean =>
  !['FLOAT', 'DOUBLE', 'BINARY', 'VARBINARY', 'ARRAY', 'ROW', 'MAP', 'MULTISET'].includes(type.kind);
