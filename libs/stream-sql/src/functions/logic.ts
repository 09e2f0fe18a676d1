import { simple, type DataType } from '../types/data-type.ts';
import { anyNullable, strict, type Resolution, type ScalarFunction } from './signature.ts';

const booleans = (args: readonly DataType[]): Resolution | undefined =>
  args.every((type) => type.kind === 'BOOLEAN' || type.kind === 'NULL')
    ? { result: simple('BOOLEAN', anyNullable(args)), parameters: args.map(() => simple('BOOLEAN')) }
    : undefined;

/** Three-valued: `false AND NULL` is false, `true AND NULL` is NULL. */
const and: ScalarFunction = {
  name: 'AND',
  syntax: 'boolean AND boolean',
  resolve: booleans,
  compile:
    ([a, b]) =>
    (row) => {
      const x = a!(row);
      if (x === false) return false;
      const y = b!(row);
      return y === false ? false : x === null || y === null ? null : true;
    },
};

const or: ScalarFunction = {
  name: 'OR',
  syntax: 'boolean OR boolean',
  resolve: booleans,
  compile:
    ([a, b]) =>
    (row) => {
      const x = a!(row);
      if (x === true) return true;
      const y = b!(row);
      return y === true ? true : x === null || y === null ? null : false;
    },
};

const not: ScalarFunction = {
  name: 'NOT',
  syntax: 'NOT boolean',
  resolve: booleans,
  compile: (args) => strict(args, (value) => !value),
};

const isNull: ScalarFunction = {
  name: 'IS NULL',
  syntax: 'value IS NULL',
  resolve: (args) => ({ result: simple('BOOLEAN', false), parameters: args }),
  compile:
    ([a]) =>
    (row) =>
      a!(row) === null,
};

const isTruth = (name: string, expected: boolean): ScalarFunction => ({
  name,
  syntax: `boolean ${name}`,
  resolve: (args) => {
    const resolved = booleans(args);
    return resolved === undefined ? undefined : { ...resolved, result: simple('BOOLEAN', false) };
  },
  compile:
    ([a]) =>
    (row) =>
      a!(row) === expected,
});

export const LOGIC: readonly ScalarFunction[] = [
  and,
  or,
  not,
  isNull,
  isTruth('IS TRUE', true),
  isTruth('IS FALSE', false),
];
