import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import type { BatchColumn } from '../engine/column-batch.ts';
import { RowKind } from '../engine/operator.ts';
import type { DataType, Field, Value } from '../values/data-type.ts';
import { ChangeColumnReader } from './change-column-reader.ts';
import { type DebeziumOptions, debeziumReader, debeziumWriter } from './debezium.ts';
import { PASSED_OVER, type RecordBytes } from './json-column-reader.ts';
import { debeziumReadOptions, jsonWriteOptions } from './json-options.ts';

const int: DataType = { kind: 'INT', nullable: true };
const text: DataType = { kind: 'VARCHAR', length: 2_147_483_647, nullable: true };
const FIELDS: readonly Field[] = [
  { name: 'id', type: int },
  { name: 'name', type: text },
];
const STRICT = debeziumReadOptions({});

function recordsOf(texts: readonly (string | null)[]): RecordBytes {
  const parts = texts.map((each) => Buffer.from(each ?? ''));
  const starts = new Int32Array(texts.length);
  const ends = new Int32Array(texts.length);
  let at = 0;
  parts.forEach((part, i) => {
    starts[i] = texts[i] === null ? -1 : at;
    at += part.length;
    ends[i] = texts[i] === null ? -1 : at;
  });
  return { bytes: Buffer.concat(parts), starts, ends, count: texts.length };
}

function valueAt(column: BatchColumn | undefined, i: number): Value | undefined {
  if (column === undefined) return undefined;
  if (column.nulls[i] === 1) return null;
  if (column.kind === 'text') return column.at(i);
  return column.kind === 'row' ? undefined : (column.values[i] as Value);
}

/** Rows as [record, kind, id, name], bad records and how many are skipped, read by `capacity`. */
function readAll(input: RecordBytes, options: DebeziumOptions = STRICT, capacity = 100) {
  const reader = new ChangeColumnReader(
    FIELDS,
    debeziumReader(FIELDS, options, () => true),
    options.ignoreParseErrors,
    () => true,
    capacity,
  );
  const rows: unknown[][] = [];
  const bad: [number, string][] = [];
  let skipped = 0;
  for (let from = 0; from < input.count;) {
    const batch = reader.read(input, from);
    expect(batch.rows.length).toBeLessThanOrEqual(capacity);
    for (let i = 0; i < batch.rows.length; i++)
      rows.push([batch.rows.records[i], batch.rows.kinds![i], ...batch.rows.columns.map((each) => valueAt(each, i))]);
    for (const { record, reason } of batch.bad) bad.push([record, reason]);
    skipped += batch.skipped;
    from += batch.taken;
  }
  return { rows, bad, skipped };
}

const CHANGES = [
  '{"before":null,"after":{"id":1,"name":"a"},"op":"c"}',
  '{"before":null,"after":{"id":2,"name":null},"op":"r"}',
  '{"before":{"id":1,"name":"a"},"after":{"id":1,"name":"b"},"op":"u"}',
  null,
  '',
  '{"before":{"id":1,"name":"b"},"after":null,"op":"d"}',
];
const ROWS = [
  [0, RowKind.insert, 1, 'a'],
  [1, RowKind.insert, 2, null],
  [2, RowKind.updateBefore, 1, 'a'],
  [2, RowKind.updateAfter, 1, 'b'],
  [5, RowKind.delete, 1, 'b'],
];

test.each([2, 3, 4, 100])('an update is two rows of one record, tombstones are none; %i rows at once', (capacity) => {
  expect(readAll(recordsOf(CHANGES), STRICT, capacity)).toEqual({ rows: ROWS, bad: [], skipped: 0 });
});

test('what is to be passed over is', () => {
  const input = recordsOf(CHANGES);
  input.starts[2] = PASSED_OVER;
  expect(readAll(input).rows.map(([record]) => record)).toEqual([0, 1, 5]);
});

describe('a record that is no change', () => {
  const cases: readonly (readonly [text: string, reason: string])[] = [
    ['none', 'not JSON at character 1: an object { ... } is expected'],
    ['{"after":{"id":1}}', "the record has no 'op'"],
    ['{"after":{"id":1},"op":"t"}', "the op 't' is none of c, r, u, d"],
    ['{"before":{"id":1},"op":"c"}', "the record with op 'c' has no 'after'"],
    [
      '{"after":{"id":1},"op":"u"}',
      "the record with op 'u' has no 'before': a PostgreSQL table needs REPLICA IDENTITY FULL",
    ],
    [
      '{"after":{"id":1},"op":"d"}',
      "the record with op 'd' has no 'before': a PostgreSQL table needs REPLICA IDENTITY FULL",
    ],
    ['{"after":{"id":"x"},"op":"c"}', 'the field id is INT and cannot be read from "x"'],
  ];

  test.each(cases)('%s says why', (record, reason) => {
    expect(readAll(recordsOf([record, CHANGES[0]!]))).toEqual({
      rows: [[1, RowKind.insert, 1, 'a']],
      bad: [[0, reason]],
      skipped: 0,
    });
  });

  test('under ignore-parse-errors it is skipped, and a field that cannot be read is NULL', () => {
    const options = debeziumReadOptions({ 'debezium-json.ignore-parse-errors': 'true' });
    expect(readAll(recordsOf(cases.map(([record]) => record)), options)).toEqual({
      rows: [[6, RowKind.insert, null, null]],
      bad: [],
      skipped: 6,
    });
  });
});

test('with schema-include the change is in payload', () => {
  const options = debeziumReadOptions({ 'debezium-json.schema-include': 'true' });
  const wrapped = CHANGES.map((each) => (each === null || each === '' ? each : `{"schema":{},"payload":${each}}`));
  expect(readAll(recordsOf(wrapped), options).rows).toEqual(ROWS);
  expect(readAll(recordsOf([CHANGES[0]!]), options).bad).toEqual([
    [0, "the record has no payload, and 'debezium-json.schema-include' is 'true'"],
  ]);
});

test('what is written is read again, as rows that come and go', () => {
  const write = debeziumWriter(FIELDS, jsonWriteOptions({}, 'debezium-json'));
  const kinds = [RowKind.insert, RowKind.updateBefore, RowKind.updateAfter, RowKind.delete];
  const lines = kinds.map((kind, i) => write(kind, [i, i === 3 ? null : `n${i}`]));
  expect(readAll(recordsOf(lines)).rows).toEqual([
    [0, RowKind.insert, 0, 'n0'],
    [1, RowKind.delete, 1, 'n1'],
    [2, RowKind.insert, 2, 'n2'],
    [3, RowKind.delete, 3, null],
  ]);
});
