import type { PlanNode, WindowSpec } from '../../../planner/plan.ts';
import type { DataType, Row } from '../../../values/data-type.ts';
import type { Zone } from '../../../values/zone.ts';
import { failOnNullTime } from '../../null-time.ts';

const HOUR_MS = 3_600_000;

/**
 * A time attribute and its windows. Windows of TIMESTAMP_LTZ follow the wall clock of `table.local-time-zone`, so their bounds are wall-clock
 * milliseconds; watermarks and processing time are instants. Source: Flink's TimeWindowUtil.
 */
export interface WindowClock {
  readonly eventTime: boolean;
  toLocal(timeMs: number): number;
  /** The watermark, or the processing time, at which a window with this end is complete. */
  completeAt(end: number): number;
  /** The time attribute of a window's result: its last instant. */
  windowTime(end: number): number;
}

export function windowClock(type: DataType, eventTime: boolean, zone: Zone, zoneName: string): WindowClock {
  if (type.kind !== 'TIMESTAMP_LTZ' || zoneName === 'UTC')
    return { eventTime, toLocal: (ms) => ms, completeAt: (end) => end - 1, windowTime: (end) => end - 1 };
  return {
    eventTime,
    toLocal: (ms) => zone.toLocal(ms),
    windowTime: (end) => zone.toInstant(end - 1),
    completeAt: (end) => {
      const last = end - 1;
      const instant = zone.toInstant(last);
      const hourLater = zone.toInstant(last + HOUR_MS);
      // A wall-clock time that the clock jumps over: the jump. One that it shows twice: the second time.
      if (instant === hourLater) return instant - (instant % HOUR_MS);
      return hourLater - instant > HOUR_MS ? instant + HOUR_MS : instant;
    },
  };
}

/** The clock of a node's time attribute. */
export const clockOf = (input: PlanNode, time: number, zone: Zone, zoneName: string): WindowClock =>
  windowClock(input.columns[time]!.type, input.columns[time]!.attribute !== 'proctime', zone, zoneName);

/** The time of a row: its attribute, or now. */
export function timeOf(clock: WindowClock, time: number, now: { readonly nowMs: number }): (row: Row) => number {
  if (!clock.eventTime) return () => clock.toLocal(now.nowMs);
  return (row) => {
    const value = row[time]!;
    if (value === null) failOnNullTime();
    return clock.toLocal(value as number);
  };
}

/** Windows that are made of slices: pieces of time of which each belongs to its windows whole. */
export interface Slicing {
  readonly sliceMs: number;
  readonly offsetMs: number;
  /** Ends of the windows that a slice belongs to, ascending. */
  windowsOf(sliceEnd: number): readonly number[];
  startOf(windowEnd: number): number;
}

/** Start of the piece of this length that holds an instant. Source: Flink's TimeWindow.getWindowStartWithOffset. */
export const pieceStart = (timeMs: number, sizeMs: number, offsetMs: number): number =>
  Math.floor((timeMs - offsetMs) / sizeMs) * sizeMs + offsetMs;

const range = (from: number, to: number, step: number): number[] => {
  const values: number[] = [];
  for (let value = from; value <= to; value += step) values.push(value);
  return values;
};

export function slicingOf(window: Exclude<WindowSpec, { kind: 'session' }>): Slicing {
  switch (window.kind) {
    case 'tumble':
      return {
        sliceMs: window.sizeMs,
        offsetMs: window.offsetMs,
        windowsOf: (end) => [end],
        startOf: (end) => end - window.sizeMs,
      };
    case 'hop': {
      const { slideMs, sizeMs, offsetMs } = window;
      const sliceMs = greatestDivisor(slideMs, sizeMs);
      return {
        sliceMs,
        offsetMs,
        // Windows start every slide: those that hold the slice's start.
        windowsOf: (sliceEnd) => {
          const last = pieceStart(sliceEnd - sliceMs, slideMs, offsetMs) + sizeMs;
          const ends: number[] = [];
          for (let end = last; end >= sliceEnd; end -= slideMs) ends.unshift(end);
          return ends;
        },
        startOf: (end) => end - sizeMs,
      };
    }
    case 'cumulate': {
      const { stepMs, sizeMs, offsetMs } = window;
      return {
        sliceMs: stepMs,
        offsetMs,
        windowsOf: (sliceEnd) => range(sliceEnd, pieceStart(sliceEnd - stepMs, sizeMs, offsetMs) + sizeMs, stepMs),
        startOf: (end) => pieceStart(end - 1, sizeMs, offsetMs),
      };
    }
  }
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));
