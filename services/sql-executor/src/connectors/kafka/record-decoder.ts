import type { SpanRecords } from '@hermes/connectors/kafka/fetched-piece';
import { ChangeColumnReader } from '@hermes/stream-sql/json/change-column-reader';
import { debeziumReader } from '@hermes/stream-sql/json/debezium';
import { type JsonBatch, JsonColumnReader } from '@hermes/stream-sql/json/json-column-reader';
import { debeziumReadOptions, jsonReadOptions } from '@hermes/stream-sql/json/json-options';
import { neededColumns } from '@hermes/stream-sql/json/needed-columns';
import type { SourceNode } from '@hermes/stream-sql/planner/plan';
import { upsertDecoder } from './upsert-decoder.ts';

/** Makes rows of the records `from` to `to` of a chunk, all of them. Columns are those of the physical fields. */
export interface RecordDecoder {
  read(records: SpanRecords, chunk: number, from: number, to: number): Omit<JsonBatch, 'taken'>;
  /** Rows that a record may give. */
  readonly rowsOfRecord: number;
}

/** How the records of a table are read; `batchRecords`: records that are read at once, at most. */
export function recordDecoder(node: SourceNode, physical: readonly number[], batchRecords: number): RecordDecoder {
  const { columns, options, connector } = node.table;
  const needed = neededColumns(node);
  const fields = physical.map((at) => columns[at]!);
  const neededOf = (field: number): ReturnType<typeof needed.get> => needed.get(physical[field]!);
  if (connector === 'upsert-kafka') return upsertDecoder(node, physical);
  if (options['format'] === 'debezium-json') {
    const settings = debeziumReadOptions(options);
    const read = debeziumReader(fields, settings, neededOf);
    const rowsOfRecord = 2;
    const reader = new ChangeColumnReader(
      fields,
      read,
      settings.ignoreParseErrors,
      neededOf,
      rowsOfRecord * batchRecords,
    );
    return {
      rowsOfRecord,
      read: (records, chunk, from, to) => reader.read({ ...records.spans[chunk]!, count: to }, from),
    };
  }
  const reader = new JsonColumnReader(fields, jsonReadOptions(options), neededOf, batchRecords);
  return {
    rowsOfRecord: 1,
    read: (records, chunk, from, to) => reader.read({ ...records.spans[chunk]!, count: to }, from),
  };
}
