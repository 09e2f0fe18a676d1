import { ByteReader, ByteWriter } from '../bytes.ts';
import type { Aggregate, Seen } from './aggregate.ts';
import { compareEntries, type Entry, entryOf } from './entry.ts';

/**
 * The newest entries, newest first, as they are stored: most updates put one in front and drop the last, which is done without decoding any.
 *
 *   zigzag  time of the newest
 *   for each entry:
 *     varint  how much older than the one before it (not for the newest)
 *     zigzag  receipt minus time
 *     text    event id
 *     text    value, JSON
 */
export interface Newest {
  readonly count: number;
  readonly newestMs: number;
  /** Behind the time of the newest. */
  readonly bytes: Buffer;
}

const writer = new ByteWriter();

function passText(reader: ByteReader): void {
  reader.pass(reader.varint());
}

/** Passes over the first `count` entries. */
function passEntries(reader: ByteReader, count: number): void {
  for (let i = 0; i < count; i++) {
    if (i > 0) reader.varint();
    reader.varint();
    passText(reader);
    passText(reader);
  }
}

function endOf(bytes: Buffer, count: number): number {
  const reader = new ByteReader(bytes);
  passEntries(reader, count);
  return reader.position;
}

function writeBody({ timeMs, receivedAtMs, id, json }: Entry, to = writer): void {
  to.zigzag(receivedAtMs - timeMs);
  to.text(id);
  to.text(json);
}

function entriesOf({ count, newestMs, bytes }: Newest): Entry[] {
  const reader = new ByteReader(bytes);
  const entries: Entry[] = [];
  let timeMs = newestMs;
  for (let i = 0; i < count; i++) {
    if (i > 0) timeMs -= reader.varint();
    entries.push({ timeMs, receivedAtMs: timeMs + reader.zigzag(), id: reader.text(), json: reader.text() });
  }
  return entries;
}

function newestOf(entries: readonly Entry[]): Newest {
  writer.reset();
  for (const [i, entry] of entries.entries()) {
    if (i > 0) writer.varint(entries[i - 1]!.timeMs - entry.timeMs);
    writeBody(entry);
  }
  return { count: entries.length, newestMs: entries[0]!.timeMs, bytes: writer.take() };
}

function inserted(state: Newest, more: readonly Entry[], n: number): Newest {
  const entries = [...entriesOf(state), ...more].sort((a, b) => -compareEntries(a, b));
  return newestOf(entries.slice(0, n));
}

function inFront(state: Newest, entry: Entry, n: number): Newest {
  const kept = Math.min(state.count, n - 1);
  writer.reset();
  writeBody(entry);
  if (kept > 0) {
    writer.varint(entry.timeMs - state.newestMs);
    writer.raw(kept === state.count ? state.bytes : state.bytes.subarray(0, endOf(state.bytes, kept)));
  }
  return { count: kept + 1, newestMs: entry.timeMs, bytes: writer.take() };
}

/** What the newest `n` entries say: their values, newest first. */
function newestAggregate(
  n: number,
  takesNull: boolean,
  jsonOf: (state: Newest | undefined) => string,
): Aggregate<Newest> {
  const add = (into: Newest | undefined, seen: Seen): Newest | undefined => {
    const entry = entryOf(seen, takesNull);
    if (entry === undefined) return undefined;
    if (into === undefined) return newestOf([entry]);
    if (entry.timeMs > into.newestMs) return inFront(into, entry, n);
    if (n === 1 && entry.timeMs < into.newestMs) return into;
    return inserted(into, [entry], n);
  };
  return {
    add,
    addStored(reader, seen, to) {
      const entry = entryOf(seen, takesNull);
      if (entry === undefined) return 'ignored';
      const count = reader.varint();
      const newestMs = reader.zigzag();
      const end = reader.varint() + reader.position;
      if (entry.timeMs <= newestMs) return 'undecided';
      const kept = Math.min(count, n - 1);
      to.varint(kept + 1);
      to.zigzag(entry.timeMs);
      const piece = to.beginPiece();
      writeBody(entry, to);
      const from = reader.position;
      if (kept > 0) to.varint(entry.timeMs - newestMs);
      if (kept === count) reader.pass(end - from);
      else passEntries(reader, kept);
      reader.moveRange(to, from, reader.position);
      to.endPiece(piece);
      reader.pass(end - reader.position);
      return 'written';
    },
    merge(into, from) {
      if (into === undefined) return from;
      const entries = entriesOf(from);
      // One event behind what is there, as a rule: nothing needs to be sorted.
      if (entries.length === 1 && from.newestMs > into.newestMs) return n === 1 ? from : inFront(into, entries[0]!, n);
      return inserted(into, entries, n);
    },
    write(to, { count, newestMs, bytes }) {
      to.varint(count);
      to.zigzag(newestMs);
      to.varint(bytes.length);
      to.raw(bytes);
    },
    read(reader) {
      const count = reader.varint();
      const newestMs = reader.zigzag();
      return { count, newestMs, bytes: reader.raw(reader.varint()) };
    },
    value: (state) => ({ value: JSON.parse(jsonOf(state)) as unknown }),
    json: jsonOf,
  };
}

const valueReader = new ByteReader(Buffer.alloc(0));

/** The values alone, as an array: what stands beside them is passed over. */
function valuesJson(state: Newest | undefined): string {
  if (state === undefined) return '[]';
  const reader = valueReader.over(state.bytes, 0, state.bytes.length);
  let json = '';
  for (let i = 0; i < state.count; i++) {
    if (i > 0) reader.varint();
    reader.varint();
    passText(reader);
    json += i > 0 ? `,${reader.text()}` : reader.text();
  }
  return `[${json}]`;
}

/** Each value with the id of its event, as an array of pairs. */
function pairsJson(state: Newest | undefined): string {
  if (state === undefined) return '[]';
  return `[${entriesOf(state)
    .map(({ id, json }) => `[${JSON.stringify(id)},${json}]`)
    .join()}]`;
}

function newestJson(state: Newest | undefined): string {
  if (state === undefined) return 'null';
  const reader = valueReader.over(state.bytes, 0, state.bytes.length);
  reader.varint();
  passText(reader);
  return reader.text();
}

/** The newest `n` values, newest first. */
export const lastN = (n: number): Aggregate<Newest> => newestAggregate(n, false, valuesJson);
/** The same, each as `[event id, value]`. */
export const lastNWithEvents = (n: number): Aggregate<Newest> => newestAggregate(n, false, pairsJson);
export const last: Aggregate<Newest> = newestAggregate(1, false, newestJson);
/** Attributes: a null takes the value back, and is a value in the order of time. */
export const set: Aggregate<Newest> = newestAggregate(1, true, newestJson);
