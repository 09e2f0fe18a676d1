import { ByteReader, ByteWriter, ProfileCodecError } from '@hermes/profiles/bytes';

/** First byte of a mark; no profile begins with it. */
export const FILL_MARK_VERSION = 0x41;

/**
 * How far the fill of one feature version has got in one partition: part of the partition's state, changed in the same step as the profiles
 * that it speaks of, so that a fill goes on exactly where it was, whoever goes on.
 *
 *   u8      0x41
 *   varint  number of cuts, then for each: zigzag, the offset of `<project>.events` before which history counts, by partition
 *   u8      1: done
 *   text    the last subject that is filled; empty before the first
 *   varint  events counted
 *   text    ISO 8601: history before this receipt had expired; empty when nothing was read
 */
export class FillMark {
  readonly cuts: readonly number[];
  readonly isDone: boolean;
  readonly cursor: string;
  readonly events: number;
  readonly keptSince: string;

  constructor(fields: Pick<FillMark, 'cuts' | 'isDone' | 'cursor' | 'events' | 'keptSince'>) {
    this.cuts = fields.cuts;
    this.isDone = fields.isDone;
    this.cursor = fields.cursor;
    this.events = fields.events;
    this.keptSince = fields.keptSince;
  }

  encode(): Buffer {
    const writer = new ByteWriter();
    writer.byte(FILL_MARK_VERSION);
    writer.varint(this.cuts.length);
    for (const cut of this.cuts) writer.zigzag(cut);
    writer.byte(this.isDone ? 1 : 0);
    writer.text(this.cursor);
    writer.varint(this.events);
    writer.text(this.keptSince);
    return writer.take();
  }

  /** @throws ProfileCodecError on other bytes */
  static decode(bytes: Buffer): FillMark {
    const reader = new ByteReader(bytes);
    const version = reader.byte();
    if (version !== FILL_MARK_VERSION) throw new ProfileCodecError(`a fill mark of version ${version}`);
    const cuts = Array.from({ length: reader.varint() }, () => reader.zigzag());
    const isDone = reader.byte() === 1;
    const mark = new FillMark({
      cuts,
      isDone,
      cursor: reader.text(),
      events: reader.varint(),
      keptSince: reader.text(),
    });
    reader.end();
    return mark;
  }
}

/** State key of a slot's mark; no subject begins so. */
export const fillMarkKey = (slot: number): string => `~fill:${slot}`;
