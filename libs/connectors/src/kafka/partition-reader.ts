import type { PartitionReader, PartitionReaderOptions } from './driver.ts';
import { RecordReader } from './record-reader.ts';
import type { Wire } from './wire.ts';

const MAX_WAIT_MS = 500;

/** Reads chosen partitions of a topic; see `PartitionReaderOptions`. */
export function openPartitionReader(
  wire: Wire,
  { topic, onBatch, onStopped }: PartitionReaderOptions,
): PartitionReader {
  const reader = new RecordReader(
    wire,
    { maxWaitMs: MAX_WAIT_MS, minBytes: 1 },
    { deliver: onBatch, stopped: onStopped },
  );
  return {
    start: (partition, offset) => reader.start({ topic, partition }, offset),
    stop: (partition) => reader.remove({ topic, partition }),
    close: () => reader.close(),
  };
}
