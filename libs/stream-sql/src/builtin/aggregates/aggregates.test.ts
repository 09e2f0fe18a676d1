import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryValue } from '../../values/testing/arbitrary-value.ts';
import type { DataType, Value } from '../../values/data-type.ts';
import { valueText } from '../../values/text.ts';
import { array, decimal, DOUBLE, INT, simple, STRING } from '../../values/types.ts';
import { typeName } from '../../values/type-name.ts';
import { aggregateFunction, aggregateFunctions } from '../registry.ts';
import type { Argument, BoundAggregate, Resolution, Slots } from '../signature.ts';
import { context } from '../testing/evaluate.ts';

const TINYINT = simple('TINYINT');
const SMALLINT = simple('SMALLINT');
const BIGINT = simple('BIGINT');
const FLOAT = simple('FLOAT');

function bound(
  name: string,
  types: readonly DataType[],
  retracting = false,
): { aggregate: BoundAggregate; result: DataType } {
  const aggregate = aggregateFunction(name)!;
  const args: Argument[] = types.map((type) => ({ type, literal: undefined }));
  const { result, parameters } = aggregate.resolve(args) as Resolution;
  return {
    aggregate: aggregate.bind(
      parameters.map((type) => ({ type, literal: undefined })),
      result,
      context,
      retracting,
    ),
    result,
  };
}

function over(aggregate: BoundAggregate, rows: readonly (readonly Value[])[]): Slots {
  const slots: Slots = ['before'];
  aggregate.start(slots, 1);
  slots[1 + aggregate.width] = 'after';
  for (const row of rows) aggregate.add(slots, 1, ...row);
  return slots;
}

