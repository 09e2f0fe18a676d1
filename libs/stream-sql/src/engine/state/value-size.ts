import type { Value } from '../../values/data-type.ts';
import type { Encoded } from './state-codec.ts';

/**
 * An estimate of the bytes that a value takes in memory. A Map counts its size times its first entry, so that the cost does not
 * grow with it.
 */
export function valueSize(value: Encoded | undefined): number {
  switch (typeof value) {
    case 'number':
      return 12;
    case 'string':
      return 24 + value.length;
    case 'bigint':
      return 32;
    case 'object':
      if (value === null) return 8;
      if (value instanceof Uint8Array) return 96 + value.length;
      if (value instanceof Map) {
        for (const [key, of] of value as Map<Value, Value>)
          return 64 + value.size * (40 + valueSize(key) + valueSize(of));
        return 64;
      }
      return listSize(value as readonly Encoded[]);
    default:
      return 8;
  }
}

export function listSize(values: readonly Encoded[]): number {
  let size = 32;
  for (let i = 0; i < values.length; i++) size += valueSize(values[i]);
  return size;
}
