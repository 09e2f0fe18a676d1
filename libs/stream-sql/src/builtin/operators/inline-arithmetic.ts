import type { DataType } from '../../values/data-type.ts';
import { exactShape, isApproximate, isDecimal, isExact, isInteger } from '../../values/types.ts';
import { isWholeLiteral } from '../define.ts';
import type { Sign } from './arithmetic.ts';

const MAX = Number.MAX_SAFE_INTEGER;

/** JavaScript that makes a bigint an `Integer`. */
const normalised = (bigint: string): string => `((v) => (v >= -${MAX}n && v <= ${MAX}n ? Number(v) : v))(${bigint})`;

/** Both numbers, and the result within the safe integers: else by way of bigints. */
function exactly(sign: string, a: string, b: string, wrap: (bigint: string) => string): string {
  const slow = normalised(wrap(`BigInt(${a}) ${sign} BigInt(${b})`));
  const isNumber = [a, b]
    .filter((operand) => !isWholeLiteral(operand))
    .map((operand) => `typeof ${operand} === 'number'`);
  const safe = [...isNumber, `Number.isSafeInteger(${a} ${sign} ${b})`].join(' && ');
  return `(${safe} ? ${a} ${sign} ${b}${sign === '*' ? ' + 0' : ''} : ${slow})`;
}

const asLong = (bigint: string): string => `BigInt.asIntN(64, ${bigint})`;
const narrow: Readonly<Record<string, (value: string) => string>> = {
  INT: (value) => `(${value} | 0)`,
  SMALLINT: (value) => `(${value} << 16 >> 16)`,
  TINYINT: (value) => `(${value} << 24 >> 24)`,
};

/** The arithmetic of two operands that are names or literals, as an expression; `undefined` where it is not short or could fail. */
export function inlineArithmetic(
  sign: Sign,
  a: string,
  b: string,
  types: readonly DataType[],
  result: DataType,
): string | undefined {
  const [left, right] = types as [DataType, DataType];
  if (isApproximate(left) || isApproximate(right)) {
    if (!isApproximate(result)) return undefined;
    return result.kind === 'FLOAT' ? `Math.fround(${a} ${sign} ${b})` : `(${a} ${sign} ${b})`;
  }
  if (isDecimal(result)) return inlineDecimal(sign, a, b, left, right, result);
  if (!isInteger(result) || !isExact(left) || !isExact(right)) return undefined;
  if (sign === '/' || sign === '%') return inlineDivision(sign, a, b, left, result);
  if (result.kind === 'BIGINT') return exactly(sign, a, b, asLong);
  // Products of two INTs pass 2^53, so that the low bits of a double would be lost.
  return narrow[result.kind]!(sign === '*' ? `Math.imul(${a}, ${b})` : `(${a} ${sign} ${b})`);
}

/** By a literal that is neither 0 nor -1: nothing fails, nothing overflows. */
function inlineDivision(sign: '/' | '%', a: string, b: string, left: DataType, result: DataType): string | undefined {
  if (!isWholeLiteral(b) || Math.abs(Number(b)) < 2 || !Number.isSafeInteger(Number(b))) return undefined;
  const quick = sign === '%' ? `${a} % ${b} + 0` : `(${a} - ${a} % ${b}) / ${b} + 0`;
  if (left.kind !== 'BIGINT') return result.kind === 'INT' || result.kind === 'BIGINT' ? `(${quick})` : undefined;
  if (result.kind !== 'BIGINT' && result.kind !== 'INT') return undefined;
  return `(typeof ${a} === 'number' ? ${quick} : ${normalised(`${a} ${sign} ${b}n`)})`;
}

/** Where the result's type was not cut to 38 digits every result fits, so that only the scales have to be brought together. */
function inlineDecimal(
  sign: Sign,
  a: string,
  b: string,
  left: DataType,
  right: DataType,
  result: DataType & { kind: 'DECIMAL' },
): string | undefined {
  const [x, y] = [exactShape(left), exactShape(right)];
  if (sign === '*') {
    const uncut = result.scale === x.scale + y.scale && x.precision + y.precision + 1 <= 38;
    return uncut ? exactly('*', a, b, (bigint) => bigint) : undefined;
  }
  if ((sign !== '+' && sign !== '-') || x.scale !== y.scale || result.scale !== x.scale) return undefined;
  return Math.max(x.precision, y.precision) + 1 <= 38 ? exactly(sign, a, b, (bigint) => bigint) : undefined;
}
