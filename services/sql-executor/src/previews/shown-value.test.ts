import type { PreviewValue } from '@hermes/contracts/sql-preview';
import type { DataType, Value } from '@hermes/stream-sql/values/data-type';
import { BIGINT, BOOLEAN, BYTES, DOUBLE, INT, STRING } from '@hermes/stream-sql/values/types';
import { expect, test } from 'vitest';
import { shownValue } from './shown-value.ts';

const of = (kind: 'TIME' | 'TIMESTAMP' | 'TIMESTAMP_LTZ', precision: number): DataType => ({
  kind,
  precision,
  nullable: true,
});
const simple = (kind: 'DATE' | 'INTERVAL_MONTHS' | 'INTERVAL_MS'): DataType => ({ kind, nullable: true });

test.each<[string, DataType, Value, PreviewValue]>([
  ['NULL is null whatever the type', INT, null, null],
  ['a truth value is itself', BOOLEAN, true, true],
  ['a whole number within 2^53 is itself', BIGINT, 9_007_199_254_740_991, 9_007_199_254_740_991],
  ['a larger one keeps its digits as text', BIGINT, 9_007_199_254_740_993n, '9007199254740993'],
  ['a DECIMAL keeps its digits', { kind: 'DECIMAL', precision: 18, scale: 2, nullable: true }, -105, '-1.05'],
  ['NaN is no JSON: its name', DOUBLE, Number.NaN, 'NaN'],
  ['an infinity: its name', DOUBLE, -Infinity, '-Infinity'],
  ['a text is itself', STRING, '房\n"x"', '房\n"x"'],
  ['bytes are base64', BYTES, new Uint8Array([255, 0]), '/wA='],
  ['a day', simple('DATE'), 20_454, '2026-01-01'],
  ['a time of day', of('TIME', 0), 37_230_000, '10:20:30'],
  ['a TIMESTAMP has no zone', of('TIMESTAMP', 3), 1_767_225_600_123, '2026-01-01T00:00:00.123'],
  ['a TIMESTAMP_LTZ ends with Z', of('TIMESTAMP_LTZ', 6), 1_767_225_600_123_456, '2026-01-01T00:00:00.123456Z'],
  ['months', simple('INTERVAL_MONTHS'), 14, '+1-02'],
  ['milliseconds', simple('INTERVAL_MS'), 90_061_001, '+1 01:01:01.001'],
  ['an array', { kind: 'ARRAY', element: BIGINT, nullable: true }, [1, null], [1, null]],
  [
    'a row is an object, also with a field that is called __proto__',
    {
      kind: 'ROW',
      fields: [
        { name: 'a', type: INT },
        { name: '__proto__', type: STRING },
      ],
      nullable: true,
    },
    [1, 'x'],
    JSON.parse('{"a":1,"__proto__":"x"}') as PreviewValue,
  ],
  ['a map with texts', { kind: 'MAP', key: STRING, value: INT, nullable: true }, new Map([['k', 1]]), { k: 1 }],
  ['a map with numbers', { kind: 'MAP', key: INT, value: INT, nullable: true }, new Map([[7, 1]]), { '7': 1 }],
  ['a multiset has its counts', { kind: 'MULTISET', element: STRING, nullable: true }, new Map([['a', 2]]), { a: 2 }],
])('%s', (_, type, value, expected) => {
  const shown = shownValue(type)(value);
  expect(shown).toEqual(expected);
  expect(JSON.parse(JSON.stringify(shown))).toEqual(expected);
});
