import { SqlRefusal } from '../../syntax/problem.ts';
import type { Literal } from '../../syntax/tree-expression.ts';
import type { Span } from '../../syntax/tree-node.ts';
import { daysInMonth, daysOfDate } from '../../values/calendar.ts';
import { MAX_DECIMAL_PRECISION, type DataType, type Value } from '../../values/data-type.ts';
import { parseDecimal } from '../../values/decimal.ts';
import { literalOf } from '../../values/literal.ts';
import { timestampOf } from '../../values/timestamp.ts';
import { binary, BOOLEAN, char, decimal, NULL, simple, time, timestamp, withNullable } from '../../values/types.ts';
import type { PlanExpression } from '../expression.ts';
import { intervalLiteral } from './interval.ts';

/** A literal of the text with Flink's type: 'abc' is CHAR(3), 12 INT or BIGINT, 1.50 DECIMAL(3, 2), 1E3 DOUBLE. Throws SqlRefusal. */
export function literal(node: Literal): PlanExpression {
  switch (node.kind) {
    case 'null':
      return { kind: 'literal', value: null, type: NULL };
    case 'unknown':
      return { kind: 'literal', value: null, type: BOOLEAN };
    case 'boolean':
      return { kind: 'literal', value: node.value, type: withNullable(BOOLEAN, false) };
    case 'number':
      return numberLiteral(node.text, node.at);
    case 'string':
      return textLiteral(node.value);
    case 'bytes':
      return { kind: 'literal', value: node.hex.toLowerCase(), type: binary(Math.max(1, node.hex.length / 2), false) };
    case 'date': {
      const days = /^\d{4}-\d{1,2}-\d{1,2}$/.test(node.text) ? dateOf(node.text) : undefined;
      if (days === undefined) throw new SqlRefusal(node.at, `'${node.text}' is not a date`, "write DATE '2026-01-31'");
      return { kind: 'literal', value: days, type: simple('DATE', false) };
    }
    case 'time': {
      const found = timeOf(node.text);
      if (found === undefined)
        throw new SqlRefusal(node.at, `'${node.text}' is not a time of day`, "write TIME '23:59:59'");
      return { kind: 'literal', value: found.ms - (found.ms % 1_000), type: time(0, false) };
    }
    case 'timestamp':
      return timestampLiteral(node.text, node.at);
    case 'interval':
      return intervalLiteral(node);
  }
}

export const textLiteral = (text: string): PlanExpression => ({
  kind: 'literal',
  value: text,
  type: char(text.length, false),
});

/** A number as written, with its sign. Throws SqlRefusal for one that no type holds. */
export function numberLiteral(text: string, at: Span): PlanExpression {
  if (/[eE]/.test(text)) {
    const value = Number(text);
    if (!Number.isFinite(value))
      throw new SqlRefusal(at, `${text} is out of the range of DOUBLE`, 'write a number up to 1.7976931348623157E308');
    return ofValue(value, simple('DOUBLE', false));
  }
  const parsed = parseDecimal(text);
  if (parsed === undefined) throw new SqlRefusal(at, `${text} is not a number`, 'for example 1, 1.5 or 1E-3');
  const { unscaled, scale } = parsed;
  // 1. is a whole number.
  if (!/\.\d/.test(text)) {
    const big = BigInt(unscaled);
    if (big >= -2_147_483_648n && big <= 2_147_483_647n) return ofValue(unscaled, simple('INT', false));
    if (big >= -(2n ** 63n) && big < 2n ** 63n) return ofValue(unscaled, simple('BIGINT', false));
    throw new SqlRefusal(
      at,
      `${text} is out of the range of BIGINT`,
      `write ${text}.0, a DECIMAL, or an exponent, a DOUBLE`,
    );
  }
  // Every digit that is written counts, zeros in front too: 0.1 is DECIMAL(2, 1).
  const precision = text.replace(/[^0-9]/g, '').length;
  if (precision > MAX_DECIMAL_PRECISION)
    throw new SqlRefusal(
      at,
      `${text} has more than ${MAX_DECIMAL_PRECISION} digits`,
      'write it as a DOUBLE, with an exponent',
    );
  return ofValue(unscaled, decimal(precision, scale, false));
}

const ofValue = (value: Value, type: DataType): PlanExpression => ({
  kind: 'literal',
  value: literalOf(value, type),
  type,
});

function dateOf(text: string): number | undefined {
  const [year, month, day] = text.split('-').map(Number) as [number, number, number];
  return month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)
    ? undefined
    : daysOfDate(year, month, day);
}

function timeOf(text: string): { readonly ms: number; readonly nanos: number; readonly digits: number } | undefined {
  const match = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) return undefined;
  const [hour, minute, second] = match.slice(1, 4).map(Number) as [number, number, number];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = match[4] ?? '';
  const nanos = Number(fraction.padEnd(9, '0'));
  const ms = ((hour * 60 + minute) * 60 + second) * 1_000 + Math.floor(nanos / 1_000_000);
  return { ms, nanos: nanos % 1_000_000, digits: fraction.length };
}

function timestampLiteral(text: string, at: Span): PlanExpression {
  const match = /^(\d{4}-\d{1,2}-\d{1,2})(?: +(\S+))?$/.exec(text.trim());
  const days = match === null ? undefined : dateOf(match[1]!);
  const ofDay = match === null ? undefined : timeOf(match[2] ?? '00:00:00');
  if (days === undefined || ofDay === undefined)
    throw new SqlRefusal(at, `'${text}' is not a timestamp`, "write TIMESTAMP '2026-01-31 23:59:59.123'");
  const type = timestamp(ofDay.digits, false);
  return ofValue(timestampOf(days * 86_400_000 + ofDay.ms, ofDay.nanos, type.precision), type);
}
