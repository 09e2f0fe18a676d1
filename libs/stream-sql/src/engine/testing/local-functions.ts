import {
  EvaluationError,
  type AggregateFunction,
  type BoundAggregate,
  type ScalarFunction,
} from '../../builtin/signature.ts';
import { compareValues } from '../code/compare-values.ts';
import type { FunctionLibrary } from '../function-library.ts';
import type { DataType, Value } from '../../values/data-type.ts';
import { valueOfLiteral } from '../../values/literal.ts';

/** A few functions for the engine's own tests: each kind of a function that code generation tells apart. */

const unresolved = (): undefined => undefined;

const strict = (
  name: string,
  evaluate: (...values: never[]) => Value,
  inline?: (args: readonly string[]) => string,
): ScalarFunction => ({
  name,
  syntax: name,
  family: 'test',
  nulls: 'strict',
  resolve: unresolved,
  evaluate: () => evaluate as (...values: Exclude<Value, null>[]) => Value,
  ...(inline === undefined ? {} : { inline }),
});

const own = (name: string, evaluate: (...values: Value[]) => Value): ScalarFunction => ({
  name,
  syntax: name,
  family: 'test',
  nulls: 'own',
  resolve: unresolved,
  evaluate: () => evaluate as (...values: Exclude<Value, null>[]) => Value,
});

const scalars: readonly ScalarFunction[] = [
  strict(
    '+',
    (a: number, b: number) => a + b,
    ([a, b]) => `${a} + ${b}`,
  ),
  strict(
    '-',
    (a: number, b: number) => a - b,
    ([a, b]) => `${a} - ${b}`,
  ),
  strict('*', (a: number, b: number) => a * b),
  strict('/', (a: number, b: number) => {
    if (b === 0) throw new EvaluationError('division-by-zero', '/ by zero');
    return Math.trunc(a / b);
  }),
  strict(
    '%',
    (a: number, b: number) => a % b,
    ([a, b]) => `${a} % ${b}`,
  ),
  strict(
    '=',
    (a: number, b: number) => a === b,
    ([a, b]) => `${a} === ${b}`,
  ),
  strict(
    '<>',
    (a: number, b: number) => a !== b,
    ([a, b]) => `${a} !== ${b}`,
  ),
  strict(
    '<',
    (a: number, b: number) => a < b,
    ([a, b]) => `${a} < ${b}`,
  ),
  strict(
    '>=',
    (a: number, b: number) => a >= b,
    ([a, b]) => `${a} >= ${b}`,
  ),
  strict(
    '<=',
    (a: number, b: number) => a <= b,
    ([a, b]) => `${a} <= ${b}`,
  ),
  strict(
    'NOT',
    (a: boolean) => !a,
    ([a]) => `!${a}`,
  ),
  strict('UPPER', (a: string) => a.toUpperCase()),
  own('IS NULL', (a) => a === null),
  own('AND', (a, b) => (a === false || b === false ? false : a === null || b === null ? null : true)),
  own('OR', (a, b) => (a === true || b === true ? true : a === null || b === null ? null : false)),
  own('COALESCE', (...values) => values.find((value) => value !== null) ?? null),
  own('IF', (condition, a, b) => (condition === true ? a! : b!)),
  {
    name: 'RAND',
    syntax: 'RAND()',
    family: 'test',
    nulls: 'strict',
    volatile: true,
    resolve: unresolved,
    evaluate: (_args, _result, context) => () => context.random(),
  },
  {
    name: 'PROCTIME',
    syntax: 'PROCTIME()',
    family: 'test',
    nulls: 'strict',
    volatile: true,
    resolve: unresolved,
    evaluate: (_args, _result, context) => () => context.now(),
  },
];

const aggregate = (name: string, bind: (retracting: boolean) => BoundAggregate): AggregateFunction => ({
  name,
  syntax: name,
  resolve: unresolved,
  bind: (_args, _result, _context, retracting) => bind(retracting),
});

const number = (value: unknown): number => value as number;

