import { compareBytes } from './bytes.ts';
import type { DataType, Row, Value } from './data-type.ts';

export type Compare = (a: Exclude<Value, null>, b: Exclude<Value, null>) => number;

/**
 * By code points, as Flink compares the UTF-8 bytes. JavaScript's < compares UTF-16: there a surrogate (of a code point past
 * U+FFFF) stands before U+E000.
 */
export function compareText(a: string, b: string): -1 | 0 | 1 {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x === y) continue;
    const surrogate = (x & 0xf800) === 0xd800;
    if (surrogate !== ((y & 0xf800) === 0xd800)) return surrogate ? 1 : -1;
    return x < y ? -1 : 1;
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}

/**
 * The order of values (never NULL) of a type, for ORDER BY, MIN, MAX, <. As in Flink's generated code -0.0 equals 0.0 and NaN is neither less nor
 * greater than anything. In arrays and rows NULL comes first.
 */
export function compareFor(type: DataType): Compare {
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
      return (a, b) => compareText(a as string, b as string);
    case 'BINARY':
    case 'VARBINARY':
      return (a, b) => compareBytes(a as Uint8Array, b as Uint8Array);
    case 'ARRAY': {
      const element = nullsFirst(compareFor(type.element));
      return (a, b) => compareRows(a as Row, b as Row, () => element);
    }
    case 'ROW': {
      const fields = type.fields.map((field) => nullsFirst(compareFor(field.type)));
      return (a, b) => compareRows(a as Row, b as Row, (at) => fields[at]!);
    }
    default:
      return (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  }
}

const nullsFirst =
  (compare: Compare) =>
  (a: Value, b: Value): number =>
    a === null ? (b === null ? 0 : -1) : b === null ? 1 : compare(a, b);

function compareRows(a: Row, b: Row, at: (index: number) => (a: Value, b: Value) => number): number {
  const shorter = Math.min(a.length, b.length);
  for (let index = 0; index < shorter; index++) {
    const order = at(index)(a[index]!, b[index]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Whether two values (never NULL) of a type are equal; NULLs within collections equal each other. */
export function equalsFor(type: DataType): (a: Exclude<Value, null>, b: Exclude<Value, null>) => boolean {
  switch (type.kind) {
    case 'BINARY':
    case 'VARBINARY':
      return (a, b) => compareBytes(a as Uint8Array, b as Uint8Array) === 0;
    case 'ARRAY': {
      const element = nullEquals(equalsFor(type.element));
      return (a, b) => {
        const [x, y] = [a as Row, b as Row];
        return x.length === y.length && x.every((value, index) => element(value, y[index]!));
      };
    }
    case 'ROW': {
      const fields = type.fields.map((field) => nullEquals(equalsFor(field.type)));
      return (a, b) => fields.every((equal, index) => equal((a as Row)[index]!, (b as Row)[index]!));
    }
    case 'MAP':
    case 'MULTISET': {
      const key = nullEquals(equalsFor(type.kind === 'MAP' ? type.key : type.element));
      const value = type.kind === 'MAP' ? nullEquals(equalsFor(type.value)) : (x: Value, y: Value) => x === y;
      return (a, b) => {
        const [x, y] = [a as ReadonlyMap<Value, Value>, [...(b as ReadonlyMap<Value, Value>)]];
        return (
          x.size === y.length &&
          [...x].every(([name, of]) => y.some((other) => key(name, other[0]) && value(of, other[1])))
        );
      };
    }
    default:
      return (a, b) => a === b;
  }
}

/** With NULL equal to NULL. */
export const nullEquals =
  (equal: (a: Exclude<Value, null>, b: Exclude<Value, null>) => boolean) =>
  (a: Value, b: Value): boolean =>
    a === null || b === null ? a === b : equal(a, b);
