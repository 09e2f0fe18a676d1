import { compressionsAlgorithms, crc32c, Reader } from '@platformatic/kafka';
import { committedRecords } from './committed-records.ts';
import type { KafkaRecord } from './driver.ts';
import { type BatchCodec, committedSpans, headerAt, recordAt, type RecordSpans, spansOf } from './record-spans.ts';
import type { FetchedPartition, Wire, WireFetcher } from './wire.ts';

/** What a fetched piece of a partition has for a reader, in the form that it asks for. */
export interface Piece<P> {
  readonly records: P;
  /** Where to read on: after the last batch, also when nothing of it is for readers. */
  readonly nextOffset: number;
  /** undefined: nothing is for readers. */
  readonly lastOffset: number | undefined;
  /** Called when the piece has been handled. */
  readonly release?: (() => void) | undefined;
}

export interface Decode<P> {
  fetcher(wire: Wire, longestRequestMs: number): WireFetcher;
  /** undefined: the answer has no batch. Throws when the piece cannot be decoded. */
  piece(fetched: FetchedPartition, fromOffset: number): Piece<P> | undefined;
}

/** Every record as an object. */
export const asRecords: Decode<readonly KafkaRecord[]> = {
  fetcher: (wire, longestRequestMs) => wire.openFetcher(longestRequestMs),
  piece: ({ batches, aborted }, fromOffset) => {
    if (batches.length === 0) return undefined;
    const { records, nextOffset } = committedRecords(batches, aborted, fromOffset);
    return { records, nextOffset, lastOffset: records.at(-1)?.offset };
  },
};

/** Records in the bytes of the fetch, and how to make one of them a record of its own. */
export interface SpanRecords {
  readonly spans: readonly RecordSpans[];
  /** Record `i` of `spans[chunk]`. */
  record(chunk: number, i: number): KafkaRecord;
  /** Its header `name`, in place. */
  header(chunk: number, i: number, name: Buffer): Buffer | undefined;
}

const NAMES = { 1: 'gzip', 2: 'snappy', 3: 'lz4', 4: 'zstd' } as const;

const codec: BatchCodec = {
  // As a reader's buffer: of any other bytes the library makes a copy first.
  checksum: (bytes) => crc32c(Reader.from(bytes).buffer),
  decompress: (number, bytes) => {
    if (number !== 1 && number !== 2 && number !== 3 && number !== 4)
      throw new Error(`the compression ${number} is not known`);
    return compressionsAlgorithms[NAMES[number]].decompressSync(bytes);
  },
};

/** Records where they are in the answer; with a library that has no bytes to give, their values copied together. */
export const asSpans: Decode<SpanRecords> = {
  fetcher: (wire, longestRequestMs) => wire.openByteFetcher(longestRequestMs),
  piece: (fetched, fromOffset) => {
    const { bytes, topic, partition } = fetched;
    if (bytes === undefined) {
      const decoded = asRecords.piece(fetched, fromOffset);
      return (
        decoded && {
          ...decoded,
          records: {
            spans: decoded.records.length === 0 ? [] : [spansOf(decoded.records)],
            record: (_, i) => decoded.records[i]!,
            header: (_, i, name) => decoded.records[i]!.headers[name.toString()],
          },
        }
      );
    }
    if (bytes.start === bytes.end) {
      bytes.release();
      return undefined;
    }
    const { spans, nextOffset, lastOffset } = committedSpans(bytes, fetched.aborted, fromOffset, codec);
    return {
      records: {
        spans,
        record: (chunk, i) => recordAt(spans[chunk]!, i, topic, partition),
        header: (chunk, i, name) => headerAt(spans[chunk]!, i, name),
      },
      nextOffset,
      lastOffset,
      release: () => bytes.release(),
    };
  },
};
