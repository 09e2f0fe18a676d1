import type { Value } from '../../values/data-type.ts';
import { BOOLEAN, nullableWith, simple } from '../../values/types.ts';
import { strict, withNulls } from '../define.ts';
import type { ScalarFunction } from '../signature.ts';

const isBooleanLike = (kind: string): boolean => kind === 'BOOLEAN' || kind === 'NULL';

/** Three-valued; code that is generated for AND and OR evaluates no operand that cannot matter. */
const connective = (name: 'AND' | 'OR', decides: boolean): ScalarFunction => ({
  name,
  syntax: `boolean ${name} boolean`,
  family: 'logical',
  nulls: 'own',
  resolve: (args) => {
    if (args.length < 2 || args.some(({ type }) => !isBooleanLike(type.kind))) return undefined;
    const types = args.map(({ type }) => type);
    return { result: nullableWith(BOOLEAN, types), parameters: types.map((type) => nullableWith(BOOLEAN, [type])) };
  },
  evaluate: () =>
    withNulls((...values) => {
      let result: Value = !decides;
      for (const value of values) {
        if (value === decides) return decides;
        if (value === null) result = null;
      }
      return result;
    }),
  inline: (args, types) =>
    types.some(({ nullable }) => nullable) ? undefined : `(${args.join(name === 'AND' ? ' && ' : ' || ')})`,
});

const test = (name: string, holds: (value: Value) => boolean, inline: (value: string) => string): ScalarFunction => ({
  name,
  syntax: `boolean ${name}`,
  family: 'logical',
  nulls: 'own',
  resolve: ([argument, ...others]) =>
    argument !== undefined && others.length === 0 && isBooleanLike(argument.type.kind)
      ? { result: simple('BOOLEAN', false), parameters: [nullableWith(BOOLEAN, [argument.type])] }
      : undefined,
  evaluate: () => withNulls((value = null) => holds(value)),
  inline: ([value]) => inline(value!),
});

export const LOGIC: readonly ScalarFunction[] = [
  connective('AND', false),
  connective('OR', true),
  strict('logical', 'NOT', 'NOT boolean', { required: ['boolean'], result: BOOLEAN }, (value: boolean) => !value, {
    inline: ([value]) => `(!${value})`,
  }),
  test(
    'IS TRUE',
    (value) => value === true,
    (value) => `(${value} === true)`,
  ),
  test(
    'IS NOT TRUE',
    (value) => value !== true,
    (value) => `(${value} !== true)`,
  ),
  test(
    'IS FALSE',
    (value) => value === false,
    (value) => `(${value} === false)`,
  ),
  test(
    'IS NOT FALSE',
    (value) => value !== false,
    (value) => `(${value} !== false)`,
  ),
  test(
    'IS UNKNOWN',
    (value) => value === null,
    (value) => `(${value} === null)`,
  ),
  test(
    'IS NOT UNKNOWN',
    (value) => value !== null,
    (value) => `(${value} !== null)`,
  ),
];
