import { aggregateFunction, scalarFunction } from '../builtin/registry.ts';
import { inlineCast } from '../values/cast/inline-cast.ts';
import { castFor } from '../values/cast.ts';
import { valueOfLiteral } from '../values/literal.ts';
import type { FunctionLibrary } from './function-library.ts';

/** Flink's functions, as `builtin/` has them. */
export const builtinLibrary: FunctionLibrary = {
  scalar: scalarFunction,
  aggregate: aggregateFunction,
  cast: (from, to, safe, context) => {
    const convert = castFor(from, to, safe, context);
    if (convert === undefined) throw new Error(`the plan casts ${from.kind} to ${to.kind}`);
    return convert;
  },
  inlineCast,
  literal: (type, value) => valueOfLiteral(value, type),
};
