import type { ByteReader, ByteWriter } from './bytes.ts';
import type { ProfileState, TypeState } from './profile-state.ts';

/**
 * The activity of a subject:
 *
 *   zigzag   firstSeenMs
 *   zigzag   lastSeenMs
 *   varint   otherCount
 *   varint   number of types, then for each, in alphabetical order:
 *     text     type
 *     varint   count
 *     zigzag   timeMs
 *     zigzag   receivedAtMs
 *     varint   arrival
 *     text     data, JSON
 *
 * The same state always gives the same bytes. A value of version 1 is such an activity behind its version.
 */
export function writeActivity(writer: ByteWriter, state: ProfileState): void {
  writer.zigzag(state.firstSeenMs);
  writer.zigzag(state.lastSeenMs);
  writer.varint(state.otherCount);
  writer.varint(state.types.size);
  const types = state.types.size < 2 ? state.types : [...state.types].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [type, seen] of types) {
    writer.text(type);
    writer.varint(seen.count);
    writer.zigzag(seen.timeMs);
    writer.zigzag(seen.receivedAtMs);
    writer.varint(seen.arrival);
    writer.text(seen.data);
  }
}

/** @throws ProfileCodecError on bytes that end too early */
export function readActivity(reader: ByteReader): ProfileState {
  const firstSeenMs = reader.zigzag();
  const lastSeenMs = reader.zigzag();
  const otherCount = reader.varint();
  const types = new Map<string, TypeState>();
  for (let left = reader.varint(); left > 0; left--) {
    types.set(reader.text(), {
      count: reader.varint(),
      timeMs: reader.zigzag(),
      receivedAtMs: reader.zigzag(),
      arrival: reader.varint(),
      data: reader.text(),
    });
  }
  return { firstSeenMs, lastSeenMs, types, otherCount };
}
