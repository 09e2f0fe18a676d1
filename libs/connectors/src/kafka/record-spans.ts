import type { KafkaRecord } from './driver.ts';
import type { AbortedTransaction } from './wire.ts';

/**
 * Records as they stand in the bytes of a fetch: nothing is made for a record. Arrays are as long as `count` at least. Bytes are good until the
 * handler that got them has resolved.
 */
export interface RecordSpans {
  readonly bytes: Buffer;
  readonly count: number;
  /** The value of record `i` is bytes [starts[i], ends[i]); a record without a value begins at -1. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Where the record itself begins, after its length: `recordAt` reads its key and headers there. */
  readonly at: Int32Array;
  readonly offsets: Float64Array;
  readonly timestampsMs: Float64Array;
  /** Whether any record has headers. */
  readonly headers: boolean;
}

/** What a reader may see of a fetched piece of the log. */
export interface CommittedSpans {
  /** One for all batches that are not compressed, one for each that is. None is empty. */
  readonly spans: readonly RecordSpans[];
  /** Where to read on: after the last whole batch, also when nothing of it is for readers. */
  readonly nextOffset: number;
  readonly lastOffset: number | undefined;
}

export interface BatchCodec {
  /** CRC-32C */
  checksum(bytes: Buffer): number;
  /** By the number that the batch's attributes give. Throws for one that is not known. */
  decompress(codec: number, bytes: Buffer): Buffer;
}

/** A batch that its bytes contradict: another version, a wrong checksum, a length that leads out of it. */
export class DamagedBatch extends Error {
  override readonly name = 'DamagedBatch';
}

// A record batch of version 2; source: https://kafka.apache.org/documentation/#recordbatch
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const CHECKSUM_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const COUNT_AT = 57;
const RECORDS_AT = 61;
const CODEC = 7;
const LOG_APPEND_TIME = 1 << 3;
const TRANSACTIONAL = 1 << 4;
const CONTROL = 1 << 5;
/** A control record's key: version (int16), kind (int16; 0 aborts, 1 commits). */
const ABORTS = 0;

class Spans implements RecordSpans {
  readonly bytes: Buffer;
  count = 0;
  headers = false;
  starts: Int32Array;
  ends: Int32Array;
  at: Int32Array;
  offsets: Float64Array;
  timestampsMs: Float64Array;

  constructor(bytes: Buffer, capacity: number) {
    this.bytes = bytes;
    this.starts = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
    this.at = new Int32Array(capacity);
    this.offsets = new Float64Array(capacity);
    this.timestampsMs = new Float64Array(capacity);
  }

