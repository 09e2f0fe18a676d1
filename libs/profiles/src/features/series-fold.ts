import { type ByteReader, ProfileCodecError } from '../bytes.ts';
import type { SeriesKind } from './series.ts';

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
  const { aggregate, tiling } = kind;
  into.late += reader.varint();
  const count = reader.varint();
  if (count > 0) {
    const range = tiling.rangeAt(nowMs);
    const from = range?.from ?? Number.NEGATIVE_INFINITY;
    const to = range?.to ?? Number.POSITIVE_INFINITY;
    let tile = reader.zigzag();
    reader.varint();
    let { state } = into;
    for (let i = 0; i < count; i++) {
      if (i > 0) tile -= reader.varint();
      // Newest first: nothing behind it is in the window.
      if (tile < from) {
        into.state = state;
        return;
      }
      if (tile >= to) aggregate.read(reader);
      else if (state === undefined) state = aggregate.read(reader);
      else if (aggregate.readInto !== undefined) state = aggregate.readInto(state, reader);
      else state = aggregate.merge(state, aggregate.read(reader));
    }
    into.state = state;
  }
  if (!reader.isAtEnd) throw new ProfileCodecError('a feature goes on after its end');
}
