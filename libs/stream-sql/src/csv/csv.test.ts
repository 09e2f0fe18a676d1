import { describe, expect, test } from 'vitest';
import type { DataType, Value } from '../values/data-type.ts';
import { csvOptions } from './csv-options.ts';
import { csvRecord } from './csv-record.ts';
import { csvRowReader } from './read-csv-row.ts';
import { csvRowWriter } from './write-csv-row.ts';

const of = (kind: string, more: object = {}): DataType => ({ kind, nullable: true, ...more }) as DataType;
const TEXT = of('VARCHAR', { length: 2_147_483_647 });

describe('a record is taken apart', () => {
  test.each<readonly [string, Readonly<Record<string, string>>, readonly string[] | 'open' | 'broken']>([
    ['a,b,', {}, ['a', 'b', '']],
    ['', {}, ['']],
    ['"a,b",c', {}, ['a,b', 'c']],
    ['"say ""hi""",x', {}, ['say "hi"', 'x']],
    ['  "a" ,b', {}, ['a', 'b']],
    [' a , b', {}, [' a ', ' b']],
    ['"two\nlines",x', {}, ['two\nlines', 'x']],
    ['"not closed', {}, 'open'],
    ['"a"b,c', {}, 'broken'],
    ['a"b,c', {}, ['a"b', 'c']],
    ['a;b,c', { 'csv.field-delimiter': ';' }, ['a', 'b,c']],
    ['a\tb', { 'csv.field-delimiter': '\\t' }, ['a', 'b']],
    ['a|b', { 'csv.field-delimiter': '\\u007C' }, ['a', 'b']],
    ["'a,b'", { 'csv.quote-character': "'" }, ['a,b']],
    ['"a,b"', { 'csv.disable-quote-character': 'true' }, ['"a', 'b"']],
    ['a\\,b,"c\\"d"', { 'csv.escape-character': '\\' }, ['a,b', 'c"d']],
  ])('%j with %j', (text, options, expected) => {
    const record = csvRecord(text, csvOptions(options));
    expect(typeof record === 'string' ? record : record.map((field) => field.text)).toEqual(expected);
  });
});

const VALUES: readonly (readonly [DataType, string, Value])[] = [
  [of('BOOLEAN'), 'true', true],
  [of('INT'), '-12', -12],
  [of('BIGINT'), '9223372036854775807', 9_223_372_036_854_775_807n],
  [of('DOUBLE'), '1.0E10', 1e10],
  [of('FLOAT'), '0.5', 0.5],
  [of('DECIMAL', { precision: 9, scale: 2 }), '12.30', 1230],
  [TEXT, 'plain', 'plain'],
  [TEXT, '"with blank"', 'with blank'],
  [TEXT, '"a ""quote"""', 'a "quote"'],
  [TEXT, '"longer-than-twenty-four-characters"', 'longer-than-twenty-four-characters'],
  [TEXT, '你好', '你好'],
  [of('VARBINARY', { length: 9 }), 'AQID', new Uint8Array([1, 2, 3])],
  [of('DATE'), '2026-01-31', 20_484],
  [of('TIME', { precision: 0 }), '10:20:30', 37_230_000],
  [of('TIMESTAMP', { precision: 3 }), '"2026-01-31 10:20:30.12"', Date.UTC(2026, 0, 31, 10, 20, 30, 120)],
  [of('TIMESTAMP_LTZ', { precision: 3 }), '"2026-01-31 10:20:30Z"', Date.UTC(2026, 0, 31, 10, 20, 30)],
  [of('ARRAY', { element: of('INT') }), '1;2;3', [1, 2, 3]],
  [
    of('ROW', {
      fields: [
        { name: 'a', type: of('INT') },
        { name: 'b', type: TEXT },
      ],
    }),
    '1;x',
    [1, 'x'],
  ],
];

test.each(VALUES)('a value of %j is written as %s, and read back the same', (type, text, value) => {
  const fields = [
    { name: 'v', type },
    { name: 'end', type: of('INT') },
  ];
  const options = csvOptions({});
  expect(csvRowWriter(fields, options)([value, 1])).toBe(`${text},1`);
  expect(csvRowReader(fields, options)(`${text},1`)).toEqual({ kind: 'row', values: [value, 1] });
});

describe('what does not fit', () => {
  test.each<readonly [DataType, string]>([
    [of('INT'), ''],
    [of('INT'), '1.5'],
    [of('TINYINT'), '128'],
    [of('DOUBLE'), 'x'],
    [of('DATE'), '31.1.2026'],
    [of('TIMESTAMP', { precision: 3 }), '2026-01-31'],
    [of('TIMESTAMP_LTZ', { precision: 3 }), '2026-01-31 10:20:30'],
    [of('VARBINARY', { length: 9 }), '*'],
    [of('ARRAY', { element: of('INT') }), '1;x'],
  ])(
    '%j is not read from %j: a bad record with the name of the field, or NULL where errors are ignored',
    (type, text) => {
      const fields = [
        { name: 'v', type },
        { name: 'w', type: TEXT },
      ];
      expect(csvRowReader(fields, csvOptions({}))(`${text},ok`)).toMatchObject({
        kind: 'bad',
        reason: expect.stringContaining('the field v is') as string,
      });
      const lenient = csvRowReader(fields, csvOptions({ 'csv.ignore-parse-errors': 'true' }));
      const row = lenient(`${text},ok`);
      expect(row.kind === 'row' && row.values[1]).toBe('ok');
    },
  );

  test('is a record with too few fields, unless errors are ignored, or too many', () => {
    const fields = [
      { name: 'a', type: TEXT },
      { name: 'b', type: TEXT },
    ];
    const read = csvRowReader(fields, csvOptions({}));
    expect([read('x').kind, read('x,y,z').kind, read('x,y').kind, read('"x').kind]).toEqual([
      'bad',
      'bad',
      'row',
      'open',
    ]);
    const lenient = csvRowReader(fields, csvOptions({ 'csv.ignore-parse-errors': 'true' }));
    expect([lenient('x'), lenient('x,y,z')]).toEqual([
      { kind: 'row', values: ['x', null] },
      { kind: 'bad', reason: 'the record has 3 fields, not 2' },
    ]);
  });
});

test('NULL is the null literal both ways, and nothing where there is none', () => {
  const fields = [
    { name: 'a', type: TEXT },
    { name: 'b', type: of('INT') },
  ];
  const named = csvOptions({ 'csv.null-literal': 'n/a' });
  expect(csvRowWriter(fields, named)([null, null])).toBe('n/a,n/a');
  expect(csvRowReader(fields, named)('n/a,n/a')).toEqual({ kind: 'row', values: [null, null] });
  expect(csvRowWriter(fields, csvOptions({}))([null, null])).toBe(',');
});

test('random texts come back as they were, under any syntax', () => {
  const characters = ['a', '"', ',', ';', ' ', '\n', '\\', "'", '好', '\t'];
  let seed = 1;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 2_000; round++) {
    const options = csvOptions({
      'csv.field-delimiter': [',', ';', '\\t'][random(3)],
      'csv.quote-character': ['"', "'"][random(2)],
      ...(random(2) === 0 ? {} : { 'csv.escape-character': '\\' }),
    });
    const row = Array.from({ length: 3 }, () =>
      Array.from({ length: random(30) }, () => characters[random(characters.length)]).join(''),
    );
    const fields = row.map((_, i) => ({ name: `f${i}`, type: TEXT }));
    expect(csvRowReader(fields, options)(csvRowWriter(fields, options)(row))).toEqual({ kind: 'row', values: row });
  }
});
