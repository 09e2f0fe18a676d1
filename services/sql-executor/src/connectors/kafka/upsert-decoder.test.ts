import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { spansOf } from '@hermes/connectors/kafka/record-spans';
import { RowKind } from '@hermes/stream-sql/engine/operator';
import { PASSED_OVER } from '@hermes/stream-sql/json/json-column-reader';
import { planScript } from '@hermes/stream-sql/planner/plan-script';
import type { SourceNode } from '@hermes/stream-sql/planner/plan';
import { expect, test } from 'vitest';
import { recordDecoder } from './record-decoder.ts';

function source(options: string): SourceNode {
  const planned = planScript(
    `CREATE TABLE t (id STRING, n INT, m INT, PRIMARY KEY (id) NOT ENFORCED) WITH (
       'connector' = 'upsert-kafka', 'topic' = 'p.t', 'value.format' = 'json', ${options});
     CREATE TABLE o (id STRING, n INT) WITH ('connector' = 'blackhole');
     INSERT INTO o SELECT id, n FROM t;`,
    { project: 'p' },
  );
  if (planned.kind === 'refused') throw new Error(JSON.stringify(planned.problems));
  return planned.plan!.nodes.find((node) => node.kind === 'source')!;
}

type Pair = readonly [key: string | null, value: string | null];

/** Rows with their kinds and the numbers of their records, and why records are bad. */
function decoded(options: string, pairs: readonly Pair[], passedOver: readonly number[] = []): unknown {
  const records = pairs.map(([key, value], offset): KafkaRecord => {
    const bytes = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text));
    return { topic: 't', partition: 0, offset, key: bytes(key), value: bytes(value), headers: {}, timestampMs: 0 };
  });
  const spans = spansOf(records);
  for (const at of passedOver) spans.starts[at] = PASSED_OVER;
  const decoder = recordDecoder(source(options), [0, 1, 2], 100);
  const all = { spans: [spans], record: (_: number, i: number) => records[i]!, header: () => undefined };
  const { rows, bad, skipped } = decoder.read(all, 0, 0, pairs.length);
  const value = (column: number, row: number): unknown => {
    const found = rows.columns[column];
    if (found === undefined) return undefined;
    if (found.kind === 'row' || found.kind === 'text') throw new Error('values are expected');
    return found.nulls[row] === 1 ? null : found.values[row];
  };
  return {
    rows: Array.from({ length: rows.length }, (_, i) => [rows.records[i], rows.kinds![i], value(0, i), value(1, i)]),
    bad: bad.map(({ record, reason }) => [record, reason]),
    skipped,
  };
}

const RAW = "'key.format' = 'raw'";

test("a record is its key's row, one without a value or with an empty one deletes it", () => {
  const pairs: Pair[] = [
    ['a', '{"id":"a","n":1}'],
    ['a', null],
    ['b', ''],
  ];
  expect(decoded(RAW, pairs)).toEqual({
    rows: [
      [0, RowKind.insert, 'a', 1],
      [1, RowKind.delete, 'a', null],
      [2, RowKind.delete, 'b', null],
    ],
    bad: [],
    skipped: 0,
  });
});

test("columns of the key that are in the value too are the value's; EXCEPT_KEY: they are the key's", () => {
  const pair: Pair = ['{"id":"a"}', '{"id":"b","n":1}'];
  const json = "'key.format' = 'json'";
  expect(decoded(json, [pair])).toMatchObject({ rows: [[0, RowKind.insert, 'b', 1]] });
  expect(decoded(`${json}, 'value.fields-include' = 'EXCEPT_KEY'`, [pair])).toMatchObject({
    rows: [[0, RowKind.insert, 'a', 1]],
  });
});

test('what is no row is bad with its reason, or skipped under ignore-parse-errors; what is passed over is neither', () => {
  const pairs: Pair[] = [
    [null, '{"id":"a","n":1}'],
    ['a', 'none'],
    ['a', '{"n":"x"}'],
    ['a', '{"id":"a","n":2}'],
  ];
  expect(decoded(RAW, pairs, [3])).toEqual({
    rows: [],
    bad: [
      [0, 'the record has no key, so it is no row of the table'],
      [1, 'not JSON at character 1: an object { ... } is expected'],
      [2, 'the field n is INT and cannot be read from "x"'],
    ],
    skipped: 0,
  });
  expect(decoded(`${RAW}, 'value.json.ignore-parse-errors' = 'true'`, pairs)).toMatchObject({
    rows: [
      [2, RowKind.insert, null, null],
      [3, RowKind.insert, 'a', 2],
    ],
    bad: [],
    skipped: 2,
  });
});
