import type { Integer } from './data-type.ts';
import { addExact, floorDivide, floorRemainder, multiplyExact } from './integer.ts';

/**
 * A timestamp stands in memory in milliseconds (precision 0 to 3), microseconds (4 to 6) or nanoseconds (7 to 9); see data-type.ts. The
 * functions here go between these and between precisions.
 */
export const unitsPerMs = (precision: number): 1 | 1000 | 1_000_000 =>
  precision <= 3 ? 1 : precision <= 6 ? 1000 : 1_000_000;

/** Milliseconds, rounded down. */
export const msOfTimestamp = (value: Integer, precision: number): number =>
  precision <= 3 ? (value as number) : Number(floorDivide(value, unitsPerMs(precision)));

/** Nanoseconds past the millisecond: 0 to 999,999. */
export function nanosOfTimestamp(value: Integer, precision: number): number {
  const units = unitsPerMs(precision);
  return units === 1 ? 0 : floorRemainder(value, units) * (1_000_000 / units);
}

/** Digits below the precision are cut (towards the past). */
export function timestampOf(ms: number, nanosOfMs: number, precision: number): Integer {
  const units = unitsPerMs(precision);
  if (units === 1) return precision === 3 ? ms : cutMs(ms, precision);
  const step = 10 ** (9 - precision);
  const nanos = nanosOfMs - (nanosOfMs % step);
  return addExact(multiplyExact(ms, units), nanos / (1_000_000 / units));
}

function cutMs(ms: number, precision: number): number {
  const step = 10 ** (3 - precision);
  return Math.floor(ms / step) * step;
}

/** The same instant with another precision; digits below it are cut. */
export function rescaleTimestamp(value: Integer, from: number, to: number): Integer {
  if (from === to) return value;
  if (from <= 3 && to === 3) return value;
  // Below milliseconds Flink cuts towards 1970.
  if (to < 3) {
    const step = 10 ** (3 - to);
    return Math.trunc(msOfTimestamp(value, from) / step) * step + 0;
  }
  return timestampOf(msOfTimestamp(value, from), nanosOfTimestamp(value, from), to);
}
