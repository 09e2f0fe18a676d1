import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { castExists, castFor, isSameValue } from './cast.ts';
import { inlineCast } from './cast/inline-cast.ts';
import type { DataType, Value } from './data-type.ts';
import { literalOf, valueOfLiteral } from './literal.ts';
import { arbitraryValue } from './testing/arbitrary-value.ts';
import {
  array,
  bytes,
  char,
  decimal,
  isPrimitive,
  map,
  row,
  simple,
  string,
  time,
  timestamp,
  timestampLtz,
  varchar,
  withNullable,
} from './types.ts';
import { typeName } from './type-name.ts';
import { zoneOf } from './zone.ts';

const context = { zone: zoneOf('Europe/Berlin') };
const PLAIN: readonly DataType[] = [
  ...(
    [
      'BOOLEAN',
      'TINYINT',
      'SMALLINT',
      'INT',
      'BIGINT',
      'FLOAT',
      'DOUBLE',
      'DATE',
      'INTERVAL_MS',
      'INTERVAL_MONTHS',
    ] as const
  ).map((kind) => simple(kind, false)),
  decimal(9, 2, false),
  decimal(38, 10, false),
  string(false),
  varchar(4, false),
  char(3, false),
  bytes(false),
  time(0, false),
  timestamp(0, false),
  timestamp(3, false),
  timestamp(6, false),
  timestamp(9, false),
];
const ALL: readonly DataType[] = [
  ...PLAIN,
  timestampLtz(3, false),
  timestampLtz(9, false),
  array(simple('INT'), false),
  map(string(), simple('INT'), false),
  row([{ name: 'a', type: simple('INT') }], false),
];
const names = (types: readonly DataType[]): [string, DataType][] => types.map((type) => [typeName(type), type]);

describe('casts', () => {
  test.each(
    names(
      PLAIN.filter(
        ({ kind }) => !['FLOAT', 'DOUBLE', 'VARBINARY', 'INTERVAL_MS', 'INTERVAL_MONTHS', 'CHAR'].includes(kind),
      ),
    ),
  )('%s to STRING and back is the same value', (_, type) => {
    const to = castFor(type, string(false), false, context)!;
    const back = castFor(string(false), type, false, context)!;
    fc.assert(fc.property(arbitraryValue(type), (value) => void expect(back(to(value!)!)).toStrictEqual(value)));
  });

  test.each(names([simple('FLOAT', false), simple('DOUBLE', false)]))(
    '%s to STRING and back is the same number',
    (_, type) => {
      const to = castFor(type, string(false), false, context)!;
      const back = castFor(string(false), type, false, context)!;
      fc.assert(
        fc.property(arbitraryValue(type), (value) => void expect(back(to(value!)!)).toBe(value)),
        { numRuns: 2000 },
      );
    },
  );

  test('an inlined cast gives what the cast gives', () => {
    let inlined = 0;
    for (const from of PLAIN) {
      for (const to of PLAIN) {
        const expression = castExists(from, to) ? inlineCast('a', from, to) : undefined;
        if (expression === undefined) continue;
        inlined++;
        const compiled = new Function('a', `return ${expression};`) as (value: Value) => Value;
        const cast = castFor(from, to, false, context)!;
        fc.assert(
          fc.property(
            arbitraryValue(from),
            (value) => void expect(compiled(value), `${typeName(from)} to ${typeName(to)}`).toStrictEqual(cast(value!)),
          ),
          { numRuns: 50 },
        );
      }
    }
    expect(inlined).toBeGreaterThan(40);
  });

  test('TRY_CAST of any value never throws, and is what CAST gives where CAST does not', () => {
    for (const from of ALL) {
      for (const to of ALL) {
        if (!castExists(from, to)) continue;
        const [cast, tryCast] = [castFor(from, to, false, context)!, castFor(from, to, true, context)!];
        fc.assert(
          fc.property(arbitraryValue(from), (value) => {
            const safe = tryCast(value!);
            let strict: Value = null;
            try {
              strict = cast(value!);
            } catch {
              expect(safe).toBeNull();
              return;
            }
            expect(safe).toStrictEqual(strict);
          }),
          { numRuns: 15 },
        );
      }
    }
  });

  test('where no value changes the cast is left out', () => {
    for (const from of PLAIN)
      for (const to of PLAIN)
        if (isSameValue(from, to)) {
          const cast = castFor(from, to, false, context)!;
          fc.assert(
            fc.property(arbitraryValue(from), (value) => void expect(cast(value!)).toBe(value)),
            { numRuns: 5 },
          );
        }
  });

  test('literals of a plan hold every value, through JSON', () => {
    for (const type of ALL.filter((one) => isPrimitive(one) || one.kind === 'VARBINARY')) {
      fc.assert(
        fc.property(arbitraryValue(withNullable(type, true)), (value) => {
          const stored = JSON.parse(JSON.stringify(literalOf(value, type))) as ReturnType<typeof literalOf>;
          expect(valueOfLiteral(stored, type)).toStrictEqual(value);
        }),
      );
    }
  });
});
