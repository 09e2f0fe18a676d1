import type { DataType, Value } from '../values/data-type.ts';
import { describe, expect, test } from 'vitest';
import { randomField, sequenceField } from './field-generator.ts';
import { seedOfRow, SeededRandom } from './seeded-random.ts';

const of = (kind: string, more: object = {}): DataType => ({ kind, nullable: true, ...more }) as DataType;
const options =
  (given: Readonly<Record<string, string>>) =>
  (key: string): string | undefined =>
    given[key];
const context = (row: number) => ({ row, random: new SeededRandom(seedOfRow(7, row)), nowMs: 1_000_000 });
const values = (type: DataType, given: Readonly<Record<string, string>>, count = 500): Value[] => {
  const generate = randomField(type, options(given));
  return Array.from({ length: count }, (_, row) => generate(context(row)));
};

describe('random values', () => {
  test.each<readonly [DataType, Readonly<Record<string, string>>, (value: never) => boolean]>([
    [of('INT'), { min: '-2', max: '3' }, (value: number) => Number.isInteger(value) && value >= -2 && value <= 3],
    [of('TINYINT'), {}, (value: number) => value >= -128 && value <= 127],
    [of('BIGINT'), {}, (value: bigint) => BigInt.asIntN(64, BigInt(value)) === BigInt(value)],
    [
      of('DECIMAL', { precision: 6, scale: 2 }),
      { min: '1.5', max: '2' },
      (value: number) => value >= 150 && value <= 200,
    ],
    [of('DOUBLE'), { min: '0', max: '1' }, (value: number) => value >= 0 && value < 1],
    [of('FLOAT'), {}, (value: number) => Number.isFinite(value) && Math.fround(value) === value],
    [of('VARCHAR', { length: 2_147_483_647 }), { length: '5' }, (value: string) => /^[0-9a-f]{5}$/.test(value)],
    [of('VARCHAR', { length: 2_147_483_647 }), {}, (value: string) => value.length === 100],
    [of('CHAR', { length: 3 }), {}, (value: string) => value.length === 3],
    [of('VARCHAR', { length: 9 }), { 'var-len': 'true' }, (value: string) => value.length >= 1 && value.length <= 9],
    [
      of('TIMESTAMP_LTZ', { precision: 3 }),
      { 'max-past': '10 s' },
      (value: number) => value > 990_000 && value <= 1_000_000,
    ],
    [of('ARRAY', { element: of('INT') }), { length: '2' }, (value: number[]) => value.length === 2],
  ])('of %j with %j keep to their bounds and differ', (type, given, fits) => {
    const found = values(type, given);
    expect(found.filter((value) => !fits(value as never))).toEqual([]);
    expect(new Set(found.map(String)).size).toBeGreaterThan(1);
  });

  test('reach both ends of a small range, and are NULL as often as was asked', () => {
    expect(new Set(values(of('INT'), { min: '1', max: '4' }))).toEqual(new Set([1, 2, 3, 4]));
    const nulls = values(of('INT'), { 'null-rate': '0.3' }, 5_000).filter((value) => value === null).length;
    expect(nulls / 5_000).toBeGreaterThan(0.25);
    expect(nulls / 5_000).toBeLessThan(0.35);
  });

  test('depend on seed and row alone', () => {
    expect(values(of('BIGINT'), {}, 50)).toEqual(values(of('BIGINT'), {}, 50));
    expect(new Set(values(of('BIGINT'), {}, 5_000).map(String)).size).toBe(5_000);
  });
});

test.each<readonly [DataType, readonly Value[]]>([
  [of('INT'), [5, 6, 7]],
  [of('VARCHAR', { length: 9 }), ['5', '6', '7']],
  [of('DECIMAL', { precision: 9, scale: 2 }), [500, 600, 700]],
  [of('DOUBLE'), [5, 6, 7]],
])('a sequence of %j counts from start to end', (type, expected) => {
  const { generate, count } = sequenceField(type, options({ start: '5', end: '7' }));
  expect(Array.from({ length: count }, (_, row) => generate(context(row)))).toEqual(expected);
});
