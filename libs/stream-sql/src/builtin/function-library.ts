import type { FunctionLibrary } from '../engine/function-library.ts';
import { inlineCast } from '../values/cast/inline-cast.ts';
import { castFor } from '../values/cast.ts';
import { valueOfLiteral } from '../values/literal.ts';
import { typeName } from '../values/type-name.ts';
import { aggregateFunction, scalarFunction } from './registry.ts';

/** All functions, casts and literals of this library, for the engine. */
export const FUNCTIONS: FunctionLibrary = {
  scalar: scalarFunction,
  aggregate: aggregateFunction,
  cast(from, to, safe, context) {
    const cast = castFor(from, to, safe, context);
    if (cast === undefined) throw new Error(`the plan casts ${typeName(from)} to ${typeName(to)}, which no cast does`);
    return cast;
  },
  inlineCast,
  literal: (type, value) => valueOfLiteral(value, type),
};
