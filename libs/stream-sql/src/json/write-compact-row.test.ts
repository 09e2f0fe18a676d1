import { expect, test } from 'vitest';
import type { DataType, Value } from '../values/data-type.ts';
import { compactRowWriter } from './write-compact-row.ts';

const of = (kind: string, more: object = {}): DataType => ({ kind, nullable: true, ...more }) as DataType;
const TEXT = of('VARCHAR', { length: 2_147_483_647 });

const CASES: readonly (readonly [DataType, Value, string])[] = [
  [of('BOOLEAN'), true, 'true'],
  [of('INT'), -7, '-7'],
  [of('BIGINT'), 9_223_372_036_854_775_807n, '"9223372036854775807"'],
  [of('BIGINT'), 5, '"5"'],
  [of('DECIMAL', { precision: 38, scale: 2 }), -5, '"-0.05"'],
  [of('DOUBLE'), 1e21, '1e+21'],
  [of('DOUBLE'), Number.NaN, '"nan"'],
  [of('DOUBLE'), -Infinity, '"-inf"'],
  [TEXT, '二手房 "a"\n', '"二手房 \\"a\\"\\n"'],
  [of('DATE'), 20_484, '"2026-01-31"'],
  [of('TIMESTAMP', { precision: 3 }), Date.UTC(2026, 0, 31, 10), '"2026-01-31 10:00:00.000"'],
  [of('TIMESTAMP_LTZ', { precision: 6 }), Date.UTC(2026, 0, 31, 10) * 1000 + 1, '"2026-01-31T10:00:00.000001Z"'],
  [of('ARRAY', { element: of('BIGINT') }), [1, null], '["1",null]'],
  [of('MAP', { key: TEXT, value: of('INT') }), new Map([['a', null]]), '{"a":null}'],
  [TEXT, null, 'null'],
];

test('a row is a line that ClickHouse reads without losing a digit', () => {
  const write = compactRowWriter(CASES.map(([type]) => type));
  expect(write(CASES.map(([, value]) => value))).toBe(`[${CASES.map(([, , text]) => text).join(',')}]\n`);
});
