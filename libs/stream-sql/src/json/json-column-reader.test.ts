import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import type { BatchColumn } from '../engine/column-batch.ts';
import type { DataType, Field, Value } from '../values/data-type.ts';
import type { Needed } from './json-columns.ts';
import { JsonColumnReader, PASSED_OVER, type RecordBytes } from './json-column-reader.ts';
import type { JsonOptions } from './read-json-value.ts';

const STRICT: JsonOptions = { ignoreParseErrors: false, failOnMissingField: false, timestampFormat: 'SQL' };

const of = (kind: string, more: object = {}): DataType => ({ kind, nullable: true, ...more }) as DataType;
const TEXT = of('VARCHAR', { length: 2_147_483_647 });
const row = (fields: Record<string, DataType>): DataType =>
  of('ROW', { fields: Object.entries(fields).map(([name, type]) => ({ name, type })) });

const FIELDS: readonly Field[] = [
  { name: 'tiny', type: of('TINYINT') },
  { name: 'int', type: of('INT') },
  { name: 'big', type: of('BIGINT') },
  { name: 'double', type: of('DOUBLE') },
  { name: 'float', type: of('FLOAT') },
  { name: 'price', type: of('DECIMAL', { precision: 10, scale: 2 }) },
  { name: 'wide', type: of('DECIMAL', { precision: 38, scale: 18 }) },
  { name: 'flag', type: of('BOOLEAN') },
  { name: 'text', type: TEXT },
  { name: 'day', type: of('DATE') },
  { name: 'clock', type: of('TIME', { precision: 0 }) },
  { name: 'at', type: of('TIMESTAMP', { precision: 3 }) },
  { name: 'fine', type: of('TIMESTAMP', { precision: 9 }) },
  { name: 'instant', type: of('TIMESTAMP_LTZ', { precision: 3 }) },
  { name: 'bytes', type: of('VARBINARY', { length: 2_147_483_647 }) },
  { name: 'tags', type: of('ARRAY', { element: TEXT }) },
  { name: 'counts', type: of('MAP', { key: TEXT, value: of('INT') }) },
  { name: 'place', type: row({ city: TEXT, zip: of('INT'), deep: row({ x: of('BIGINT') }) }) },
];

const PLAIN: Readonly<Record<string, string>> = {
  tiny: '1',
  int: '-20',
  big: '300',
  double: '1.5',
  float: '0.25',
  price: '12.30',
  wide: '1.000000000000000001',
  flag: 'true',
  text: '"plain"',
  day: '"2026-01-31"',
  clock: '"10:20:30"',
  at: '"2026-01-31 10:20:30.123"',
  fine: '"2026-01-31 10:20:30.123456789"',
  instant: '"2026-01-31 10:20:30.123Z"',
  bytes: '"AQID"',
  tags: '["a","b"]',
  counts: '{"a":1}',
  place: '{"city":"Beijing","zip":100000,"deep":{"x":7}}',
  other: '{"nobody":["reads",{"this":1e5}]}',
};

const textOf = (members: Readonly<Record<string, string>>): string =>
  `{${Object.entries(members)
    .map(([name, value]) => `${JSON.stringify(name)}:${value}`)
    .join(',')}}`;

function recordsOf(texts: readonly (string | Uint8Array)[]): RecordBytes {
  const parts = texts.map((text) => Buffer.from(text as string));
  const starts = new Int32Array(texts.length);
  const ends = new Int32Array(texts.length);
  let at = 0;
  parts.forEach((part, i) => {
    starts[i] = at;
    at += part.length;
    ends[i] = at;
  });
  return { bytes: Buffer.concat([...parts, Buffer.alloc(64)]), starts, ends, count: texts.length };
}

function valueAt(column: BatchColumn | undefined, i: number): Value | undefined {
  if (column === undefined) return undefined;
  if (column.nulls[i] === 1) return null;
  switch (column.kind) {
    case 'number':
      return column.big.get(i) ?? column.values[i]!;
    case 'boolean':
      return column.values[i] === 1;
    case 'text':
      return column.at(i);
    case 'value':
      return column.values[i]!;
    case 'row':
      return column.fields.map((field) => valueAt(field, i) ?? null);
  }
}

