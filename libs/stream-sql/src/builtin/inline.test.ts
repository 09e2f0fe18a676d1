import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryValue } from '../values/testing/arbitrary-value.ts';
import type { DataType, Value } from '../values/data-type.ts';
import { sourceOfLiteral } from '../values/literal.ts';
import { char, decimal, simple, string, timestamp, varchar, withNullable } from '../values/types.ts';
import { typeName } from '../values/type-name.ts';
import { zoneOf } from '../values/zone.ts';
import { scalarFunctions } from './registry.ts';
import type { Argument, EvaluationContext, ScalarFunction } from './signature.ts';

const context: EvaluationContext = { zone: zoneOf('UTC'), zoneName: 'UTC', now: () => 0, random: () => 0.5 };

const TYPES: readonly DataType[] = [
  ...(['BOOLEAN', 'TINYINT', 'SMALLINT', 'INT', 'BIGINT', 'FLOAT', 'DOUBLE', 'DATE'] as const).map((kind) =>
    simple(kind, false),
  ),
  decimal(5, 2, false),
  decimal(9, 2, false),
  decimal(30, 4, false),
  decimal(38, 10, false),
  string(false),
  varchar(5, false),
  char(3, false),
  timestamp(3, false),
  timestamp(6, false),
];

/** Pairs of types are what operators take; a function of three takes one type three times here, or a condition first. */
function* argumentLists(): Generator<readonly DataType[]> {
  yield [];
  for (const a of TYPES) {
    yield [a];
    yield [withNullable(a, true)];
    for (const b of TYPES) {
      yield [a, b];
      yield [withNullable(a, true), b];
    }
    yield [a, a, a];
    yield [withNullable(a, true), withNullable(a, true), a];
    yield [simple('BOOLEAN', true), a, withNullable(a, true)];
  }
}

interface Case {
  readonly args: readonly Argument[];
  readonly result: DataType;
  readonly compiled: (...values: Value[]) => Value;
  readonly expression: string;
}

const NAMES = ['a', 'b', 'c'];

/** With names for arguments, and with a literal as the last one. */
function casesOf(scalar: ScalarFunction): Case[] {
  const found: Case[] = [];
  for (const types of argumentLists()) {
    for (const literal of literalsOf(types.at(-1))) {
      const given = types.map((type, at) => ({ type, literal: at === types.length - 1 ? literal : undefined }));
      const resolution = scalar.resolve(given);
      if (resolution === undefined || typeof resolution === 'string') continue;
      const { parameters, result } = resolution;
      const args = given.map((argument, at) => ({ type: parameters[at]!, literal: argument.literal }));
      // A literal that must be cast first is no literal of this type.
      if (literal !== undefined && typeName(parameters.at(-1)!) !== typeName(types.at(-1)!)) continue;
      const sources = args.map((argument, at) =>
        argument.literal === undefined ? NAMES[at]! : sourceOfLiteral(argument.literal as never, argument.type)!,
      );
      const expression = scalar.inline!(sources, parameters, result);
      if (expression === undefined) continue;
      const compiled = new Function(...NAMES, `return ${expression};`) as Case['compiled'];
      found.push({ args, result, compiled, expression });
    }
  }
  return found;
}

function literalsOf(type: DataType | undefined): readonly (Value | undefined)[] {
  if (type?.kind === 'INT' || type?.kind === 'BIGINT') return [undefined, 7, -3, 1, 0, 123];
  return type?.kind === 'VARCHAR' ? [undefined, 'a'] : [undefined];
}

const withInline = [...scalarFunctions()].filter((scalar) => scalar.inline !== undefined);

describe('the expression of a function gives what its evaluation gives', () => {
  test.each(withInline.map((scalar) => [scalar.name, scalar] as const))('%s', (_, scalar) => {
    const cases = casesOf(scalar);
    expect(cases.length, 'no arguments of this test reach the expression').toBeGreaterThan(0);
    for (const { args, result, compiled, expression } of cases) {
      const evaluate = scalar.evaluate(args, result, context) as (...values: Value[]) => Value;
      const values = fc.tuple(
        ...args.map(({ type, literal }) =>
          literal === undefined
            ? arbitraryValue(scalar.nulls === 'strict' ? withNullable(type, false) : type)
            : fc.constant(literal),
        ),
      );
      fc.assert(
        fc.property(values, (given) => {
          expect(
            compiled(...given),
            `${expression} of ${args.map(({ type }) => typeName(type)).join(', ')}`,
          ).toStrictEqual(evaluate(...given));
        }),
        { numRuns: 60 },
      );
    }
  });
});
