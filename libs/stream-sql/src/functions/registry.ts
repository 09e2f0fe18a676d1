import { ARITHMETIC } from './arithmetic.ts';
import { COMPARISON } from './comparison.ts';
import { CONDITIONAL } from './conditional.ts';
import { LOGIC } from './logic.ts';
import type { ScalarFunction } from './signature.ts';
import { TEMPORAL } from './temporal.ts';
import { TEXT } from './text.ts';

/** Every scalar function and operator, by the name that plans use. */
export const SCALAR_FUNCTIONS: ReadonlyMap<string, ScalarFunction> = new Map(
  [...LOGIC, ...COMPARISON, ...ARITHMETIC, ...TEMPORAL, ...TEXT, ...CONDITIONAL].map((fn) => [fn.name, fn]),
);

const WRITTEN_AS_CALL = /^[A-Z_]+$/;
const OPERATOR_WORDS = new Set(['AND', 'OR', 'NOT', 'LIKE', 'NEGATE']);

/** Names that may be called as NAME(...), for hints. */
export const callableFunctions = (): string[] =>
  [...SCALAR_FUNCTIONS.keys()].filter((name) => WRITTEN_AS_CALL.test(name) && !OPERATOR_WORDS.has(name)).sort();
