import type { DataType } from '../data-type.ts';
import { isSameValue } from '../cast.ts';
import { isInteger } from '../types.ts';

/**
 * A JavaScript expression for the casts that a row meets most, of an operand that is not null and is a name or a literal; `undefined`
 * where there is none. None of them can fail or be NULL.
 */
export function inlineCast(operand: string, from: DataType, to: DataType): string | undefined {
  if (isSameValue(from, to)) return operand;
  if (isInteger(from)) {
    if (to.kind === 'DOUBLE') return from.kind === 'BIGINT' ? `Number(${operand})` : operand;
    if (to.kind === 'FLOAT') return `Math.fround(${from.kind === 'BIGINT' ? `Number(${operand})` : operand})`;
    if (to.kind === 'VARCHAR' && to.length >= 20) return `String(${operand})`;
    if (to.kind === 'BOOLEAN') return `(${operand} !== 0)`;
    if (to.kind === 'INT' && from.kind === 'BIGINT')
      return `(typeof ${operand} === 'number' && (${operand} | 0) === ${operand} ? ${operand} : Number(BigInt.asIntN(32, BigInt(${operand}))))`;
    if (to.kind === 'DECIMAL' && from.kind !== 'BIGINT' && to.precision - to.scale >= 10 && to.scale <= 5)
      return to.scale === 0 ? operand : `(${operand} * ${10 ** to.scale})`;
  }
  if (from.kind === 'BOOLEAN' && isInteger(to)) return `(${operand} ? 1 : 0)`;
  if (from.kind === 'BOOLEAN' && to.kind === 'VARCHAR' && to.length >= 5) return `(${operand} ? 'TRUE' : 'FALSE')`;
  if (from.kind === 'DOUBLE' && to.kind === 'FLOAT') return `Math.fround(${operand})`;
  if ((from.kind === 'DOUBLE' || from.kind === 'FLOAT') && to.kind === 'INT')
    return `(${operand} > 2147483647 ? 2147483647 : ${operand} < -2147483648 ? -2147483648 : ${operand} | 0)`;
  return undefined;
}