const N = null;
/** Asked of Flink 2.2.0 with SELECT name(x) FROM (VALUES ...). */
const ANSWERS: readonly [string, readonly DataType[], readonly (readonly Value[])[], string, string][] = [
  ['COUNT', [], [[], []], '2', 'BIGINT NOT NULL'],
  ['COUNT', [INT], [[1], [N]], '1', 'BIGINT NOT NULL'],
  ['SUM', [INT], [[1], [2], [2], [N]], '5', 'INT'],
  ['SUM', [BIGINT], [[1], [2], [5], [N]], '8', 'BIGINT'],
  ['SUM', [decimal(3, 2)], [[150], [225], [425], [N]], '8.00', 'DECIMAL(38, 2)'],
  ['SUM', [DOUBLE], [[1.5], [2.5], [4.5]], '8.5', 'DOUBLE'],
  ['SUM', [INT], [[2_147_483_647], [1]], '-2147483648', 'INT'],
  ['SUM', [TINYINT], [[100], [100]], '-56', 'TINYINT'],
  ['SUM', [SMALLINT], [[100], [100]], '200', 'SMALLINT'],
  ['SUM', [BIGINT], [[9_223_372_036_854_775_807n], [1]], '-9223372036854775808', 'BIGINT'],
  ['SUM', [decimal(38, 0)], [[10n ** 38n - 1n], [1]], 'NULL', 'DECIMAL(38, 0)'],
  ['SUM', [INT], [], 'NULL', 'INT'],
  ['SUM', [INT], [[N]], 'NULL', 'INT'],
  ['AVG', [INT], [[1], [2], [2], [N]], '1', 'INT'],
  ['AVG', [INT], [[-1], [-2]], '-1', 'INT'],
  ['AVG', [BIGINT], [[1], [2], [5]], '2', 'BIGINT'],
  ['AVG', [INT], [[2_147_483_647], [1]], '1073741824', 'INT'],
  ['AVG', [BIGINT], [[9_223_372_036_854_775_807n], [1]], '-4611686018427387904', 'BIGINT'],
  ['AVG', [TINYINT], [[100], [100]], '100', 'TINYINT'],
  ['AVG', [decimal(3, 2)], [[150], [225], [425]], '2.666667', 'DECIMAL(38, 6)'],
  ['AVG', [DOUBLE], [[1.5], [2.5], [4.5]], '2.8333333333333335', 'DOUBLE'],
  ['AVG', [FLOAT], [[1.5], [2.5], [4.5]], '2.8333333', 'FLOAT'],
  ['MIN', [INT], [[1], [2], [N]], '1', 'INT'],
  ['MAX', [STRING], [['a'], ['b'], [N]], 'b', 'STRING'],
  ['MAX', [DOUBLE], [[Number.NaN], [1]], 'NaN', 'DOUBLE'],
  ['MAX', [simple('BOOLEAN')], [[true], [false]], 'TRUE', 'BOOLEAN'],
  ['STDDEV_POP', [INT], [[1], [2], [2]], '0', 'INT'],
  ['STDDEV_POP', [DOUBLE], [[1.5], [2.5], [4.5]], '1.2472191289246473', 'DOUBLE'],
  ['STDDEV_SAMP', [DOUBLE], [[1.5], [2.5], [4.5]], '1.5275252316519468', 'DOUBLE'],
  ['VAR_POP', [DOUBLE], [[1.5], [2.5], [4.5]], '1.555555555555556', 'DOUBLE'],
  ['VAR_SAMP', [DOUBLE], [[1.5], [2.5], [4.5]], '2.333333333333334', 'DOUBLE'],
  ['VARIANCE', [DOUBLE], [[1.5], [2.5], [4.5]], '2.333333333333334', 'DOUBLE'],
  ['STDDEV_POP', [decimal(3, 2)], [[150], [225], [425]], '1.160699', 'DECIMAL(38, 6)'],
  ['VAR_SAMP', [decimal(3, 2)], [[150], [225], [425]], '2.020834', 'DECIMAL(38, 6)'],
  ['VAR_POP', [BIGINT], [[1], [2], [5]], '3', 'BIGINT'],
  ['VAR_POP', [FLOAT], [[1.5], [2.5], [4.5]], '1.5555553', 'FLOAT'],
  ['VAR_SAMP', [INT], [[1]], 'NULL', 'INT'],
  ['VAR_POP', [INT], [[1]], '0', 'INT'],
  ['COLLECT', [INT], [[1], [2], [2], [N]], '{1=1, 2=2}', 'MULTISET<INT> NOT NULL'],
  ['LISTAGG', [STRING], [['a'], ['b'], ['b'], [N]], 'a,b,b', 'STRING'],
  [
    'LISTAGG',
    [STRING, STRING],
    [
      ['a', '-'],
      ['b', '-'],
      ['b', '-'],
    ],
    'a-b-b',
    'STRING',
  ],
  ['ARRAY_AGG', [STRING], [['a'], ['b'], ['b'], [N]], '[a, b, b, NULL]', 'ARRAY<STRING>'],
  ['ARRAY_AGG', [INT], [], 'NULL', 'ARRAY<INT>'],
  ['FIRST_VALUE', [INT], [[N], [1], [2]], '1', 'INT'],
  ['LAST_VALUE', [INT], [[1], [2], [N]], '2', 'INT'],
  [
    'JSON_OBJECTAGG_NULL_ON_NULL',
    [STRING, INT],
    [
      ['b', 1],
      ['a', N],
      ['c', 2],
    ],
    '{"a":null,"b":1,"c":2}',
    'VARCHAR(2000) NOT NULL',
  ],
  [
    'JSON_OBJECTAGG_ABSENT_ON_NULL',
    [STRING, INT],
    [
      ['b', 1],
      ['a', N],
      ['c', 2],
    ],
    '{"b":1,"c":2}',
    'VARCHAR(2000) NOT NULL',
  ],
  ['JSON_ARRAYAGG_ABSENT_ON_NULL', [STRING], [['a'], ['b'], [N]], '["a","b"]', 'VARCHAR(2000) NOT NULL'],
  ['JSON_ARRAYAGG_NULL_ON_NULL', [STRING], [['a'], [N]], '["a",null]', 'VARCHAR(2000) NOT NULL'],
  ['JSON_ARRAYAGG_ABSENT_ON_NULL', [decimal(3, 2)], [[150], [225]], '[1.50,2.25]', 'VARCHAR(2000) NOT NULL'],
  [
    'PERCENTILE',
    [INT, DOUBLE],
    [
      [1, 0.5],
      [2, 0.5],
      [2, 0.5],
      [N, 0.5],
    ],
    '2.0',
    'DOUBLE',
  ],
  [
    'PERCENTILE',
    [DOUBLE, array(DOUBLE)],
    [
      [1.5, [0.25, 0.5]],
      [2.5, [0.25, 0.5]],
      [4.5, [0.25, 0.5]],
    ],
    '[2.0, 2.5]',
    'ARRAY<DOUBLE>',
  ],
  [
    'PERCENTILE',
    [INT, DOUBLE, INT],
    [
      [1, 0.3, 2],
      [2, 0.3, 2],
      [2, 0.3, 2],
    ],
    '1.5',
    'DOUBLE',
  ],
  ['LAG', [INT], [[1], [2], [3]], '2', 'INT'],
  [
    'LAG',
    [INT, INT, INT],
    [
      [1, 2, 9],
      [2, 2, 9],
    ],
    '9',
    'INT',
  ],
  ['ROW_NUMBER', [], [[], [], []], '3', 'BIGINT NOT NULL'],
];

