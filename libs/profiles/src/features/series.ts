import { ByteReader, type ByteWriter, ProfileCodecError } from '../bytes.ts';
import type { Aggregate, Seen } from './aggregate.ts';
import { foldTiles, StoredTiles } from './stored-tiles.ts';
import type { TileRange, Tiling } from './window.ts';

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

/** Older tiles that have been decoded, newest first. */
interface Older {
  readonly tiles: number[];
  readonly states: unknown[];
}

/** Tiles as stored. */
interface Rest {
  readonly bytes: Buffer;
  readonly count: number;
  readonly oldest: number;
}

/**
 * Tiles of one feature, and what happened beside them. Behind the newest tile they stay as they are stored until they are needed: most events
 * belong to the newest one, or begin a newer, and then the others are neither read nor written.
 */
export interface Series {
  readonly kind: SeriesKind;
  /** Events that came too late to count. */
  late: number;
  /** Number of the newest tile, and its state; undefined while nothing counts. */
  newest: number;
  state: unknown;
  older: Older | undefined;
  /** Tiles behind those, as stored. */
  rest: Rest | undefined;
  /** First and last receipt of what counts; kept only with a time to live. */
  receipts: { readonly firstMs: number; readonly lastMs: number } | undefined;
}

export const newSeries = (kind: SeriesKind): Series => ({
  kind,
  late: 0,
  newest: 0,
  state: undefined,
  older: undefined,
  rest: undefined,
  receipts: undefined,
});

export type Added = 'counted' | 'late' | 'ignored';

/** Decodes the tiles that are still as stored; answers all but the newest. */
function open(series: Series): Older {
  const older = (series.older ??= { tiles: [], states: [] });
  const { rest, kind } = series;
  if (rest === undefined) return older;
  series.rest = undefined;
  const reader = new ByteReader(rest.bytes);
  let tile = older.tiles.at(-1) ?? series.newest;
  for (let i = 0; i < rest.count; i++) {
    tile -= reader.varint();
    older.tiles.push(tile);
    older.states.push(kind.aggregate.read(reader));
  }
  reader.end();
  return older;
}

const oldestTile = ({ rest, older, newest }: Series): number => rest?.oldest ?? older?.tiles.at(-1) ?? newest;