/** Every record's row, or why it is bad. */
function readAll(
  texts: readonly (string | Uint8Array)[],
  options = STRICT,
  needed: (place: number) => Needed | undefined = () => true,
  capacity = 50,
): unknown[] {
  const reader = new JsonColumnReader(FIELDS, options, needed, capacity);
  const input = recordsOf(texts);
  const results: unknown[] = texts.map(() => 'skipped');
  for (let from = 0; from < input.count;) {
    const batch = reader.read(input, from);
    for (let i = 0; i < batch.rows.length; i++)
      results[batch.rows.records[i]!] = batch.rows.columns.map((column) => valueAt(column, i));
    for (const { record, reason } of batch.bad) results[record] = reason;
    from += batch.taken;
  }
  return results;
}

const alone = (text: string | Uint8Array, options = STRICT): unknown => readAll([text], options)[0];
/** After enough plain records, so that generated code meets it. */
const scanned = (text: string | Uint8Array, options = STRICT): unknown =>
  readAll([...Array.from({ length: 70 }, () => textOf(PLAIN)), text], options)[70];

const ODD: readonly string[] = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-0.0',
  '00',
  '01',
  '-',
  '1.',
  '.5',
  '1e3',
  '1E-2',
  '127',
  '128',
  '-128',
  '-129',
  '2147483647',
  '2147483648',
  '-2147483648',
  '999999999999999',
  '9007199254740993',
  '-9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '123456789012345678901234567890',
  '1.9',
  '-1.9',
  '0.1',
  '0.30000000000000004',
  '1.005',
  '99999999.99',
  '99999999.995',
  '123456789.1',
  '""',
  '"1"',
  '" 7 "',
  '"+7"',
  '"1.5"',
  '"NaN"',
  '"-Infinity"',
  '"true"',
  '"x\\n\\u4f60\\"y"',
  '"\\ud83d\\ude00"',
  '"你好, 北京"',
  '"\\x"',
  '"2026-02-29"',
  '"2024-02-29"',
  '"24:00:00"',
  '"23:59:59.999999999"',
  '"2026-01-31 10:20:30"',
  '"2026-01-31 10:20:59.1"',
  '"2026-01-31 10:20:60"',
  '"2026-01-31 10:20:30.1234567891"',
  '"2026-01-31T10:20:30"',
  '"1969-12-31 23:59:59.999"',
  '"2026-01-31 10:20:30Z"',
  '"2026-13-31 10:20:30Z"',
  '"AQ=="',
  '"AQ"',
  '[]',
  '[null,"a",1]',
  '{}',
  '{"a":null}',
  '{"city":null,"zip":"7"}',
  '{"zip":1,"city":"x","zip":2}',
  '{"deep":{"x":1,"y":[]},"city":"z"}',
  '[1,',
  '{"a"',
  '"open',
  '\t 5 ',
];

describe('a scanned record has the answer of one read in the general way', () => {
  for (const { name } of FIELDS)
    test(`any value in a column ${name}`, () => {
      for (const value of ODD) {
        const text = textOf({ ...PLAIN, [name]: value });
        for (const options of [STRICT, { ...STRICT, ignoreParseErrors: true }])
          expect(scanned(text, options), `${name} ${value}`).toEqual(alone(text, options));
      }
    });

  test('any order, absent, repeated and unknown members, blanks, and texts cut anywhere', () => {
    const names = Object.keys(PLAIN);
    const texts = [
      textOf(Object.fromEntries(names.toReversed().map((name) => [name, PLAIN[name]!]))),
      ...names.map((gone) => textOf(Object.fromEntries(Object.entries(PLAIN).filter(([name]) => name !== gone)))),
      ...names.map((name) => textOf(PLAIN).replace('{', `{${JSON.stringify(name)}:${PLAIN[name]},`)),
      textOf({ unknown: '[1,{"a":"}"}]', ...PLAIN }),
      JSON.stringify(JSON.parse(textOf(PLAIN)), undefined, 2),
      textOf(PLAIN).replaceAll('":', '": ').replaceAll(',"', ', "'),
      `${textOf(PLAIN)} `,
      `${textOf(PLAIN)}x`,
      `${textOf(PLAIN).slice(0, -1)},}`,
      '{}',
      '[]',
      '',
      ...Array.from({ length: textOf(PLAIN).length }, (_, i) => textOf(PLAIN).slice(0, i)),
    ];
    for (const text of texts)
      for (const options of [STRICT, { ...STRICT, ignoreParseErrors: true }, { ...STRICT, failOnMissingField: true }])
        expect(scanned(text, options), text).toEqual(alone(text, options));
  });

  test('bytes that are no UTF-8, in values that are read, skipped, and names', () => {
    for (const at of [2, textOf(PLAIN).indexOf('plain') + 1, textOf(PLAIN).indexOf('reads') + 1]) {
      const bytes = Buffer.from(textOf(PLAIN));
      bytes[at] = 0xff;
      expect(scanned(bytes)).toBe('the record is not UTF-8');
      expect(alone(bytes)).toBe('the record is not UTF-8');
    }
  });
});

