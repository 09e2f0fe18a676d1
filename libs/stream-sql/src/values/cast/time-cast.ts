import { DAY_MS } from '../calendar.ts';
import type { CastContext, Convert } from '../cast.ts';
import type { DataType, Integer } from '../data-type.ts';
import { instantOfLocal, localOfInstant } from '../text.ts';
import { msOfTimestamp, rescaleTimestamp, timestampOf } from '../timestamp.ts';
import { isTimestamp } from '../types.ts';

/** Casts between DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ; those of an instant in the session's time zone. */
export function timeCast(from: DataType, to: DataType, { zone }: CastContext): Convert {
  if (from.kind === 'TIME' && to.kind === 'TIME') {
    const step = 10 ** Math.max(0, 3 - to.precision);
    return (value) => (value as number) - ((value as number) % step);
  }
  if (from.kind === 'DATE' || from.kind === 'TIME') {
    if (!isTimestamp(to)) throw new TypeError(`no cast from ${from.kind} to ${to.kind}`);
    const unit = from.kind === 'DATE' ? DAY_MS : 1;
    const local = (value: number): Integer => timestampOf(value * unit, 0, to.precision);
    return to.kind === 'TIMESTAMP'
      ? (value) => local(value as number)
      : (value) => instantOfLocal(local(value as number), to.precision, zone);
  }
  if (!isTimestamp(from)) throw new TypeError(`no cast from ${from.kind} to ${to.kind}`);
  const { precision } = from;
  const wall: (value: Integer) => Integer =
    from.kind === 'TIMESTAMP' ? (value) => value : (value) => localOfInstant(value, precision, zone);
  // Of a TIMESTAMP before 1970 Flink takes the day towards 1970, of an instant the right one.
  const whole = from.kind === 'TIMESTAMP' ? Math.trunc : Math.floor;
  if (to.kind === 'DATE') return (value) => whole(msOfTimestamp(wall(value as Integer), precision) / DAY_MS) + 0;
  if (to.kind === 'TIME') {
    const step = 10 ** Math.max(0, 3 - to.precision);
    return (value) => {
      const ms = msOfTimestamp(wall(value as Integer), precision);
      const ofDay = ((ms % DAY_MS) + DAY_MS) % DAY_MS;
      return ofDay - (ofDay % step);
    };
  }
  if (!isTimestamp(to)) throw new TypeError(`no cast from ${from.kind} to ${to.kind}`);
  if (from.kind === to.kind) return (value) => rescaleTimestamp(value as Integer, precision, to.precision);
  const shift = to.kind === 'TIMESTAMP' ? localOfInstant : instantOfLocal;
  return (value) => shift(rescaleTimestamp(value as Integer, precision, to.precision), to.precision, zone);
}
