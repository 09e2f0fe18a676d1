import { ByteReader, type ByteWriter, ProfileCodecError } from '../bytes.ts';
import type { Aggregate, AggregateValue, Seen } from './aggregate.ts';
import type { Tiling } from './window.ts';

/** How a feature's state is kept: its aggregate, cut into tiles by its window. */
export interface SeriesKind {
  // Which state type belongs to which feature is known only where the feature is compiled; here it is opaque.
  readonly aggregate: Aggregate<unknown>;
  readonly tiling: Tiling;
  /** Milliseconds between receipts after which the feature begins anew; undefined: never. */
  readonly ttlMs: number | undefined;
  /** Milliseconds from an event's time to its receipt above which it is late; undefined: only the window decides. */
  readonly lateLimitMs: number | undefined;
}

/**
 * Tiles of one feature, newest first, and what happened beside them. Older tiles stay as they are stored until they are needed: most events
 * belong to the newest tile, or begin one, and then the others are neither read nor written.
 */
export interface Series {
  /** Tile numbers, descending. */
  tiles: number[];
  states: unknown[];
  /** Tiles behind those, as stored; undefined when there are none. */
  rest: { readonly bytes: Buffer; readonly count: number; readonly oldest: number } | undefined;
  /** Events that came too late to count. */
  late: number;
  /** First and last receipt of what counts; kept only with a time to live. */
  firstReceivedMs: number;
  lastReceivedMs: number;
}

export const newSeries = (): Series => ({
  tiles: [],
  states: [],
  rest: undefined,
  late: 0,
  firstReceivedMs: Number.POSITIVE_INFINITY,
  lastReceivedMs: Number.NEGATIVE_INFINITY,
});

export type Added = 'counted' | 'late' | 'ignored';

/** Decodes the tiles that are still as stored. */
function open(kind: SeriesKind, series: Series): void {
  const { rest } = series;
  if (rest === undefined) return;
  series.rest = undefined;
  const reader = new ByteReader(rest.bytes);
  let tile = series.tiles.at(-1)!;
  for (let i = 0; i < rest.count; i++) {
    tile -= reader.varint();
    series.tiles.push(tile);
    series.states.push(kind.aggregate.read(reader));
  }
  if (!reader.isAtEnd) throw new ProfileCodecError('a feature goes on after its end');
}

const oldestTile = ({ rest, tiles }: Series): number => rest?.oldest ?? tiles.at(-1)!;

/** Index of the tile among those that are decoded, or ~index of where it belongs; the rest is decoded when it may be there. */
function find(kind: SeriesKind, series: Series, tile: number): number {
  const { tiles } = series;
  if (tiles.length === 0 || tile > tiles[0]!) return ~0;
  if (tile === tiles[0]) return 0;
  if (tile < tiles.at(-1)!) open(kind, series);
  let low = 1;
  let high = tiles.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const there = tiles[middle]!;
    if (there === tile) return middle;
    if (there > tile) low = middle + 1;
    else high = middle - 1;
  }
  return ~low;
}

/**
 * Counts an event, and drops the tiles that no read can show any more; `series` is changed in place.
 *
 * An event is too late beyond the feature's limit, or when its tile is outside of the window already at its receipt, so that no read could
 * ever show it. A function of the event alone: the same with any number of partitions, live or filled from history.
 */
export function addToSeries(kind: SeriesKind, series: Series, seen: Seen): Added {
  const { aggregate, tiling, ttlMs, lateLimitMs } = kind;
  const { timeMs, receivedAtMs } = seen;
  const tile = tiling.tileOf(timeMs);
  const oldest = tiling.oldestAt(receivedAtMs);
  if (tile < oldest || (lateLimitMs !== undefined && receivedAtMs - timeMs > lateLimitMs)) {
    // A value that would not count is not late either.
    if (aggregate.add(undefined, seen) === undefined) return 'ignored';
    series.late += 1;
    return 'late';
  }
  if (ttlMs !== undefined && series.tiles.length > 0 && receivedAtMs - series.lastReceivedMs > ttlMs) {
    // What does not count does not begin anew either.
    if (aggregate.add(undefined, seen) === undefined) return 'ignored';
    forget(series);
  }
  const at = find(kind, series, tile);
  const state = aggregate.add(at < 0 ? undefined : series.states[at], seen);
  if (state === undefined) return 'ignored';
  if (at >= 0) series.states[at] = state;
  else insertTile(series, ~at, tile, state);
  if (oldestTile(series) < oldest) prune(kind, series, oldest);
  if (ttlMs !== undefined) {
    series.firstReceivedMs = Math.min(series.firstReceivedMs, receivedAtMs);
    series.lastReceivedMs = Math.max(series.lastReceivedMs, receivedAtMs);
  }
  return 'counted';
}

function insertTile(series: Series, at: number, tile: number, state: unknown): void {
  if (at === series.tiles.length) {
    series.tiles.push(tile);
    series.states.push(state);
  } else {
    series.tiles.splice(at, 0, tile);
    series.states.splice(at, 0, state);
  }
}

