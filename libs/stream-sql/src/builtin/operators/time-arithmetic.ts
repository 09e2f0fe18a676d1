import { addMonths, DAY_MS } from '../../values/calendar.ts';
import type { DataType, Integer, Value } from '../../values/data-type.ts';
import { addExact, multiplyExact } from '../../values/integer.ts';
import { msOfTimestamp, nanosOfTimestamp, timestampOf, unitsPerMs } from '../../values/timestamp.ts';
import {
  DOUBLE,
  isApproximate,
  isDecimal,
  isInterval,
  isNumeric,
  isTemporal,
  isTimestamp,
  nullableWith,
  simple,
  withNullable,
} from '../../values/types.ts';
import { monthsBetween } from '../temporal/units.ts';
import { own, type Evaluate } from '../define.ts';
import type { Argument, Resolution } from '../signature.ts';
import { integerOfDouble } from '../../values/cast/number-cast.ts';
import type { Sign } from './arithmetic.ts';

const MONTH_UNITS = new Set(['YEAR', 'QUARTER', 'MONTH']);

/** Time ± interval, interval ± interval, interval * number, time - time in a unit (the third argument, a literal). */
export function resolveTimeArithmetic(sign: Sign, args: readonly Argument[]): Resolution | string | undefined {
  const [a, b] = args.map(({ type }) => type);
  if (a === undefined || b === undefined) return undefined;
  const nullable = (result: DataType, parameters: readonly DataType[]): Resolution => ({
    result: nullableWith(result, [a, b]),
    parameters,
  });
  if (sign === '-' && isTemporal(a) && isTemporal(b)) return resolveDifference(args, nullable);
  if (args.length !== 2) return undefined;
  if (sign === '+' && isInterval(a) && isTemporal(b)) return resolveShift(b, a, nullable, [a, b]);
  if ((sign === '+' || sign === '-') && isTemporal(a) && isInterval(b)) return resolveShift(a, b, nullable, [a, b]);
  if ((sign === '+' || sign === '-') && isInterval(a) && isInterval(b))
    return a.kind === b.kind ? nullable(a, [a, b]) : 'months and days cannot be added: their lengths have no ratio';
  if (sign === '*' && isInterval(a) && isNumeric(b)) return nullable(a, [a, factor(b)]);
  if (sign === '*' && isNumeric(a) && isInterval(b)) return nullable(b, [factor(a), b]);
  return undefined;
}

const factor = (type: DataType): DataType =>
  isApproximate(type) || isDecimal(type) ? withNullable(DOUBLE, type.nullable) : type;

function resolveShift(
  time: DataType,
  interval: DataType,
  nullable: (result: DataType, parameters: readonly DataType[]) => Resolution,
  parameters: readonly DataType[],
): Resolution | string {
  if (time.kind === 'TIME' && interval.kind === 'INTERVAL_MONTHS') return 'a TIME has no months';
  return nullable(time, parameters);
}

function resolveDifference(
  args: readonly Argument[],
  nullable: (result: DataType, parameters: readonly DataType[]) => Resolution,
): Resolution | string | undefined {
  const [a, b, unit] = args as [Argument, Argument, Argument?];
  if (a.type.kind !== b.type.kind) return undefined;
  if (unit === undefined)
    return 'the difference of two times needs its unit: (a - b) DAY, or TIMESTAMPDIFF(SECOND, b, a)';
  if (typeof unit.literal !== 'string') return undefined;
  if (a.type.kind === 'TIME')
    return 'the difference of two TIMEs is not computed, as in Flink: TIMESTAMPDIFF(SECOND, b, a)';
  const kind = MONTH_UNITS.has(unit.literal) ? 'INTERVAL_MONTHS' : 'INTERVAL_MS';
  return nullable(simple(kind), [a.type, b.type, unit.type]);
}

export function timeArithmetic(sign: Sign, args: readonly Argument[], result: DataType): Evaluate {
  const [a, b] = args.map(({ type }) => type) as [DataType, DataType];
  if (isTemporal(a) && isTemporal(b)) return difference(a, b, result) as Evaluate;
  if (isTemporal(a)) {
    const add = shiftTime(a, b, result);
    const factorOf = sign === '-' ? -1 : 1;
    return ((time: Value, interval: Value) => add(time, (interval as number) * factorOf)) as Evaluate;
  }
  if (isTemporal(b)) {
    const add = shiftTime(b, a, result);
    return ((interval: Value, time: Value) => add(time, interval as number)) as Evaluate;
  }
  if (sign === '+') return own((x: number, y: number) => x + y);
  if (sign === '-') return own((x: number, y: number) => x - y);
  if (sign === '*') return own((x: Integer, y: Integer) => intervalOf(Number(x) * Number(y), result));
  throw new TypeError(`no ${sign} of ${a.kind} and ${b.kind}`);
}

const intervalOf = (value: number, type: DataType): number =>
  Number(integerOfDouble(value, type.kind === 'INTERVAL_MONTHS' ? 'INT' : 'BIGINT'));

/** `time` moved by an interval of months or milliseconds. */
export function shiftTime(
  time: DataType,
  interval: DataType,
  result: DataType,
): (time: Value, interval: number) => Value {
  if (interval.kind === 'INTERVAL_MONTHS') {
    if (!isTimestamp(time)) return (value, months) => addMonths(value as number, months);
    const { precision } = time;
    return (value, months) => {
      const ms = msOfTimestamp(value as Integer, precision);
      const days = Math.floor(ms / DAY_MS);
      const moved = addMonths(days, months) * DAY_MS + (ms - days * DAY_MS);
      return timestampOf(moved, nanosOfTimestamp(value as Integer, precision), precision);
    };
  }
  if (time.kind === 'TIME') return (value, ms) => ((((value as number) + ms) % DAY_MS) + DAY_MS) % DAY_MS;
  if (time.kind === 'DATE') return (value, ms) => (value as number) + Math.trunc(ms / DAY_MS);
  const precision = isTimestamp(result) ? result.precision : 3;
  const units = unitsPerMs(precision);
  return (value, ms) => addExact(value as Integer, multiplyExact(ms, units));
}

/** In milliseconds or whole months. */
function difference(a: DataType, b: DataType, result: DataType): (a: Value, b: Value) => Value {
  const [ofA, ofB] = [msOf(a), msOf(b)];
  if (result.kind === 'INTERVAL_MS') return (x, y) => ofA(x) - ofB(y);
  return (x, y) => {
    const [to, from] = [splitDay(ofA(x)), splitDay(ofB(y))];
    return monthsBetween(from.days, from.ofDay, to.days, to.ofDay);
  };
}

function msOf(type: DataType): (value: Value) => number {
  if (type.kind === 'DATE') return (value) => (value as number) * DAY_MS;
  if (!isTimestamp(type)) throw new TypeError(`no difference of ${type.kind}`);
  const { precision } = type;
  return (value) => msOfTimestamp(value as Integer, precision);
}

const splitDay = (ms: number): { readonly days: number; readonly ofDay: number } => {
  const days = Math.floor(ms / DAY_MS);
  return { days, ofDay: ms - days * DAY_MS };
};