test('values are those of the types, exactly', () => {
  expect(alone(textOf(PLAIN))).toEqual([
    1,
    -20,
    300,
    1.5,
    0.25,
    1230,
    1_000_000_000_000_000_001n,
    true,
    'plain',
    20_484,
    37_230_000,
    Date.UTC(2026, 0, 31, 10, 20, 30, 123),
    1_769_854_830_123_456_789n,
    Date.UTC(2026, 0, 31, 10, 20, 30, 123),
    new Uint8Array([1, 2, 3]),
    ['a', 'b'],
    new Map([['a', 1]]),
    ['Beijing', 100_000, [7]],
  ]);
  expect((alone('{"big":9223372036854775807,"double":1e400,"price":99999999.995}') as Value[]).slice(2, 6)).toEqual([
    9_223_372_036_854_775_807n,
    Infinity,
    null,
    null,
  ]);
});

test('what cannot be read is named, or NULL where errors are ignored, and no other record suffers', () => {
  const broken = textOf({ ...PLAIN, int: '"twelve"' });
  const texts = [textOf(PLAIN), broken, 'no json', textOf(PLAIN)];
  const strict = readAll(texts);
  expect(strict[1]).toBe('the field int is INT and cannot be read from "twelve"');
  expect(strict[2]).toMatch(/^not JSON at character 1/);
  expect(strict[3]).toEqual(strict[0]);
  const lenient = readAll(texts, { ...STRICT, ignoreParseErrors: true });
  expect((lenient[1] as Value[])[1]).toBeNull();
  expect(lenient[2]).toBe('skipped');
});

test('only needed parts are read: what nobody reads may be of any kind', () => {
  const needed = (place: number): Needed | undefined =>
    place === 8 ? true : place === 17 ? new Map<number, Needed>([[1, true]]) : undefined;
  const text = textOf({ ...PLAIN, int: '"twelve"', place: '{"city":[1],"zip":5,"deep":3}' });
  const rows = readAll(
    Array.from({ length: 80 }, () => text),
    STRICT,
    needed,
  );
  for (const read of rows)
    expect((read as Value[]).filter((value) => value !== undefined)).toEqual(['plain', [null, 5, null]]);
});

test('records of several shapes, one after the other, are all read, across batches', () => {
  const shapes = [
    (i: number) => `{"int":${i},"text":"a${i}"}`,
    (i: number) => `{"text":"b${i}","place":{"zip":${i},"city":"c"},"int":${i}}`,
    (i: number) => `{"place":null,"int":${i},"big":${i * 1_000}}`,
  ];
  const texts = Array.from({ length: 2_000 }, (_, i) => shapes[i % 3]!(i));
  const rows = readAll(texts) as Value[][];
  rows.forEach((read, i) => {
    expect(read[1]).toBe(i);
    expect(read[8]).toBe(i % 3 === 0 ? `a${i}` : i % 3 === 1 ? `b${i}` : null);
    expect(read[17]).toEqual(i % 3 === 1 ? ['c', i, null] : null);
  });
});

test('a record that is passed over gives no row and is not bad', () => {
  const input = recordsOf(['{"int":1}', '{"int":2}', '{"int":3}']);
  input.starts[1] = PASSED_OVER;
  const { rows, bad, taken } = new JsonColumnReader(FIELDS, STRICT, () => true).read(input, 0);
  expect([rows.length, bad.length, taken]).toEqual([2, 0, 3]);
  expect([...rows.records.subarray(0, 2)]).toEqual([0, 2]);
});
