import { ByteReader, ProfileCodecError } from '../bytes.ts';
import type { SeriesKind } from './series.ts';
import { foldTiles, StoredTiles } from './stored-tiles.ts';

/** What a read sees of one feature. */
export interface Folded {
  /** The window's tiles as one state of the feature's aggregate; undefined for no events. */
  state: unknown;
  /** Events that came too late to count. */
  late: number;
}

/**
 * Folds one stored series (`writeSeries`) into what a read at `nowMs` sees of it, tile by tile as they are stored: a window of a month has
 * hundreds of tiles, and an answer shows only what they come to. For features without a time to live; those have to know their receipts.
 *
 * @param reader - over the series alone
 * @param into - the series of segments before it, or `{state: undefined, late: 0}`; its state is changed in place
 * @throws ProfileCodecError on bytes that are none
 */
export function foldSeries(kind: SeriesKind, reader: ByteReader, nowMs: number, into: Folded): void {
  into.late += reader.varint();
  const count = reader.varint();
  if (count > 0) {
    const range = kind.tiling.rangeAt(nowMs);
    const from = range?.from ?? Number.NEGATIVE_INFINITY;
    const to = range?.to ?? Number.POSITIVE_INFINITY;
    const newest = reader.zigzag();
    reader.varint();
    tiles.over(reader, newest, count, from, to);
    into.state = foldTiles(kind.aggregate, into.state, tiles);
    if (tiles.hasMore) return;
  }
  if (!reader.isAtEnd) throw new ProfileCodecError('a feature goes on after its end');
}

const tiles = new StoredTiles(new ByteReader(Buffer.alloc(0)));
