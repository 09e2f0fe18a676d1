import { ByteWriter } from '../bytes.ts';

/**
 * The stored value of one subject and feature group: one or more segments, one after another; the state is the merge of them all. So an
 * update of a large value appends a small segment, and a value that has grown is written anew as one.
 *
 *   segment:
 *     u8      version, 2
 *     varint  bytes that follow
 *     sections:
 *       varint  what it is: 0 activity, 1 erasure, 15 + slot a feature
 *       varint  bytes that follow
 *       the activity (`activity-codec.ts`), zigzag erasedAtMs, or the feature's tiles (`series.ts`)
 *
 * A value that begins with 1 is an activity of the first version, alone, and may be followed by segments. Other versions are refused.
 */
export const SEGMENT_VERSION = 2;
export const FIRST_VERSION = 1;

export const ACTIVITY = 0;
export const ERASURE = 1;
export const FIRST_SLOT = 15;

const sections = new ByteWriter();
const head = new ByteWriter();
let sectionAt = 0;
let contentAt = 0;

/** Begins the segment in hand; there is one at a time. */
export function beginSegment(): void {
  sections.reset();
}

/** Begins a section of the segment in hand; its content goes into the writer, until `endSection` or `dropSection`. */
export function beginSection(id: number): ByteWriter {
  sectionAt = sections.length;
  sections.varint(id);
  contentAt = sections.beginPiece();
  return sections;
}

export function endSection(): void {
  sections.endPiece(contentAt);
}

/** As if it had not been begun. */
export function dropSection(): void {
  sections.backTo(sectionAt);
}

/** Copies a section as it is. */
export function copySection(id: number, bytes: Buffer, from: number, to: number): void {
  sections.varint(id);
  sections.varint(to - from);
  sections.raw(bytes, from, to);
}

/** The segment in hand. Whoever keeps it for long copies it: it may be a slice of a pool, all of which it would keep alive. */
export function endSegment(): Buffer {
  head.reset();
  head.byte(SEGMENT_VERSION);
  head.varint(sections.length);
  const headLength = head.length;
  const segment = Buffer.allocUnsafe(headLength + sections.length);
  head.moveInto(segment, 0);
  sections.moveInto(segment, headLength);
  return segment;
}
