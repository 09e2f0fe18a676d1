import { isUtf8 } from 'node:buffer';
import { RowKind } from '@hermes/stream-sql/engine/operator';
import { type BadJson, PASSED_OVER } from '@hermes/stream-sql/json/json-column-reader';
import { JsonCursor, JsonError } from '@hermes/stream-sql/json/json-cursor';
import { jsonReadOptions } from '@hermes/stream-sql/json/json-options';
import { neededColumns } from '@hermes/stream-sql/json/needed-columns';
import { FieldError, jsonObjectReader } from '@hermes/stream-sql/json/read-json-value';
import type { SourceNode } from '@hermes/stream-sql/planner/plan';
import type { Value } from '@hermes/stream-sql/values/data-type';
import { rowBatch } from '../rows/row-batch.ts';
import type { RecordDecoder } from './record-decoder.ts';

type ReadObject = (bytes: Buffer) => readonly Value[];

/**
 * Records of a table `upsert-kafka`: the key says which row, the value what it is now, no value (a tombstone) that it is gone. Where the value has the key's
 * columns too, the value's count. Source: Flink's DynamicKafkaDeserializationSchema.
 */
export function upsertDecoder(node: SourceNode, physical: readonly number[]): RecordDecoder {
  const { columns, options, primaryKey } = node.table;
  const needed = neededColumns(node);
  const isKey = (field: number): boolean => primaryKey.includes(physical[field]!);
  const inValue = (field: number): boolean => options['value.fields-include'] !== 'EXCEPT_KEY' || !isKey(field);
  const settings = jsonReadOptions(options, 'value.json');
  const objectOf = (prefix: 'key.json' | 'value.json', has: (field: number) => boolean): ReadObject => {
    const read = jsonObjectReader(
      physical.map((at, field) => (has(field) ? columns[at] : undefined)),
      jsonReadOptions(options, prefix),
      (field) => (isKey(field) ? true : needed.get(physical[field]!)),
    );
    return (bytes) => {
      if (!isUtf8(bytes)) throw new JsonError('the record is not UTF-8');
      const cursor = new JsonCursor(bytes.toString('utf8'));
      if (cursor.peek() !== '{') cursor.fail('an object { ... } is expected');
      return read(cursor);
    };
  };
  const readKey: ReadObject =
    options['key.format'] === 'raw'
      ? (bytes) => physical.map((_, field) => (isKey(field) ? bytes.toString('utf8') : null))
      : objectOf('key.json', isKey);
  const readValue = objectOf('value.json', inValue);
  const places = physical.map((at, field) => (needed.has(at) ? field : undefined));
  return {
    rowsOfRecord: 1,
    read(records, chunk, from, to) {
      const { starts } = records.spans[chunk]!;
      const rows: Value[][] = [];
      const kinds: number[] = [];
      const origins: number[] = [];
      const bad: BadJson[] = [];
      let skipped = 0;
      for (let at = from; at < to; at++) {
        if (starts[at] === PASSED_OVER) continue;
        const { key, value } = records.record(chunk, at);
        try {
          if (key === null) throw new FieldError('the record has no key, so it is no row of the table');
          const ofKey = readKey(key);
          const isGone = value === null || value.length === 0;
          const ofValue = isGone ? ofKey : readValue(value);
          rows.push(physical.map((_, field) => (isGone || !inValue(field) ? ofKey : ofValue)[field]!));
          kinds.push(isGone ? RowKind.delete : RowKind.insert);
          origins.push(at);
        } catch (error) {
          if (!(error instanceof FieldError || error instanceof JsonError)) throw error;
          if (settings.ignoreParseErrors) skipped++;
          else bad.push({ record: at, code: 'bad-json', reason: error.message });
        }
      }
      const batch = rowBatch(rows, places, Int32Array.from(origins));
      return { rows: { ...batch, kinds: Uint8Array.from(kinds) }, bad, skipped };
    },
  };
}