  reserve(more: number): void {
    const needed = this.count + more;
    if (needed <= this.starts.length) return;
    const capacity = Math.max(needed, 2 * this.starts.length);
    this.starts = grown(this.starts, new Int32Array(capacity));
    this.ends = grown(this.ends, new Int32Array(capacity));
    this.at = grown(this.at, new Int32Array(capacity));
    this.offsets = grown(this.offsets, new Float64Array(capacity));
    this.timestampsMs = grown(this.timestampsMs, new Float64Array(capacity));
  }
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/**
 * Walks the record batches in `[start, end)` of a fetch's bytes: records from `fromOffset` on, without markers and without those of aborted
 * transactions (the rule of `committedRecords`). A batch that is cut at the end is left for the next fetch. Throws DamagedBatch, and what
 * the codec throws.
 */
export function committedSpans(
  piece: { readonly bytes: Buffer; readonly start: number; readonly end: number },
  aborted: readonly AbortedTransaction[],
  fromOffset: number,
  codec: BatchCodec,
): CommittedSpans {
  const { bytes, start, end } = piece;
  const begins = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  const open = new Set<bigint>();
  let begun = 0;
  const plain = new Spans(bytes, plainRecords(bytes, start, end));
  const spans: Spans[] = [];
  let nextOffset = fromOffset;
  for (let at = start; at + RECORDS_AT <= end;) {
    const length = bytes.readInt32BE(at + LENGTH_AT);
    const next = at + LENGTH_AT + 4 + length;
    if (next > end) break;
    if (length < RECORDS_AT - LENGTH_AT - 4 || bytes[at + MAGIC_AT] !== 2)
      throw new DamagedBatch(`no record batch of version 2 at offset ${nextOffset}`);
    if (codec.checksum(bytes.subarray(at + ATTRIBUTES_AT, next)) >>> 0 !== bytes.readUInt32BE(at + CHECKSUM_AT))
      throw new DamagedBatch(`the checksum of the batch at offset ${nextOffset} is wrong`);
    const firstOffset = int64(bytes, at);
    const lastOffset = firstOffset + bytes.readInt32BE(at + LAST_OFFSET_DELTA_AT);
    const attributes = bytes.readInt16BE(at + ATTRIBUTES_AT);
    const producerId = bytes.readBigInt64BE(at + PRODUCER_ID_AT);
    for (let one = begins[begun]; one !== undefined && one.firstOffset <= lastOffset; one = begins[++begun])
      open.add(one.producerId);
    nextOffset = Math.max(nextOffset, lastOffset + 1);
    if ((attributes & CONTROL) !== 0) {
      if (controlKind(bytes, at + RECORDS_AT, next) === ABORTS) open.delete(producerId);
    } else if ((attributes & TRANSACTIONAL) === 0 || !open.has(producerId)) {
      const codecNumber = attributes & CODEC;
      const batch = {
        firstOffset,
        fromOffset,
        count: bytes.readInt32BE(at + COUNT_AT),
        firstTimestampMs: int64(bytes, at + FIRST_TIMESTAMP_AT),
        appendedMs: (attributes & LOG_APPEND_TIME) === 0 ? undefined : int64(bytes, at + MAX_TIMESTAMP_AT),
      };
      if (codecNumber === 0) walk(plain, batch, at + RECORDS_AT, next);
      else {
        // In the order of the log: what was walked before comes first.
        if (plain.count > 0) spans.push(cut(plain));
        const inflated = codec.decompress(codecNumber, bytes.subarray(at + RECORDS_AT, next));
        const own = new Spans(inflated, batch.count);
        walk(own, batch, 0, inflated.length);
        if (own.count > 0) spans.push(own);
      }
    }
    at = next;
  }
  if (plain.count > 0) spans.push(plain);
  const last = spans.at(-1);
  return { spans, nextOffset, lastOffset: last?.offsets[last.count - 1] };
}

/** How many records the whole batches hold that are not compressed, as their headers say: not more than bytes could hold. */
function plainRecords(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = start, next; at + RECORDS_AT <= end; at = next) {
    next = at + LENGTH_AT + 4 + bytes.readInt32BE(at + LENGTH_AT);
    if (next > end || next < at + RECORDS_AT) break;
    if ((bytes.readInt16BE(at + ATTRIBUTES_AT) & CODEC) === 0)
      count += Math.min(Math.max(0, bytes.readInt32BE(at + COUNT_AT)), next - at);
  }
  return count;
}

/** The spans so far as spans of their own; the walk begins anew. */
function cut(plain: Spans): Spans {
  const part = new Spans(plain.bytes, 0);
  const { count } = plain;
  part.count = count;
  part.headers = plain.headers;
  part.starts = plain.starts.slice(0, count);
  part.ends = plain.ends.slice(0, count);
  part.at = plain.at.slice(0, count);
  part.offsets = plain.offsets.slice(0, count);
  part.timestampsMs = plain.timestampsMs.slice(0, count);
  plain.count = 0;
  return part;
}

interface BatchFrame {
  readonly firstOffset: number;
  readonly fromOffset: number;
  readonly count: number;
  readonly firstTimestampMs: number;
  readonly appendedMs: number | undefined;
}

/** Where the variable-length number that was read last ends. */
let after = 0;

/** A signed number of variable length (zigzag), as far as it fits into a double exactly. */
function varint(bytes: Buffer, from: number): number {
  let at = from;
  let byte = bytes[at++]!;
  if (byte < 128) {
    after = at;
    return (byte >>> 1) ^ -(byte & 1);
  }
  let low = byte & 127;
  let shift = 7;
  while (shift < 28) {
    byte = bytes[at++]!;
    low |= (byte & 127) << shift;
    if (byte < 128) {
      after = at;
      return (low >>> 1) ^ -(low & 1);
    }
    shift += 7;
  }
  let value = BigInt(low);
  for (let place = 28n; ; place += 7n) {
    byte = bytes[at++]!;
    value |= BigInt(byte & 127) << place;
    if (byte < 128) break;
    if (place > 63n) throw new DamagedBatch('a number has no end');
  }
  after = at;
  return Number((value >> 1n) ^ -(value & 1n));
}

