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

/** Begins the segment in hand; there is one at a time. */
export function beginSegment(): void {
  sections.reset();
}

/** Puts what is in `content` behind its number and length, and empties it. */
export function writeSection(id: number, content: ByteWriter): void {
  sections.varint(id);
  sections.varint(content.length);
  sections.takeFrom(content);
}

/** Copies a section as it is. */
export function copySection(id: number, bytes: Buffer, from: number, to: number): void {
  sections.varint(id);
  sections.varint(to - from);
  sections.raw(bytes, from, to);
}

/** The segment in hand, in memory of its own: a slice of shared memory would keep all of that alive. */
export function endSegment(): Buffer {
  head.reset();
  head.byte(SEGMENT_VERSION);
  head.varint(sections.length);
  const headLength = head.length;
  const segment = Buffer.allocUnsafeSlow(headLength + sections.length);
  head.moveInto(segment, 0);
  sections.moveInto(segment, headLength);
  return segment;
}
