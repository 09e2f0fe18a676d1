import type { ByteReader, ByteWriter } from '../bytes.ts';
import type { Seen } from './aggregate.ts';
import type { Added, SeriesKind } from './series.ts';

/**
 * Counts an event in a series as it is stored (`writeSeries`): what it is afterwards is written from what it was, without making a series of
 * it. Most events belong to the newest tile or begin a newer one, and then nothing but that tile is decoded. For features without a time
 * to live, and not for an event that belongs to an older tile.
 *
 * @param reader - over the series alone; undefined: nothing of the feature is there
 * @returns `undecided`: the event has to be counted by `addToSeries`. Then, and when it is `ignored`, what is in `writer` means nothing.
 */
export function addToStored(
  kind: SeriesKind,
  reader: ByteReader | undefined,
  seen: Seen,
  writer: ByteWriter,
): Added | 'undecided' {
  const { aggregate, tiling, lateLimitMs } = kind;
  const { timeMs, receivedAtMs } = seen;
  const tile = tiling.tileOf(timeMs);
  const oldest = tiling.oldestAt(receivedAtMs);
  const late = reader === undefined ? 0 : reader.varint();
  if (tile < oldest || (lateLimitMs !== undefined && receivedAtMs - timeMs > lateLimitMs)) {
    if (aggregate.add(undefined, seen) === undefined) return 'ignored';
    writer.varint(late + 1);
    if (reader === undefined) writer.varint(0);
    else reader.moveRest(writer);
    return 'late';
  }
  const count = reader === undefined ? 0 : reader.varint();
  const newest = count === 0 ? 0 : reader!.zigzag();
  if (count === 0 || newest < oldest) return begun(kind, late, tile, seen, writer);
  if (tile < newest) return 'undecided';
  const span = reader!.varint();
  const from = reader!.position;
  if (tile === newest && newest - span >= oldest && aggregate.addStored !== undefined) {
    const before = writer.length;
    writeHead(writer, late, count, tile, newest - span);
    const added = aggregate.addStored(reader!, seen, writer);
    if (added === 'ignored') return 'ignored';
    if (added === 'written') {
      reader!.moveRest(writer);
      return 'counted';
    }
    writer.backTo(before);
    reader!.backTo(from);
  }
  const before = aggregate.read(reader!);
  const behind = reader!.position;
  // Tiles that no read can show any more go: those behind the last one that is still in the window.
  let kept = count;
  let oldestKept = newest - span;
  let end = reader!.limitPosition;
  if (oldestKept < oldest) {
    kept = 1;
    oldestKept = newest;
    end = behind;
    for (; kept < count; kept++) {
      const older = oldestKept - reader!.varint();
      if (older < oldest) break;
      aggregate.read(reader!);
      oldestKept = older;
      end = reader!.position;
    }
  }
  const isNewer = tile > newest;
  const state = aggregate.add(isNewer ? undefined : before, seen);
  if (state === undefined) return 'ignored';
  writeHead(writer, late, isNewer ? kept + 1 : kept, tile, oldestKept);
  aggregate.write(writer, state);
  if (isNewer) writer.varint(tile - newest);
  reader!.moveRange(writer, isNewer ? from : behind, end);
  return 'counted';
}

function begun(kind: SeriesKind, late: number, tile: number, seen: Seen, writer: ByteWriter): Added {
  const state = kind.aggregate.add(undefined, seen);
  if (state === undefined) return 'ignored';
  writeHead(writer, late, 1, tile, tile);
  kind.aggregate.write(writer, state);
  return 'counted';
}

/** A series up to the state of its newest tile. */
function writeHead(writer: ByteWriter, late: number, tiles: number, newest: number, oldest: number): void {
  writer.varint(late);
  writer.varint(tiles);
  writer.zigzag(newest);
  writer.varint(newest - oldest);
}
