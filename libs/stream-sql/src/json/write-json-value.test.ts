import { expect, test } from 'vitest';
import type { DataType, Value } from '../values/data-type.ts';
import { jsonRowWriter, type JsonWriteOptions } from './write-json-value.ts';
import { JsonCursor } from './json-cursor.ts';
import { jsonObjectReader } from './read-json-value.ts';

const OPTIONS: JsonWriteOptions = {
  timestampFormat: 'SQL',
  mapNullKey: 'FAIL',
  mapNullKeyLiteral: 'null',
  plainDecimals: false,
  ignoreNullFields: false,
};
const of = (kind: string, more: object = {}): DataType => ({ kind, nullable: true, ...more }) as DataType;
const TEXT = of('VARCHAR', { length: 2_147_483_647 });

const CASES: readonly (readonly [DataType, Value, string])[] = [
  [of('BOOLEAN'), true, 'true'],
  [of('BIGINT'), 9_223_372_036_854_775_807n, '9223372036854775807'],
  [of('BIGINT'), -5, '-5'],
  [of('DOUBLE'), 0.1, '0.1'],
  [of('DOUBLE'), Number.NaN, '"NaN"'],
  [of('DECIMAL', { precision: 10, scale: 2 }), 1230, '12.30'],
  [of('DECIMAL', { precision: 20, scale: 10 }), -123, '-1.23E-8'],
  [of('DECIMAL', { precision: 20, scale: 10 }), 12_300, '0.0000012300'],
  [of('DECIMAL', { precision: 20, scale: 7 }), 0, '0E-7'],
  [TEXT, '"你好"\n', '"\\"你好\\"\\n"'],
  [of('VARBINARY', { length: 9 }), new Uint8Array([1, 2, 3]), '"AQID"'],
  [of('DATE'), 20_484, '"2026-01-31"'],
  [of('TIME', { precision: 0 }), 37_230_000, '"10:20:30"'],
  [of('TIMESTAMP', { precision: 3 }), Date.UTC(2026, 0, 31, 10, 20, 30, 120), '"2026-01-31 10:20:30.12"'],
  [of('TIMESTAMP', { precision: 3 }), Date.UTC(2026, 0, 31, 10), '"2026-01-31 10:00:00"'],
  [of('TIMESTAMP', { precision: 9 }), 1_769_854_830_123_456_789n, '"2026-01-31 10:20:30.123456789"'],
  [of('TIMESTAMP_LTZ', { precision: 3 }), Date.UTC(2026, 0, 31, 10), '"2026-01-31 10:00:00Z"'],
  [of('ARRAY', { element: TEXT }), ['a', null], '["a",null]'],
  [of('MAP', { key: TEXT, value: of('INT') }), new Map([['a', 1]]), '{"a":1}'],
  [of('ROW', { fields: [{ name: 'x', type: of('INT') }] }), [null], '{"x":null}'],
];

test('a value is written as the json format has it, and read back the same', () => {
  for (const [type, value, text] of CASES) {
    const fields = [{ name: 'v', type }];
    expect(jsonRowWriter(fields, OPTIONS)([value])).toBe(`{"v":${text}}`);
    const read = jsonObjectReader(
      fields,
      { ignoreParseErrors: false, failOnMissingField: false, timestampFormat: 'SQL' },
      () => true,
    );
    expect(read(new JsonCursor(`{"v":${text}}`))).toEqual([value]);
  }
});

test('NULL is null or left out, a NULL key of a map fails, is dropped or named, and ISO-8601 has a T', () => {
  const fields = [
    { name: 'a', type: of('INT') },
    { name: 'm', type: of('MAP', { key: TEXT, value: of('INT') }) },
    { name: 't', type: of('TIMESTAMP', { precision: 3 }) },
  ];
  const map = new Map<Value, Value>([
    [null, 1],
    ['k', null],
  ]);
  const write = (more: Partial<JsonWriteOptions>): string =>
    jsonRowWriter(fields, { ...OPTIONS, ...more })([null, map, Date.UTC(2026, 0, 1)]);
  expect(() => write({})).toThrow('NULL key');
  expect(write({ mapNullKey: 'DROP', timestampFormat: 'ISO-8601' })).toBe(
    '{"a":null,"m":{"k":null},"t":"2026-01-01T00:00:00"}',
  );
  expect(write({ mapNullKey: 'LITERAL', mapNullKeyLiteral: 'none', ignoreNullFields: true })).toBe(
    '{"m":{"none":1,"k":null},"t":"2026-01-01 00:00:00"}',
  );
});

test('decimals are written without an exponent where that is asked for', () => {
  const fields = [{ name: 'd', type: of('DECIMAL', { precision: 20, scale: 10 }) }];
  expect(jsonRowWriter(fields, { ...OPTIONS, plainDecimals: true })([-123])).toBe('{"d":-0.0000000123}');
});
