import { hexOfBytes, bytesOfHex } from './bytes.ts';
import type { DataType, Value } from './data-type.ts';
import { integerOfText } from './integer.ts';
import { isApproximate, isBytes, mayBeBigint } from './types.ts';

export type LiteralValue = null | boolean | number | string;

/**
 * A value as a literal of a plan, which is JSON: an Integer past 2^53 is its digits, bytes are hexadecimal, NaN, the
 * infinities and -0 are their names. Throws for collections: they are built by calls.
 */
export function literalOf(value: Value, type: DataType): LiteralValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') {
    if (isApproximate(type) && (!Number.isFinite(value) || Object.is(value, -0)))
      return Object.is(value, -0) ? '-0' : String(value);
    return value;
  }
  if (value instanceof Uint8Array) return hexOfBytes(value);
  throw new TypeError(`a value of ${type.kind} is no literal`);
}

/** What `literalOf` was given. */
export function valueOfLiteral(literal: LiteralValue, type: DataType): Value {
  if (typeof literal !== 'string') return literal;
  if (isApproximate(type)) return Number(literal);
  if (mayBeBigint(type)) return integerOfText(literal);
  return isBytes(type) ? bytesOfHex(literal) : literal;
}

/** The value as JavaScript that evaluates to it, for generated code; `undefined` for bytes and collections. */
export function sourceOfLiteral(literal: LiteralValue, type: DataType): string | undefined {
  if (isBytes(type) && literal !== null) return undefined;
  const value = valueOfLiteral(literal, type);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  return JSON.stringify(value);
}
