import { MAX_ATTRIBUTE_BYTES } from '@hermes/contracts/attributes';
import type { ByteReader, ByteWriter } from '../bytes.ts';
import type { Seen } from './aggregate.ts';

/** A longer value does not count: a profile is read in a millisecond and holds no documents. */
export const MAX_VALUE_BYTES = MAX_ATTRIBUTE_BYTES;

/** A value with its event's place in time. */
export interface Entry {
  readonly timeMs: number;
  readonly receivedAtMs: number;
  readonly id: string;
  /** JSON text; `null` for an attribute that was taken back. */
  readonly json: string;
}

/**
 * The order of entries: by event time, then by receipt, then by the event's id, then by the value's JSON; each as numbers or by UTF-16 code
 * units. A function of the events alone, so that it is the same live, filled from history, and with any number of partitions.
 */
export function compareEntries(a: Entry, b: Entry): number {
  if (a.timeMs !== b.timeMs) return a.timeMs - b.timeMs;
  if (a.receivedAtMs !== b.receivedAtMs) return a.receivedAtMs - b.receivedAtMs;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.json < b.json ? -1 : a.json > b.json ? 1 : 0;
}

/** A value that is present and small enough, as an entry. */
export function entryOf({ timeMs, receivedAtMs, id, value }: Seen, takesNull: boolean): Entry | undefined {
  if (value === undefined || (value === null && !takesNull)) return undefined;
  const json = jsonOf(value);
  if (json === undefined) return undefined;
  if (
    json.length > MAX_VALUE_BYTES ||
    (json.length > MAX_VALUE_BYTES / 3 && Buffer.byteLength(json) > MAX_VALUE_BYTES)
  ) {
    return undefined;
  }
  return { timeMs, receivedAtMs, id, json };
}

/** Many features look at one field of one event, one after another. */
let lastScalar: unknown;
let lastJson: string | undefined;

/** JSON of a value; undefined where there is none. */
export function jsonOf(value: unknown): string | undefined {
  if (typeof value === 'object') return JSON.stringify(value);
  if (value !== lastScalar) {
    lastJson = JSON.stringify(value) as string | undefined;
    lastScalar = value;
  }
  return lastJson;
}

/** The receipt is near the time as a rule, so it is kept as the difference. */
export function writeEntry(writer: ByteWriter, { timeMs, receivedAtMs, id, json }: Entry): void {
  writer.zigzag(timeMs);
  writer.zigzag(receivedAtMs - timeMs);
  writer.text(id);
  writer.text(json);
}

export function readEntry(reader: ByteReader): Entry {
  const timeMs = reader.zigzag();
  return { timeMs, receivedAtMs: timeMs + reader.zigzag(), id: reader.text(), json: reader.text() };
}
