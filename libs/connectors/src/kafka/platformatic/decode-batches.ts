import type { RecordsBatch } from '@platformatic/kafka';
import type { KafkaRecord } from '../driver.ts';
import { type RecordBatch, safeOffset } from '../wire.ts';

const LOG_APPEND_TIME = 1 << 3;
const TRANSACTIONAL = 1 << 4;
const CONTROL = 1 << 5;
/** A control record's key: version (int16), kind (int16; 0 aborts, 1 commits). */
const KIND_AT = 2;

/** A batch as @platformatic/kafka decodes it, in this library's own form. */
export function decodeBatch(topic: string, partition: number, batch: RecordsBatch): RecordBatch {
  const firstOffset = safeOffset(batch.firstOffset);
  return {
    firstOffset,
    lastOffset: firstOffset + batch.lastOffsetDelta,
    producerId: batch.producerId,
    transactional: (batch.attributes & TRANSACTIONAL) !== 0,
    control: (batch.attributes & CONTROL) === 0 ? undefined : controlKind(batch),
    records: (batch.attributes & CONTROL) === 0 ? decodeRecords(topic, partition, firstOffset, batch) : [],
  };
}

function controlKind(batch: RecordsBatch): 'commit' | 'abort' {
  return batch.records[0]?.key?.readInt16BE(KIND_AT) === 0 ? 'abort' : 'commit';
}

function decodeRecords(topic: string, partition: number, firstOffset: number, batch: RecordsBatch): KafkaRecord[] {
  const firstTimestampMs = Number(batch.firstTimestamp);
  const appendedMs = (batch.attributes & LOG_APPEND_TIME) === 0 ? undefined : Number(batch.maxTimestamp);
  return batch.records.map((record) => {
    const headers: Record<string, Buffer | undefined> = {};
    for (const [name, value] of record.headers) headers[name?.toString() ?? ''] = value ?? undefined;
    return {
      topic,
      partition,
      offset: firstOffset + record.offsetDelta,
      key: record.key,
      value: record.value,
      headers,
      timestampMs: appendedMs ?? firstTimestampMs + Number(record.timestampDelta),
    };
  });
}
