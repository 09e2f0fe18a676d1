import type { ByteReader, ByteWriter } from './bytes.ts';
import type { ProfileState, SeenEvent, TypeState } from './profile-state.ts';

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

/**
 * Counts an event in an activity as it is stored, written from what it was.
 *
 * @param reader - over the activity alone
 * @returns false when the event's type is new, or as new as what is there to the last digit: `applyEvent` has to count it, and what is in
 *   `writer` means nothing
 */
export function updateActivity(reader: ByteReader, event: SeenEvent, writer: ByteWriter): boolean {
  const { timeMs, receivedAtMs, arrival } = event;
  writer.zigzag(Math.min(reader.zigzag(), timeMs));
  writer.zigzag(Math.max(reader.zigzag(), timeMs));
  writer.varint(reader.varint());
  const types = reader.varint();
  writer.varint(types);
  for (let left = types; left > 0; left--) {
    const from = reader.position;
    const type = reader.text();
    if (type !== event.type) {
      reader.varint();
      reader.varint();
      reader.varint();
      reader.varint();
      reader.pass(reader.varint());
      reader.moveRange(writer, from, reader.position);
      continue;
    }
    const typed = reader.position;
    const count = reader.varint();
    const counted = reader.position;
    const newestMs = reader.zigzag();
    const newestReceivedMs = reader.zigzag();
    const newestArrival = reader.varint();
    reader.pass(reader.varint());
    const order = timeMs - newestMs || receivedAtMs - newestReceivedMs || arrival - newestArrival;
    if (order === 0) return false;
    reader.moveRange(writer, from, typed);
    writer.varint(count + 1);
    if (order < 0) {
      reader.moveRange(writer, counted, reader.limitPosition);
      return true;
    }
    writer.zigzag(timeMs);
    writer.zigzag(receivedAtMs);
    writer.varint(arrival);
    writer.text(event.data);
    reader.moveRest(writer);
    return true;
  }
  return false;
}
