import type { PartitionReader, PartitionReaderOptions, SpanReaderOptions } from './driver.ts';
import { asRecords, asSpans, type Decode } from './fetched-piece.ts';
import { type Delivered, type FetchPatience, RecordReader, type ReaderEvents } from './record-reader.ts';
import type { Wire } from './wire.ts';

const PATIENCE: FetchPatience = { maxWaitMs: 500, minBytes: 1 };

/** Reads chosen partitions of a topic, each record an object; see `PartitionReaderOptions`. */
export const openPartitionReader = (wire: Wire, options: PartitionReaderOptions): PartitionReader =>
  partitionReader(wire, PATIENCE, asRecords, options);

/** Reads chosen partitions of a topic, records left in their bytes; see `SpanReaderOptions`. */
export const openSpanReader = (wire: Wire, options: SpanReaderOptions): PartitionReader =>
  partitionReader(wire, { ...PATIENCE, ...options.patience }, asSpans, options);

function partitionReader<P>(
  wire: Wire,
  patience: FetchPatience,
  decode: Decode<P>,
  {
    topic,
    onBatch,
    onStopped,
  }: {
    readonly topic: string;
    readonly onBatch: (batch: Delivered<P>) => Promise<void>;
    readonly onStopped: ReaderEvents<P>['stopped'];
  },
): PartitionReader {
  const reader = new RecordReader(wire, patience, decode, { deliver: onBatch, stopped: onStopped });
  return {
    start: (partition, offset) => reader.start({ topic, partition }, offset),
    stop: (partition) => reader.remove({ topic, partition }),
    close: () => reader.close(),
  };
}