const count: BoundAggregate = {
  width: 1,
  start: (slots, at) => void (slots[at] = 0),
  add: (slots, at, ...args) => void (args[0] !== null && (slots[at] = number(slots[at]) + 1)),
  retract: (slots, at, ...args) => void (args[0] !== null && (slots[at] = number(slots[at]) - 1)),
  merge: (slots, at, other, otherAt) => void (slots[at] = number(slots[at]) + number(other[otherAt])),
  result: (slots, at) => number(slots[at]),
};

const sum: BoundAggregate = {
  width: 2,
  start: (slots, at) => void ((slots[at] = 0), (slots[at + 1] = 0)),
  add: (slots, at, value) => {
    if (value === null) return;
    slots[at] = number(slots[at]) + number(value);
    slots[at + 1] = number(slots[at + 1]) + 1;
  },
  retract: (slots, at, value) => {
    if (value === null) return;
    slots[at] = number(slots[at]) - number(value);
    slots[at + 1] = number(slots[at + 1]) - 1;
  },
  merge: (slots, at, other, otherAt) => {
    slots[at] = number(slots[at]) + number(other[otherAt]);
    slots[at + 1] = number(slots[at + 1]) + number(other[otherAt + 1]);
  },
  result: (slots, at) => (slots[at + 1] === 0 ? null : number(slots[at])),
};

const maxOnly: BoundAggregate = {
  width: 1,
  start: (slots, at) => void (slots[at] = null),
  add: (slots, at, value) => {
    if (value !== null && (slots[at] === null || compareValues(value!, slots[at] as Value) > 0)) slots[at] = value!;
  },
  merge: (slots, at, other, otherAt) => maxOnly.add(slots, at, other[otherAt] as Value),
  result: (slots, at) => slots[at] as Value,
};

/** MAX that keeps all values with their counts. */
const maxOfMany: BoundAggregate = {
  width: 1,
  start: (slots, at) => void (slots[at] = new Map<Value, Value>()),
  add: (slots, at, value) => {
    const values = slots[at] as Map<Value, number>;
    if (value !== null) values.set(value!, (values.get(value!) ?? 0) + 1);
  },
  retract: (slots, at, value) => {
    const values = slots[at] as Map<Value, number>;
    const left = (values.get(value!) ?? 0) - 1;
    if (left > 0) values.set(value!, left);
    else values.delete(value!);
  },
  result: (slots, at) => {
    let best: Value = null;
    for (const value of (slots[at] as Map<Value, number>).keys())
      if (best === null || compareValues(value, best) > 0) best = value;
    return best;
  },
};

/** Keeps the order of its rows, so it cannot be merged. */
const listing: BoundAggregate = {
  width: 1,
  start: (slots, at) => void (slots[at] = null),
  add: (slots, at, value) => {
    if (value !== null) slots[at] = slots[at] === null ? String(value) : `${String(slots[at])},${String(value)}`;
  },
  result: (slots, at) => slots[at] as Value,
};

const aggregates: readonly AggregateFunction[] = [
  { ...aggregate('COUNT', () => count), bind: (args) => (args.length === 0 ? countRows : count) },
  aggregate('SUM', () => sum),
  aggregate('MAX', (retracting) => (retracting ? maxOfMany : maxOnly)),
  aggregate('LISTAGG', () => listing),
];

const countRows: BoundAggregate = {
  ...count,
  add: (slots, at) => void (slots[at] = number(slots[at]) + 1),
  retract: (slots, at) => void (slots[at] = number(slots[at]) - 1),
};

const byName = new Map(scalars.map((fn) => [fn.name, fn]));
const aggregatesByName = new Map(aggregates.map((fn) => [fn.name, fn]));

export const localFunctions: FunctionLibrary = {
  scalar: (name) => byName.get(name),
  aggregate: (name) => aggregatesByName.get(name),
  cast: (_from: DataType, to: DataType, safe) => (value) => {
    if (to.kind === 'VARCHAR') return String(value);
    const number = Number(value);
    if (!Number.isNaN(number)) return number;
    if (safe) return null;
    throw new EvaluationError('cast-failed', `${String(value)} is no number`);
  },
  literal: (type, value) => valueOfLiteral(value, type),
};