function walk(into: Spans, batch: BatchFrame, from: number, end: number): void {
  into.reserve(batch.count);
  const { bytes, starts, ends, at: records, offsets, timestampsMs } = into;
  const { firstOffset, fromOffset, firstTimestampMs, appendedMs } = batch;
  let { count } = into;
  let at = from;
  for (let i = 0; i < batch.count; i++) {
    const length = varint(bytes, at);
    const body = after;
    const next = body + length;
    if (length < 0 || next > end) throw new DamagedBatch(`record ${i} of the batch at ${firstOffset} leads out of it`);
    const timestampDelta = varint(bytes, body + 1);
    const offset = firstOffset + varint(bytes, after);
    const keyLength = varint(bytes, after);
    if (keyLength > 0) after += keyLength;
    const valueLength = varint(bytes, after);
    if (after + Math.max(0, valueLength) > next)
      throw new DamagedBatch(`the value of record ${i} of the batch at ${firstOffset} leads out of it`);
    // A compressed or compacted batch begins before the offset that was asked for.
    if (offset >= fromOffset) {
      records[count] = body;
      starts[count] = valueLength < 0 ? -1 : after;
      ends[count] = valueLength < 0 ? -1 : after + valueLength;
      // The number of headers follows the value.
      if (bytes[after + Math.max(0, valueLength)] !== 0) into.headers = true;
      offsets[count] = offset;
      timestampsMs[count++] = appendedMs ?? firstTimestampMs + timestampDelta;
    }
    at = next;
  }
  into.count = count;
}

function int64(bytes: Buffer, at: number): number {
  const value = bytes.readInt32BE(at) * 4_294_967_296 + bytes.readUInt32BE(at + 4);
  if (!Number.isSafeInteger(value)) throw new RangeError(`Kafka's ${bytes.readBigInt64BE(at)} is past 2^53 - 1`);
  return value;
}

function controlKind(bytes: Buffer, from: number, end: number): number {
  varint(bytes, from);
  varint(bytes, after + 1);
  varint(bytes, after);
  const length = varint(bytes, after);
  return length < 4 || after + 4 > end ? -1 : bytes.readInt16BE(after + 2);
}

/** Record `i` as a record of its own, its bytes copied: for dead letters and headers. */
export function recordAt(spans: RecordSpans, i: number, topic: string, partition: number): KafkaRecord {
  const { bytes } = spans;
  const piece = (): Buffer | null => {
    const length = varint(bytes, after);
    if (length < 0) return null;
    const from = after;
    after += length;
    return Buffer.from(bytes.subarray(from, from + length));
  };
  varint(bytes, spans.at[i]! + 1);
  varint(bytes, after);
  const key = piece();
  const value = piece();
  const headers: Record<string, Buffer | undefined> = {};
  const count = varint(bytes, after);
  for (let k = 0; k < count; k++) {
    const name = piece();
    headers[name?.toString() ?? ''] = piece() ?? undefined;
  }
  return { topic, partition, offset: spans.offsets[i]!, key, value, headers, timestampMs: spans.timestampsMs[i]! };
}

function skipBytes(bytes: Buffer): void {
  const length = varint(bytes, after);
  after += Math.max(0, length);
}

/** The value of the header `name` of record `i`, in place; undefined when it has none. */
export function headerAt(spans: RecordSpans, i: number, name: Buffer): Buffer | undefined {
  const { bytes } = spans;
  if (!spans.headers) return undefined;
  varint(bytes, spans.at[i]! + 1);
  varint(bytes, after);
  skipBytes(bytes);
  skipBytes(bytes);
  for (let left = varint(bytes, after); left > 0; left--) {
    const length = varint(bytes, after);
    const from = after;
    after += Math.max(0, length);
    const found = length === name.length && name.compare(bytes, from, from + length) === 0;
    const valueLength = varint(bytes, after);
    if (found) return valueLength < 0 ? undefined : bytes.subarray(after, after + valueLength);
    after += Math.max(0, valueLength);
  }
  return undefined;
}

/** Values of records that a library has decoded already, as spans; `at` means nothing in them. */
export function spansOf(records: readonly KafkaRecord[]): RecordSpans {
  const spans = new Spans(Buffer.concat(records.map(({ value }) => value ?? Buffer.alloc(0))), records.length);
  let at = 0;
  records.forEach(({ value, offset, timestampMs }, i) => {
    spans.starts[i] = value === null ? -1 : at;
    at += value?.length ?? 0;
    spans.ends[i] = value === null ? -1 : at;
    spans.offsets[i] = offset;
    spans.timestampsMs[i] = timestampMs;
  });
  spans.count = records.length;
  spans.headers = records.some(({ headers }) => Object.keys(headers).length > 0);
  return spans;
}
