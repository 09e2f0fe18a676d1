import type { DataType, Value } from '@hermes/stream-sql/values/data-type';
import { describe, expect, test } from 'vitest';
import { postgresText, postgresValue } from './jdbc/postgres-values.ts';
import { redisText, redisValue } from './redis/redis-values.ts';

const of = (kind: string, more: object = {}): DataType => ({ kind, nullable: true, ...more }) as DataType;
const TEXT = of('VARCHAR', { length: 2_147_483_647 });
const instant = Date.UTC(2026, 0, 31, 10, 20, 30, 500);

const SIMPLE: readonly (readonly [DataType, Exclude<Value, null>, redis: string, postgres: string])[] = [
  [of('BOOLEAN'), true, 'true', 'true'],
  [of('INT'), -5, '-5', '-5'],
  [of('BIGINT'), 9_223_372_036_854_775_807n, '9223372036854775807', '9223372036854775807'],
  [of('DOUBLE'), 1.5, '1.5', '1.5'],
  [of('DECIMAL', { precision: 20, scale: 8 }), 5, '0.00000005', '0.00000005'],
  [TEXT, '"你好"', '"你好"', '"你好"'],
  [of('VARBINARY', { length: 9 }), new Uint8Array([1, 255]), 'Af8=', '\\x01ff'],
  [of('DATE'), 20_484, '2026-01-31', '2026-01-31'],
  [of('TIME', { precision: 0 }), 37_230_000, '10:20:30', '10:20:30.0'],
  [of('TIMESTAMP', { precision: 3 }), instant, '2026-01-31T10:20:30.5', '2026-01-31 10:20:30.500'],
  [of('TIMESTAMP', { precision: 6 }), instant * 1_000 + 1, '2026-01-31T10:20:30.500001', '2026-01-31 10:20:30.500001'],
];

describe('redis', () => {
  test.each<readonly [DataType, Exclude<Value, null>, string]>([
    ...SIMPLE.map(([type, value, text]) => [type, value, text] as const),
    [of('TIMESTAMP_LTZ', { precision: 3 }), instant, '2026-01-31T10:20:30.5Z'],
    [of('ARRAY', { element: TEXT }), ['a', null], '["a",null]'],
    [of('ROW', { fields: [{ name: 'x', type: of('INT') }] }), [1], '{"x":1}'],
  ])('%j %s is the text %s, and comes back', (type, value, text) => {
    expect(redisText(type)(value)).toBe(text);
    expect(redisValue({ name: 'v', type })(text)).toEqual(value);
  });
  test('a text that is none of the type says so', () => {
    expect(() => redisValue({ name: 'v', type: of('INT') })('x')).toThrow('the field v is INT');
  });
});

describe('postgres', () => {
  test.each(SIMPLE)('%j %s is written as a text, and comes back', (type, value, _, text) => {
    expect(postgresText(type)(value)).toBe(text);
    expect(postgresValue(type)(text)).toEqual(value);
  });
  test('times with a zone, arrays, and what is none of the type', () => {
    const zoned = of('TIMESTAMP_LTZ', { precision: 3 });
    expect(postgresText(zoned)(instant)).toBe('2026-01-31 10:20:30.500Z');
    expect(postgresValue(zoned)('2026-01-31 10:20:30.5+00')).toBe(instant);
    expect(postgresText(of('ARRAY', { element: TEXT }))(['a,"b"\\', null])).toBe('{"a,\\"b\\"\\\\",NULL}');
    expect(postgresValue(of('ARRAY', { element: of('INT') }))(['1', null])).toEqual([1, null]);
    expect([postgresValue(of('INT'))('x'), postgresValue(of('BOOLEAN'))('x'), postgresValue(zoned)('2026')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
