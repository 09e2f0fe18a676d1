import { RowKind } from '@hermes/stream-sql/engine/operator';
import type { TableColumn } from '@hermes/stream-sql/planner/plan';
import type { Row, Value } from '@hermes/stream-sql/values/data-type';
import { expect, test } from 'vitest';
import { recordLines } from './record-lines.ts';

const text = { kind: 'VARCHAR', length: 2_147_483_647, nullable: true } as const;
const physical = (name: string, type: TableColumn['type']): TableColumn => ({
  name,
  type,
  attribute: null,
  kind: 'physical',
});
const COLUMNS: readonly TableColumn[] = [physical('k', text), physical('n', { kind: 'INT', nullable: true })];
const METADATA: readonly TableColumn[] = [
  ...COLUMNS,
  {
    name: 'at',
    type: { kind: 'TIMESTAMP_LTZ', precision: 3, nullable: true },
    attribute: null,
    kind: 'metadata',
    key: 'timestamp',
    virtual: false,
  },
  {
    name: 'h',
    type: { kind: 'MAP', key: text, value: { kind: 'VARBINARY', length: 9, nullable: true }, nullable: true },
    attribute: null,
    kind: 'metadata',
    key: 'headers',
    virtual: false,
  },
];
const headers = new Map<Value, Value>([
  ['a\tb', new Uint8Array([9, 10])],
  ['none', null],
]);

test.each<readonly [string, readonly TableColumn[], Readonly<Record<string, string>>, Row, object]>([
  ['no key', COLUMNS, {}, ['x', 1], { key: null, value: '{"k":"x","n":1}' }],
  [
    'a raw key',
    COLUMNS,
    { 'key.fields': 'k', 'key.format': 'raw' },
    ['a\t"\n', 1],
    { key: 'a\t"\n', value: '{"k":"a\\t\\"\\n","n":1}' },
  ],
  [
    'a raw key that is NULL',
    COLUMNS,
    { 'key.fields': 'k', 'key.format': 'raw' },
    [null, 1],
    { key: null, value: '{"k":null,"n":1}' },
  ],
  [
    'a raw key of no letters',
    COLUMNS,
    { 'key.fields': 'k', 'key.format': 'raw' },
    ['', 1],
    { key: '', value: '{"k":"","n":1}' },
  ],
  [
    'a json key',
    COLUMNS,
    { 'key.fields': 'n;k', 'key.format': 'json' },
    ['x', 1],
    { key: '{"n":1,"k":"x"}', value: '{"k":"x","n":1}' },
  ],
  [
    'a key that is not in the value',
    COLUMNS,
    { 'key.fields': 'k', 'key.format': 'json', 'value.fields-include': 'EXCEPT_KEY' },
    ['x', 1],
    { key: '{"k":"x"}', value: '{"n":1}' },
  ],
  [
    'timestamp and headers',
    METADATA,
    {},
    ['x', 1, 1_700_000_000_000, headers],
    {
      key: null,
      value: '{"k":"x","n":1}',
      timestampMs: 1_700_000_000_000,
      headers: { 'a\tb': Buffer.from([9, 10]), none: Buffer.alloc(0) },
    },
  ],
  ['neither of them', METADATA, {}, ['x', 1, null, null], { key: null, value: '{"k":"x","n":1}' }],
  [
    'options of the format',
    COLUMNS,
    { 'json.encode.ignore-null-fields': 'true' },
    ['x', null],
    { key: null, value: '{"k":"x"}' },
  ],
])('a row with %s comes back as the record that it is', (_, columns, options, row, expected) => {
  const { line, records } = recordLines(columns, options);
  const block = Buffer.from(line(row) + line(row));
  expect(records(block, 't')).toEqual([
    { topic: 't', ...expected },
    { topic: 't', ...expected },
  ]);
});

test.each<readonly [string, Readonly<Record<string, string>>, readonly string[] | null, RowKind, object]>([
  [
    'a change as debezium-json',
    { format: 'debezium-json', 'key.fields': 'k', 'key.format': 'raw' },
    null,
    RowKind.updateAfter,
    { key: 'x', value: '{"before":null,"after":{"k":"x","n":1},"op":"c"}' },
  ],
  [
    'what was before as debezium-json',
    { format: 'debezium-json' },
    null,
    RowKind.updateBefore,
    { key: null, value: '{"before":{"k":"x","n":1},"after":null,"op":"d"}' },
  ],
  [
    'a row by key',
    { 'key.format': 'json', 'value.format': 'json' },
    ['k'],
    RowKind.updateAfter,
    { key: '{"k":"x"}', value: '{"k":"x","n":1}' },
  ],
  [
    'a row by key without the key in its value',
    { 'key.format': 'raw', 'value.format': 'json', 'value.fields-include': 'EXCEPT_KEY' },
    ['k'],
    RowKind.insert,
    { key: 'x', value: '{"n":1}' },
  ],
  [
    'a delete by key: a tombstone',
    { 'key.format': 'json', 'value.format': 'json' },
    ['k'],
    RowKind.delete,
    { key: '{"k":"x"}', value: null },
  ],
])('%s', (_, options, upsertKey, kind, expected) => {
  const { line, records } = recordLines(COLUMNS, options, upsertKey);
  expect(records(Buffer.from(line(['x', 1], kind)), 't')).toEqual([{ topic: 't', ...expected }]);
});
