import { AGGREGATES } from './aggregates/list.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { ARITHMETIC_OPERATORS } from './operators/arithmetic.ts';
import { ARRAYS } from './collection/arrays.ts';
import { COLLECTIONS } from './collection/collections.ts';
import { CONDITIONAL } from './conditional.ts';
import { COMPARISON } from './operators/comparison.ts';
import { JSON_CONSTRUCTION } from './json/construct.ts';
import { JSON_QUERIES } from './json/query.ts';
import { LOGIC } from './operators/logic.ts';
import { CLOCK } from './temporal/clock.ts';
import { EXTRACTING } from './temporal/extract.ts';
import { FORMATTING } from './temporal/formatting.ts';
import { TEXT } from './text/basic.ts';
import { ENCODING } from './text/encoding.ts';
import { LIKE } from './text/like.ts';
import { PRINTF } from './text/printf.ts';
import { REGEX } from './text/regexp.ts';
import { URLS } from './text/url.ts';
import type { AggregateFunction, ScalarFunction } from './signature.ts';

export { castExists, castProblem } from '../values/cast.ts';

const SCALARS: readonly ScalarFunction[] = [
  ...COMPARISON,
  ...LIKE,
  ...LOGIC,
  ...ARITHMETIC_OPERATORS,
  ...ARITHMETIC,
  ...TEXT,
  ...PRINTF,
  ...REGEX,
  ...ENCODING,
  ...URLS,
  ...EXTRACTING,
  ...FORMATTING,
  ...CLOCK,
  ...CONDITIONAL,
  ...COLLECTIONS,
  ...ARRAYS,
  ...JSON_QUERIES,
  ...JSON_CONSTRUCTION,
];

function byName<T extends { readonly name: string }>(all: readonly T[]): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const one of all) {
    if (found.has(one.name)) throw new TypeError(`${one.name} is registered twice`);
    found.set(one.name, one);
  }
  return found;
}

const scalars = byName(SCALARS);
const aggregates = byName(AGGREGATES);

/** By the name in a plan: upper case, or the operator's sign. */
export const scalarFunction = (name: string): ScalarFunction | undefined => scalars.get(name.toUpperCase());
export const aggregateFunction = (name: string): AggregateFunction | undefined => aggregates.get(name.toUpperCase());
export const scalarFunctions = (): Iterable<ScalarFunction> => scalars.values();
export const aggregateFunctions = (): Iterable<AggregateFunction> => aggregates.values();
/** All names that can be called, for "did you mean"; operators are not among them. */
export const functionNames = (): Iterable<string> =>
  [...scalars.keys(), ...aggregates.keys()].filter((name) => /^[A-Z0-9_]+$/.test(name));
