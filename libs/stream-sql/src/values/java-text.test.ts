import { expect, test } from 'vitest';
import type { DataType, Value } from './data-type.ts';
import { javaText } from './java-text.ts';

const of = (kind: string, more: object = {}): DataType => ({ kind, nullable: true, ...more }) as DataType;
const at = (text: string): number => Date.parse(`${text}Z`);

test.each<readonly [DataType, Value, string]>([
  [of('INT'), null, 'null'],
  [of('BOOLEAN'), true, 'true'],
  [of('VARCHAR', { length: 9 }), 'a, b', 'a, b'],
  [of('BIGINT'), 9_223_372_036_854_775_807n, '9223372036854775807'],
  [of('DOUBLE'), 1, '1.0'],
  [of('DECIMAL', { precision: 10, scale: 8 }), 12, '1.2E-7'],
  [of('VARBINARY', { length: 9 }), new Uint8Array([1, 255]), '[1, -1]'],
  [of('DATE'), 0, '1970-01-01'],
  [of('TIME', { precision: 0 }), 37_200_000, '10:20'],
  [of('TIME', { precision: 3 }), 37_230_500, '10:20:30.500'],
  [of('TIMESTAMP', { precision: 3 }), at('2026-01-31T10:20:00'), '2026-01-31T10:20'],
  [of('TIMESTAMP', { precision: 3 }), at('2026-01-31T10:20:30.120'), '2026-01-31T10:20:30.120'],
  [of('TIMESTAMP', { precision: 6 }), BigInt(at('2026-01-31T10:20:30')) * 1_000n + 5n, '2026-01-31T10:20:30.000005'],
  [of('TIMESTAMP_LTZ', { precision: 3 }), at('2026-01-31T10:20:00'), '2026-01-31T10:20:00Z'],
  [of('INTERVAL_MONTHS'), 14, 'P1Y2M'],
  [of('INTERVAL_MS'), 3_661_500, 'PT1H1M1.5S'],
  [of('ARRAY', { element: of('INT') }), [1, null], '[1, null]'],
  [of('MAP', { key: of('INT'), value: of('BOOLEAN') }), new Map<Value, Value>([[1, false]]), '{1=false}'],
  [of('ROW', { fields: [{ name: 'a', type: of('INT') }] }), [1], '+I[1]'],
])('%j %s is printed as Java does: %s', (type, value, text) => {
  expect(javaText(type)(value)).toBe(text);
});
