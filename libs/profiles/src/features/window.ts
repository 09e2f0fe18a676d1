import { durationMs, type FeatureWindow } from '@hermes/contracts/feature';
import type { ValueContext } from './aggregate.ts';
import { zoneOf } from '@hermes/stream-sql/values/zone';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Tiles, from `from` to before `to`. */
export interface TileRange {
  readonly from: number;
  readonly to: number;
}

/**
 * How a feature's time is cut. An event belongs to the tile of its event time; a value is the merge of the tiles of a range. A range
 * consists of whole tiles, so a value is exact for the interval that it names.
 */
export interface Tiling {
  /** Number of the tile of an event time. */
  tileOf(timeMs: number): number;
  /** The oldest tile that a value asked for at `nowMs` or later can be made of. */
  oldestAt(nowMs: number): number;
  /** The tiles that a value asked for at `nowMs` is made of; undefined means all there are. */
  rangeAt(nowMs: number): TileRange | undefined;
  /** The interval that the range stands for. */
  contextAt(nowMs: number): ValueContext;
}

const ALL_TIME: Tiling = {
  tileOf: () => 0,
  oldestAt: () => Number.NEGATIVE_INFINITY,
  rangeAt: () => undefined,
  contextAt: (nowMs) => ({ nowMs, fromMs: null, toMs: null }),
};

/** Width of the tiles of a sliding window: 1 s up to a length of 1 h, 1 min up to 24 h, 1 h beyond. */
export function tileMsOf(lengthMs: number): number {
  if (lengthMs <= HOUR_MS) return 1_000;
  return lengthMs <= DAY_MS ? 60_000 : HOUR_MS;
}

/**
 * From the edge of the tile in which the window begins to the end of the tile in which now is: so it holds every event of the last
 * `lengthMs`, and at most a tile's width more.
 */
function sliding(lengthMs: number): Tiling {
  const tileMs = tileMsOf(lengthMs);
  const tileOf = (timeMs: number): number => Math.floor(timeMs / tileMs);
  const rangeAt = (nowMs: number): TileRange => ({ from: tileOf(nowMs - lengthMs), to: tileOf(nowMs) + 1 });
  return {
    tileOf,
    oldestAt: (nowMs) => tileOf(nowMs - lengthMs),
    rangeAt,
    contextAt(nowMs) {
      const { from, to } = rangeAt(nowMs);
      return { nowMs, fromMs: from * tileMs, toMs: to * tileMs };
    },
  };
}

type Period = Extract<FeatureWindow, { kind: 'calendar' }>['period'];

/** Day 0 of the epoch was a Thursday: weeks begin on the Monday before. */
const WEEK_SHIFT_DAYS = 3;

/** Number of the period that a local wall-clock instant is in. */
function periodOf(localMs: number, period: Period): number {
  const day = Math.floor(localMs / DAY_MS);
  if (period === 'day') return day;
  if (period === 'week') return Math.floor((day + WEEK_SHIFT_DAYS) / 7);
  const date = new Date(day * DAY_MS);
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
  if (period === 'month') return month;
  return period === 'quarter' ? Math.floor(month / 3) : Math.floor(month / 12);
}

/** The local wall clock at which a period begins. */
function beginOf(number: number, period: Period): number {
  if (period === 'day') return number * DAY_MS;
  if (period === 'week') return (number * 7 - WEEK_SHIFT_DAYS) * DAY_MS;
  const month = period === 'month' ? number : period === 'quarter' ? number * 3 : number * 12;
  const date = new Date(0);
  date.setUTCFullYear(Math.floor(month / 12), month - Math.floor(month / 12) * 12, 1);
  return date.getTime();
}

function calendar(period: Period, back: number, timeZone: string): Tiling {
  const zone = zoneOf(timeZone);
  const tileOf = (timeMs: number): number => periodOf(zone.toLocal(timeMs), period);
  return {
    tileOf,
    oldestAt: (nowMs) => tileOf(nowMs) - back,
    rangeAt(nowMs) {
      const tile = tileOf(nowMs) - back;
      return { from: tile, to: tile + 1 };
    },
    contextAt(nowMs) {
      const tile = tileOf(nowMs) - back;
      return { nowMs, fromMs: zone.toInstant(beginOf(tile, period)), toMs: zone.toInstant(beginOf(tile + 1, period)) };
    },
  };
}

const tilings = new Map<string, Tiling>();

/** The same window of the same zone is the same tiling. @throws RangeError for an unknown time zone */
export function tilingOf(window: FeatureWindow, timeZone: string): Tiling {
  const name = `${JSON.stringify(window)} ${timeZone}`;
  let tiling = tilings.get(name);
  if (tiling === undefined) {
    tiling = makeTiling(window, timeZone);
    tilings.set(name, tiling);
  }
  return tiling;
}

function makeTiling(window: FeatureWindow, timeZone: string): Tiling {
  switch (window.kind) {
    case 'all-time':
      return ALL_TIME;
    case 'sliding':
      return sliding(durationMs(window.length));
    case 'calendar':
      return calendar(window.period, window.back, timeZone);
  }
}
