import type { KafkaRecord } from './driver.ts';
import type { AbortedTransaction, RecordBatch } from './wire.ts';

export interface CommittedRecords {
  readonly records: readonly KafkaRecord[];
  /** Where to read on: after the last batch, also when nothing of it is for readers. */
  readonly nextOffset: number;
}

/**
 * What a reader may see of a fetched piece of the log: records from `fromOffset` on, without markers and without records of
 * transactions that were aborted. Pure.
 *
 * `aborted` names, for each aborted transaction that touches the piece, its producer and its first offset (possibly before the
 * piece). A producer's transactions follow each other, so it counts as aborted from that offset to its next abort marker. The
 * same rule as in Kafka's own client: org.apache.kafka.clients.consumer.internals.CompletedFetch.
 */
export function committedRecords(
  batches: readonly RecordBatch[],
  aborted: readonly AbortedTransaction[],
  fromOffset: number,
): CommittedRecords {
  const begins = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  const open = new Set<bigint>();
  const records: KafkaRecord[] = [];
  let nextOffset = fromOffset;
  let begun = 0;
  for (const batch of batches) {
    for (let next = begins[begun]; next !== undefined && next.firstOffset <= batch.lastOffset; next = begins[++begun]) {
      open.add(next.producerId);
    }
    nextOffset = Math.max(nextOffset, batch.lastOffset + 1);
    if (batch.control !== undefined) {
      if (batch.control === 'abort') open.delete(batch.producerId);
      continue;
    }
    if (batch.transactional && open.has(batch.producerId)) continue;
    // A compressed or compacted batch begins before the offset that was asked for.
    for (const record of batch.records) if (record.offset >= fromOffset) records.push(record);
  }
  return { records, nextOffset };
}