function forget(series: Series): void {
  series.tiles = [];
  series.states = [];
  series.rest = undefined;
  series.firstReceivedMs = Number.POSITIVE_INFINITY;
  series.lastReceivedMs = Number.NEGATIVE_INFINITY;
}

/** Merges `from` into `into`, which is changed in place; of `from` only how much of it is decoded may change. */
export function mergeSeries(kind: SeriesKind, into: Series, from: Series): void {
  into.late += from.late;
  if (from.tiles.length === 0) return;
  if (kind.ttlMs !== undefined && into.tiles.length > 0) {
    if (from.firstReceivedMs - into.lastReceivedMs > kind.ttlMs) forget(into);
    else if (into.firstReceivedMs - from.lastReceivedMs > kind.ttlMs) return;
  }
  open(kind, from);
  for (const [i, tile] of from.tiles.entries()) {
    const at = find(kind, into, tile);
    if (at >= 0) into.states[at] = kind.aggregate.merge(into.states[at], from.states[i]);
    else insertTile(into, ~at, tile, kind.aggregate.merge(undefined, from.states[i]));
  }
  into.firstReceivedMs = Math.min(into.firstReceivedMs, from.firstReceivedMs);
  into.lastReceivedMs = Math.max(into.lastReceivedMs, from.lastReceivedMs);
}

/** Drops the tiles below `oldest`. */
function prune(kind: SeriesKind, series: Series, oldest: number): void {
  open(kind, series);
  let kept = series.tiles.length;
  while (kept > 0 && series.tiles[kept - 1]! < oldest) kept -= 1;
  series.tiles.length = kept;
  series.states.length = kept;
}

/** The feature's answer at `nowMs`. */
export function valueOfSeries(kind: SeriesKind, series: Series | undefined, nowMs: number): AggregateValue {
  const context = kind.tiling.contextAt(nowMs);
  const { aggregate } = kind;
  if (series === undefined || isForgotten(kind, series, nowMs)) return aggregate.value(undefined, context);
  const range = kind.tiling.rangeAt(nowMs);
  if (range === undefined) return aggregate.value(series.states[0], context);
  // What is stored behind is needed only when the window reaches so far.
  if (series.rest !== undefined && series.tiles.at(-1)! > range.from) open(kind, series);
  const { tiles, states } = series;
  let merged: unknown;
  for (let i = 0; i < tiles.length; i++) {
    const tile = tiles[i]!;
    if (tile >= range.to) continue;
    if (tile < range.from) break;
    merged = aggregate.merge(merged, states[i]);
  }
  return aggregate.value(merged, context);
}

const isForgotten = ({ ttlMs }: SeriesKind, series: Series, nowMs: number): boolean =>
  ttlMs !== undefined && nowMs - series.lastReceivedMs > ttlMs;

/**
 *   varint  late
 *   varint  number of tiles; when there is one:
 *   with a time to live:
 *     zigzag  firstReceivedMs
 *     varint  lastReceivedMs - firstReceivedMs
 *   zigzag  number of the newest tile
 *   varint  by how much the oldest one's is lower
 *   for each tile, newest first:
 *     varint  by how much its number is lower than that of the one before it (not for the newest)
 *     the aggregate's state
 */
export function writeSeries(kind: SeriesKind, writer: ByteWriter, series: Series): void {
  writer.varint(series.late);
  const { tiles, states, rest } = series;
  writer.varint(tiles.length + (rest?.count ?? 0));
  if (tiles.length === 0) return;
  if (kind.ttlMs !== undefined) {
    writer.zigzag(series.firstReceivedMs);
    writer.varint(series.lastReceivedMs - series.firstReceivedMs);
  }
  writer.zigzag(tiles[0]!);
  writer.varint(tiles[0]! - oldestTile(series));
  for (let i = 0; i < tiles.length; i++) {
    if (i > 0) writer.varint(tiles[i - 1]! - tiles[i]!);
    kind.aggregate.write(writer, states[i]);
  }
  if (rest !== undefined) writer.raw(rest.bytes);
}

/** @throws ProfileCodecError on bytes that are none */
export function readSeries(kind: SeriesKind, reader: ByteReader): Series {
  const series = newSeries();
  series.late = reader.varint();
  const count = reader.varint();
  if (count > 0) {
    if (kind.ttlMs !== undefined) {
      series.firstReceivedMs = reader.zigzag();
      series.lastReceivedMs = series.firstReceivedMs + reader.varint();
    }
    const newest = reader.zigzag();
    const oldest = newest - reader.varint();
    series.tiles.push(newest);
    series.states.push(kind.aggregate.read(reader));
    if (count > 1) series.rest = { bytes: reader.rest(), count: count - 1, oldest };
  }
  if (!reader.isAtEnd) throw new ProfileCodecError('a feature goes on after its end');
  return series;
}