describe("aggregates give Flink's answers", () => {
  test.each(ANSWERS)('%s of %s', (name, types, rows, text, type) => {
    const { aggregate, result } = bound(name, types);
    const slots = over(aggregate, rows);
    expect([valueText(aggregate.result(slots, 1), result), typeName(result)]).toEqual([text, type]);
    expect([slots[0], slots[1 + aggregate.width], slots.length]).toEqual(['before', 'after', aggregate.width + 2]);
  });

  test('a key that comes twice fails JSON_OBJECTAGG', () => {
    const { aggregate } = bound('JSON_OBJECTAGG_NULL_ON_NULL', [STRING, INT]);
    expect(() =>
      over(aggregate, [
        ['b', 1],
        ['b', 2],
      ]),
    ).toThrow('comes twice');
  });
});

/** Arguments of each aggregate for random rows. Floating-point sums depend on the order, so numbers are exact here. */
const RANDOM: Readonly<Record<string, readonly DataType[][]>> = {
  COUNT: [[], [INT]],
  ...Object.fromEntries(['SUM', 'SUM0', 'AVG'].map((name) => [name, [[TINYINT], [INT], [BIGINT], [decimal(9, 2)]]])),
  ...Object.fromEntries(['MIN', 'MAX'].map((name) => [name, [[INT], [BIGINT], [STRING], [decimal(30, 2)]]])),
  ...Object.fromEntries(
    ['STDDEV_POP', 'STDDEV_SAMP', 'STDDEV', 'VAR_POP', 'VAR_SAMP', 'VARIANCE'].map((name) => [
      name,
      [[INT], [decimal(9, 2)]],
    ]),
  ),
  COLLECT: [[INT], [array(INT)]],
  ARRAY_AGG: [[INT]],
  LISTAGG: [[STRING]],
  FIRST_VALUE: [[INT], [array(INT)]],
  LAST_VALUE: [[INT]],
  JSON_ARRAYAGG_NULL_ON_NULL: [[INT]],
  JSON_ARRAYAGG_ABSENT_ON_NULL: [[STRING]],
  PERCENTILE: [],
  JSON_OBJECTAGG_NULL_ON_NULL: [],
  JSON_OBJECTAGG_ABSENT_ON_NULL: [],
  SINGLE_VALUE: [],
  ROW_NUMBER: [],
  LAG: [],
};
const random = Object.entries(RANDOM).flatMap(([name, lists]) => lists.map((types) => [name, types] as const));
const rowsOf = (types: readonly DataType[]): fc.Arbitrary<Value[][]> =>
  fc.array(fc.tuple(...types.map((type) => arbitraryValue(type))), { maxLength: 12 });

describe('state is what the rows that are left make it', () => {
  test('every aggregate is in this test', () => {
    expect([...aggregateFunctions()].map(({ name }) => name).filter((name) => RANDOM[name] === undefined)).toEqual([]);
  });

  test.each(random)('%s of %j: rows that are taken back leave the answer of those that stay', (name, types) => {
    const { aggregate } = bound(name, types, true);
    fc.assert(
      fc.property(rowsOf(types), rowsOf(types), (before, after) => {
        const slots = over(aggregate, before);
        for (const row of after) aggregate.add(slots, 1, ...row);
        for (const row of before) aggregate.retract!(slots, 1, ...row);
        expect(aggregate.result(slots, 1)).toStrictEqual(aggregate.result(over(aggregate, after), 1));
      }),
    );
  });

  const merging = random.filter(([name, types]) => bound(name, types).aggregate.merge !== undefined);
  test.each(merging.flatMap(([name, types]) => [[name, types, false] as const, [name, types, true] as const]))(
    '%s of %j: two halves that are put together give the answer of the whole (retracting: %s)',
    (name, types, retracting) => {
      const { aggregate } = bound(name, types, retracting);
      fc.assert(
        fc.property(rowsOf(types), rowsOf(types), (first, second) => {
          const slots = over(aggregate, first);
          aggregate.merge!(slots, 1, over(aggregate, second), 1);
          expect(aggregate.result(slots, 1)).toStrictEqual(aggregate.result(over(aggregate, [...first, ...second]), 1));
        }),
      );
    },
  );

  test.each(random)('%s of %j: retracting or not, the answer is the same', (name, types) => {
    fc.assert(
      fc.property(rowsOf(types), (rows) => {
        const [plain, retracting] = [bound(name, types).aggregate, bound(name, types, true).aggregate];
        expect(plain.result(over(plain, rows), 1)).toStrictEqual(retracting.result(over(retracting, rows), 1));
      }),
    );
  });
});
