import type { Convert } from '../cast.ts';
import type { DataType, Integer, Value } from '../data-type.ts';
import { doubleOfDecimal, fit, parseDecimal, shiftDownCut, type Shape } from '../decimal.ts';
import { normalise, wrapLong } from '../integer.ts';
import { javaDouble } from '../java-double.ts';
import { exactShape, isApproximate, isDecimal, type IntegerKind } from '../types.ts';

const INT_MAX = 2_147_483_647;
const INT_MIN = -2_147_483_648;
const LONG_LIMIT = 9_223_372_036_854_775_808;

/** The low bits, as Java narrows a whole number. */
export function narrowInteger(value: Integer, kind: IntegerKind): Integer {
  if (kind === 'BIGINT') return typeof value === 'number' ? value : wrapLong(value);
  const int =
    typeof value === 'number' && value <= INT_MAX && value >= INT_MIN
      ? value
      : Number(BigInt.asIntN(32, BigInt(value)));
  return narrowInt(int, kind);
}

const narrowInt = (int: number, kind: 'TINYINT' | 'SMALLINT' | 'INT'): number =>
  kind === 'INT' ? int : kind === 'SMALLINT' ? (int << 16) >> 16 : (int << 24) >> 24;

/** As Java narrows a double: NaN is 0, beyond the range is the range's end; TINYINT and SMALLINT by way of INT. */
export function integerOfDouble(value: number, kind: IntegerKind): Integer {
  if (Number.isNaN(value)) return 0;
  if (kind === 'BIGINT') {
    if (value >= LONG_LIMIT) return 9_223_372_036_854_775_807n;
    if (value <= -LONG_LIMIT) return -9_223_372_036_854_775_808n;
    const whole = Math.trunc(value) + 0;
    return Number.isSafeInteger(whole) ? whole : normalise(BigInt(whole));
  }
  return narrowInt(value > INT_MAX ? INT_MAX : value < INT_MIN ? INT_MIN : Math.trunc(value) + 0, kind);
}

/** A floating-point number as a decimal by way of its text, as Java's BigDecimal.valueOf; null when it does not fit or is not finite. */
export function decimalOfDouble(value: number, to: Shape): Integer | null {
  if (!Number.isFinite(value)) return null;
  if (value === 0) return 0;
  const parsed = parseDecimal(javaDouble(value))!;
  return fit(parsed.unscaled, parsed.scale, to);
}

/** Casts between numbers and from and to BOOLEAN. */
export function numberCast(from: DataType, to: DataType): Convert {
  if (from.kind === 'BOOLEAN') {
    const one: Value = isDecimal(to) ? fit(1, 0, to) : 1;
    return (value) => (value === true ? one : 0);
  }
  if (to.kind === 'BOOLEAN') return (value) => value !== 0;
  if (isDecimal(to)) {
    if (isApproximate(from)) {
      // A FLOAT by way of the double that it is: 1.1 has the digits 1.100000023841858.
      return (value) => decimalOfDouble(value as number, to);
    }
    const { scale } = exactShape(from);
    return (value) => fit(value as Integer, scale, to);
  }
  if (to.kind === 'DOUBLE' || to.kind === 'FLOAT') {
    const { scale } = isApproximate(from) ? { scale: 0 } : exactShape(from);
    const number: (value: Value) => number = isDecimal(from)
      ? (value) => doubleOfDecimal(value as Integer, scale)
      : (value) => Number(value);
    return to.kind === 'FLOAT' ? (value) => Math.fround(number(value)) : number;
  }
  const kind = to.kind as IntegerKind;
  if (isApproximate(from)) return (value) => integerOfDouble(value as number, kind);
  if (isDecimal(from)) return (value) => narrowInteger(shiftDownCut(value as Integer, from.scale), kind);
  return (value) => narrowInteger(value as Integer, kind);
}
