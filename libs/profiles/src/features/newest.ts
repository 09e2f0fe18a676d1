import type { ByteReader, ByteWriter } from '../bytes.ts';
import type { Aggregate, Seen } from './aggregate.ts';

/** A longer value does not count: a profile is read in a millisecond and holds no documents. */
export const MAX_VALUE_BYTES = 1_024;

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
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) return undefined;
  if (
    json.length > MAX_VALUE_BYTES ||
    (json.length > MAX_VALUE_BYTES / 3 && Buffer.byteLength(json) > MAX_VALUE_BYTES)
  ) {
    return undefined;
  }
  return { timeMs, receivedAtMs, id, json };
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

/** The entry that comes first (`sign` 1) or last (-1) in the order. */
function single(sign: 1 | -1, takesNull: boolean): Aggregate<Entry> {
  const better = (into: Entry | undefined, entry: Entry): Entry =>
    into === undefined || sign * compareEntries(entry, into) < 0 ? entry : into;
  return {
    add(into, seen) {
      // Most events are newer than the oldest, or the newest so far: told without making their JSON.
      if (into !== undefined && sign * (seen.timeMs - into.timeMs) > 0 && seen.value !== undefined) return into;
      const entry = entryOf(seen, takesNull);
      return entry === undefined ? undefined : better(into, entry);
    },
    merge: better,
    write: writeEntry,
    read: readEntry,
    value: (state) => ({ value: state === undefined ? null : (JSON.parse(state.json) as unknown) }),
  };
}

export const first: Aggregate<Entry> = single(1, false);
export const last: Aggregate<Entry> = single(-1, false);
/** Attributes: a null takes the value back, and is a value in the order of time. */
export const set: Aggregate<Entry> = single(-1, true);
export const setOnce: Aggregate<Entry> = single(1, false);

/** Keeps `entries` sorted, newest first, at most `n`; in place. */
function insert(entries: Entry[], entry: Entry, n: number): void {
  let at = 0;
  while (at < entries.length && compareEntries(entries[at]!, entry) > 0) at += 1;
  if (at >= n) return;
  entries.splice(at, 0, entry);
  if (entries.length > n) entries.length = n;
}

/** The newest `n` values, newest first. */
export const lastN = (n: number): Aggregate<Entry[]> => ({
  add(into, seen) {
    const entry = entryOf(seen, false);
    if (entry === undefined) return undefined;
    if (into === undefined) return [entry];
    insert(into, entry, n);
    return into;
  },
  merge(into, from) {
    if (into === undefined) return [...from];
    for (const entry of from) insert(into, entry, n);
    return into;
  },
  write(writer, state) {
    writer.varint(state.length);
    let beforeMs = 0;
    for (const { timeMs, receivedAtMs, id, json } of state) {
      writer.zigzag(timeMs - beforeMs);
      writer.zigzag(receivedAtMs - timeMs);
      writer.text(id);
      writer.text(json);
      beforeMs = timeMs;
    }
  },
  read(reader) {
    const length = reader.varint();
    const entries: Entry[] = [];
    let beforeMs = 0;
    for (let i = 0; i < length; i++) {
      const timeMs = beforeMs + reader.zigzag();
      entries.push({ timeMs, receivedAtMs: timeMs + reader.zigzag(), id: reader.text(), json: reader.text() });
      beforeMs = timeMs;
    }
    return entries;
  },
  value: (state) => ({ value: (state ?? []).map(({ json }) => JSON.parse(json) as unknown) }),
});
