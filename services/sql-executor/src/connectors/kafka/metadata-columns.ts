import type { SpanRecords } from '@hermes/connectors/kafka/fetched-piece';
import type { BatchColumn } from '@hermes/stream-sql/engine/column-batch';
import type { TableColumn } from '@hermes/stream-sql/planner/plan';
import type { Value } from '@hermes/stream-sql/values/data-type';

/** The metadata of a Kafka record that a column may be declared as; source: Flink's Kafka SQL connector, "Available Metadata". */
export const METADATA_KEYS = ['topic', 'partition', 'offset', 'timestamp', 'headers'] as const;
type MetadataKey = (typeof METADATA_KEYS)[number];

/** Fills the metadata columns of a batch: row `i` came from record `records[i]` of a chunk. */
export interface MetadataColumns {
  fill(from: SpanRecords, chunk: number, partition: number, records: Int32Array, length: number): void;
  /** By the column's place in the table. */
  readonly columns: ReadonlyMap<number, BatchColumn>;
}

export function metadataColumns(
  columns: readonly TableColumn[],
  isRead: (column: number) => boolean,
  topic: string,
  capacity: number,
): MetadataColumns {
  const wanted = columns.flatMap((column, at) => {
    if (column.kind !== 'metadata' || !isRead(at)) return [];
    const key = METADATA_KEYS.find((known) => known === column.key);
    if (key === undefined) throw new Error(`Kafka's records have no metadata ${column.key}`);
    return [{ at, key, column: columnOf(key, topic, capacity) }];
  });
  return {
    columns: new Map(wanted.map(({ at, column }) => [at, column])),
    fill(from, chunk, partition, records, length) {
      const { offsets, timestampsMs } = from.spans[chunk]!;
      for (const { key, column } of wanted) {
        if (column.kind === 'number') {
          const { values } = column;
          if (key === 'partition') values.fill(partition, 0, length);
          else {
            const source = key === 'offset' ? offsets : timestampsMs;
            for (let i = 0; i < length; i++) values[i] = source[records[i]!]!;
          }
        } else if (key === 'headers') {
          const values = column.values as Value[];
          for (let i = 0; i < length; i++) values[i] = headersOf(from, chunk, records[i]!);
        }
      }
    },
  };
}

function columnOf(
  key: MetadataKey,
  topic: string,
  capacity: number,
): Extract<BatchColumn, { kind: 'number' | 'value' }> {
  const nulls = new Uint8Array(capacity);
  return key === 'topic' || key === 'headers'
    ? { kind: 'value', values: new Array<Value>(capacity).fill(topic), nulls }
    : { kind: 'number', values: new Float64Array(capacity), nulls, big: new Map() };
}

/** MAP<STRING, BYTES> */
function headersOf(from: SpanRecords, chunk: number, record: number): Value {
  const { headers } = from.record(chunk, record);
  return new Map(
    Object.entries(headers).map(([name, value]) => [name, value === undefined ? null : new Uint8Array(value)]),
  );
}
