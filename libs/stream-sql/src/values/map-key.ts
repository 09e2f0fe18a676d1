import { hexOfBytes } from './bytes.ts';
import type { DataType, Row, Value } from './data-type.ts';
import { isPrimitive } from './types.ts';

/**
 * Values that are no primitives (bytes, arrays, rows, maps) are equal by content, but === and a Map of JavaScript compare them by identity.
 * Where they are keys of our own tables (groups, DISTINCT, joins), the key is a text made here. A value of type MAP or MULTISET keeps its keys as
 * they are, whatever they are; `entryOf` finds one by content.
 */
export function keyFor(type: DataType): (value: Value) => null | boolean | number | bigint | string {
  if (isPrimitive(type)) return (value) => value as null | boolean | number | bigint | string;
  return (value) => (value === null ? null : contentOf(value));
}

/** Differs for values of one type that differ; a map's entries count in any order. */
function contentOf(value: Value): string {
  if (value === null) return 'n';
  if (value instanceof Uint8Array) return `x${hexOfBytes(value)}`;
  if (typeof value === 'string') return `s${value.length}:${value}`;
  if (value instanceof Map) {
    const entries = [...value].map(([key, entry]) => `${contentOf(key)}=${contentOf(entry)}`);
    return `{${entries.toSorted().join(',')}}`;
  }
  if (Array.isArray(value)) return `[${(value as Row).map(contentOf).join(',')}]`;
  return String(value);
}

/** The value of a key in a MAP by content; `undefined` when it is not there. */
export function entryOf(map: ReadonlyMap<Value, Value>, key: Value, keyType: DataType): Value | undefined {
  if (isPrimitive(keyType) || key === null) return map.get(key);
  const wanted = contentOf(key);
  for (const [other, value] of map) if (contentOf(other) === wanted) return value;
  return undefined;
}