/** Index of the tile among older ones, or ~index of where it belongs. */
function find(tiles: readonly number[], tile: number): number {
  let low = 0;
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

/** Begins a tile that is newer than all others. */
function begin(series: Series, tile: number, state: unknown): void {
  if (series.state !== undefined) {
    if (series.older === undefined) series.older = { tiles: [series.newest], states: [series.state] };
    else {
      series.older.tiles.unshift(series.newest);
      series.older.states.unshift(series.state);
    }
  }
  series.newest = tile;
  series.state = state;
}

/** Puts what `change` makes of a tile's state in its place; undefined leaves everything as it is. */
function change(series: Series, tile: number, next: (state: unknown) => unknown): boolean {
  if (series.state === undefined || tile > series.newest) {
    const state = next(undefined);
    if (state === undefined) return false;
    begin(series, tile, state);
    return true;
  }
  if (tile === series.newest) {
    const state = next(series.state);
    if (state === undefined) return false;
    series.state = state;
    return true;
  }
  const { tiles, states } = open(series);
  const at = find(tiles, tile);
  const state = next(at < 0 ? undefined : states[at]);
  if (state === undefined) return false;
  if (at >= 0) states[at] = state;
  else {
    tiles.splice(~at, 0, tile);
    states.splice(~at, 0, state);
  }
  return true;
}

/**
 * Counts an event, and drops the tiles that no read can show any more; `series` is changed in place.
 *
 * An event is too late beyond the feature's limit, or when its tile is outside of the window already at its receipt, so that no read could
 * ever show it. A function of the event alone: the same with any number of partitions, live or filled from history.
 */
export function addToSeries(series: Series, seen: Seen): Added {
  const { aggregate, tiling, ttlMs, lateLimitMs } = series.kind;
  const { timeMs, receivedAtMs } = seen;
  const tile = tiling.tileOf(timeMs);
  const oldest = tiling.oldestAt(receivedAtMs);
  if (tile < oldest || (lateLimitMs !== undefined && receivedAtMs - timeMs > lateLimitMs)) {
    // A value that would not count is not late either.
    if (aggregate.add(undefined, seen) === undefined) return 'ignored';
    series.late += 1;
    return 'late';
  }
  if (ttlMs !== undefined && series.receipts !== undefined && receivedAtMs - series.receipts.lastMs > ttlMs) {
    // What does not count does not begin anew either.
    if (aggregate.add(undefined, seen) === undefined) return 'ignored';
    forget(series);
  }
  // The common cases without a closure.
  const isNewer = series.state === undefined || tile > series.newest;
  if (isNewer || tile === series.newest) {
    const state = aggregate.add(isNewer ? undefined : series.state, seen);
    if (state === undefined) return 'ignored';
    if (isNewer) begin(series, tile, state);
    else series.state = state;
  } else if (!change(series, tile, (state) => aggregate.add(state, seen))) {
    return 'ignored';
  }
  if (oldestTile(series) < oldest) prune(series, oldest);
  if (ttlMs !== undefined) received(series, receivedAtMs, receivedAtMs);
  return 'counted';
}

function received(series: Series, firstMs: number, lastMs: number): void {
  const { receipts } = series;
  series.receipts =
    receipts === undefined
      ? { firstMs, lastMs }
      : { firstMs: Math.min(receipts.firstMs, firstMs), lastMs: Math.max(receipts.lastMs, lastMs) };
}

function forget(series: Series): void {
  series.state = undefined;
  series.older = undefined;
  series.rest = undefined;
  series.receipts = undefined;
}

/** Merges `from` into `into`, which is changed in place; of `from` only how much of it is decoded may change. */
export function mergeSeries(into: Series, from: Series): void {
  const { aggregate, ttlMs } = into.kind;
  into.late += from.late;
  if (from.state === undefined) return;
  if (ttlMs !== undefined && into.receipts !== undefined && from.receipts !== undefined) {
    if (from.receipts.firstMs - into.receipts.lastMs > ttlMs) forget(into);
    else if (into.receipts.firstMs - from.receipts.lastMs > ttlMs) return;
  }
  if (from.older !== undefined || from.rest !== undefined) {
    const { tiles, states } = open(from);
    // Oldest first: then each new tile is newer than all before.
    for (let i = tiles.length - 1; i >= 0; i--) change(into, tiles[i]!, (state) => aggregate.merge(state, states[i]));
  }
  // The common case, one event behind what is there, without a closure.
  if (into.state !== undefined && from.newest === into.newest) into.state = aggregate.merge(into.state, from.state);
  else change(into, from.newest, (state) => aggregate.merge(state, from.state));
  if (from.receipts !== undefined) received(into, from.receipts.firstMs, from.receipts.lastMs);
}

/** Drops the tiles below `oldest`; the newest is not among them. */
function prune(series: Series, oldest: number): void {
  const { tiles, states } = open(series);
  let kept = tiles.length;
  while (kept > 0 && tiles[kept - 1]! < oldest) kept -= 1;
  tiles.length = kept;
  states.length = kept;
}

/** What the feature has in its window at `nowMs`, as one state; undefined for nothing. */
export function stateAt(series: Series | undefined, nowMs: number): unknown {
  if (series === undefined || series.state === undefined) return undefined;
  const { aggregate, tiling, ttlMs } = series.kind;
  if (ttlMs !== undefined && nowMs - series.receipts!.lastMs > ttlMs) return undefined;
  const range = tiling.rangeAt(nowMs);
  if (range === undefined) return series.state;
  const { newest } = series;
  let merged: unknown;
  if (newest < range.from) return undefined;
  if (newest < range.to) merged = aggregate.merge(undefined, series.state);
  const { older, rest } = series;
  if (older !== undefined) {
    const { tiles, states } = older;
    for (let i = 0; i < tiles.length; i++) {
      const tile = tiles[i]!;
      if (tile >= range.to) continue;
      if (tile < range.from) return merged;
      merged = aggregate.merge(merged, states[i]);
    }
  }
  return rest === undefined ? merged : mergeStored(merged, series.kind, rest, older?.tiles.at(-1) ?? newest, range);
}

/** Merges the tiles of a range as they are stored: a window of a month has hundreds, and a read shows only what they come to. */
function mergeStored(into: unknown, kind: SeriesKind, rest: Rest, before: number, range: TileRange): unknown {
  const reader = storedReader.over(rest.bytes, 0, rest.bytes.length);
  storedTiles.behind(reader, before, rest.count, range.from, range.to);
  const merged = foldTiles(kind.aggregate, into, storedTiles);
  if (!storedTiles.hasMore) reader.end();
  return merged;
}

const storedReader = new ByteReader(Buffer.alloc(0));
const storedTiles = new StoredTiles(storedReader);

/**
 *   varint  late
 *   varint  number of tiles; when there is one:
 *   with a time to live:
 *     zigzag  first receipt
 *     varint  last receipt minus first
 *   zigzag  number of the newest tile
 *   varint  by how much the oldest one's is lower
 *   for each tile, newest first:
 *     varint  by how much its number is lower than that of the one before it (not for the newest)
 *     the aggregate's state
 */
export function writeSeries(writer: ByteWriter, series: Series): void {
  const { kind, older, rest, newest, receipts } = series;
  writer.varint(series.late);
  if (series.state === undefined) return writer.varint(0);
  writer.varint(1 + (older?.tiles.length ?? 0) + (rest?.count ?? 0));
  if (kind.ttlMs !== undefined) {
    writer.zigzag(receipts!.firstMs);
    writer.varint(receipts!.lastMs - receipts!.firstMs);
  }
  writer.zigzag(newest);
  writer.varint(newest - oldestTile(series));
  kind.aggregate.write(writer, series.state);
  if (older !== undefined) {
    let before = newest;
    for (let i = 0; i < older.tiles.length; i++) {
      writer.varint(before - older.tiles[i]!);
      before = older.tiles[i]!;
      kind.aggregate.write(writer, older.states[i]);
    }
  }
  if (rest !== undefined) writer.raw(rest.bytes);
}

/** @throws ProfileCodecError on bytes that are none */
export function readSeries(kind: SeriesKind, reader: ByteReader): Series {
  const series = newSeries(kind);
  series.late = reader.varint();
  const count = reader.varint();
  if (count > 0) {
    if (kind.ttlMs !== undefined) {
      const firstMs = reader.zigzag();
      series.receipts = { firstMs, lastMs: firstMs + reader.varint() };
    }
    series.newest = reader.zigzag();
    const oldest = series.newest - reader.varint();
    series.state = kind.aggregate.read(reader);
    if (count > 1) series.rest = { bytes: reader.rest(), count: count - 1, oldest };
  }
  if (!reader.isAtEnd) throw new ProfileCodecError('a feature goes on after its end');
  return series;
}
