import type { DataType, Value } from '../values/data-type.ts';
import {
  BIGINT,
  BOOLEAN,
  BYTES,
  DOUBLE,
  INT,
  isBytes,
  isInteger,
  isNumeric,
  isString,
  STRING,
  withNullable,
} from '../values/types.ts';
import type { Argument, Resolution, ScalarFunction } from './signature.ts';

/** What a parameter takes: text any CHAR or VARCHAR, int a whole number that fits INT, bigint any whole number, double any number. */
export type Parameter = 'text' | 'int' | 'bigint' | 'double' | 'boolean' | 'bytes' | 'any';

export type Evaluate = (...values: Exclude<Value, null>[]) => Value;
export type NullableEvaluate = (...values: Value[]) => Value;

/** The type that an argument is cast to for a parameter; `undefined` when it does not take it. */
export function taken(parameter: Parameter, { type }: Argument): DataType | undefined {
  const untyped = type.kind === 'NULL';
  switch (parameter) {
    case 'text':
      return isString(type) ? type : untyped ? STRING : undefined;
    case 'int':
      return untyped || (isInteger(type) && type.kind !== 'BIGINT') ? withNullable(INT, type.nullable) : undefined;
    case 'bigint':
      return untyped || isInteger(type) ? withNullable(BIGINT, type.nullable) : undefined;
    case 'double':
      return untyped || isNumeric(type) ? withNullable(DOUBLE, type.nullable) : undefined;
    case 'boolean':
      return untyped || type.kind === 'BOOLEAN' ? withNullable(BOOLEAN, type.nullable) : undefined;
    case 'bytes':
      return isBytes(type) ? type : untyped ? BYTES : undefined;
    case 'any':
      return type;
  }
}

export interface Signature {
  readonly required: readonly Parameter[];
  readonly optional?: readonly Parameter[];
  /** Any number more of these. */
  readonly rest?: Parameter;
  /** Of the result without NULL: it is NOT NULL when all arguments are. */
  readonly result: DataType | ((parameters: readonly DataType[], args: readonly Argument[]) => DataType | undefined);
  /** `always`: the result may be NULL without a NULL among the arguments; `never`: it is not. */
  readonly nullable?: 'always' | 'never';
}

/** The `resolve` of a function with fixed parameters. */
export function resolveBy({ required, optional = [], rest, result, nullable }: Signature): ScalarFunction['resolve'] {
  return (args): Resolution | undefined => {
    if (args.length < required.length) return undefined;
    if (args.length > required.length + optional.length && rest === undefined) return undefined;
    const parameters: DataType[] = [];
    for (const [index, argument] of args.entries()) {
      const parameter = required[index] ?? optional[index - required.length] ?? rest!;
      const type = taken(parameter, argument);
      if (type === undefined) return undefined;
      parameters.push(type);
    }
    const type = typeof result === 'function' ? result(parameters, args) : result;
    if (type === undefined) return undefined;
    const mayBeNull =
      nullable === 'always' || (nullable !== 'never' && args.some((argument) => argument.type.nullable));
    return { result: withNullable(type, mayBeNull), parameters };
  };
}

interface Options {
  readonly inline?: ScalarFunction['inline'];
  readonly volatile?: boolean;
}

/** A function that is NULL for any NULL and whose values alone decide. The parameters of `evaluate` have the values of the signature. */
export function strict(
  family: string,
  name: string,
  syntax: string,
  signature: Signature,
  evaluate: (...values: never[]) => Value,
  { inline, volatile }: Options = {},
): ScalarFunction {
  return {
    name,
    syntax,
    family,
    nulls: 'strict',
    ...(volatile === true ? { volatile } : {}),
    resolve: resolveBy(signature),
    evaluate: () => own(evaluate),
    ...(inline === undefined ? {} : { inline }),
  };
}

/** A copy under another name. */
export const alias = (name: string, syntax: string, of: ScalarFunction): ScalarFunction => ({ ...of, name, syntax });

/** A function of certain values as the contract's type; `resolve` and the casts see to it that it gets no others. */
export const own = (evaluate: (...values: never[]) => Value): Evaluate => evaluate as unknown as Evaluate;

/** `evaluate` of functions with `nulls: 'own'`: the contract's type leaves NULL out, the engine passes it. */
export const withNulls = (evaluate: NullableEvaluate): Evaluate => evaluate as Evaluate;

/** A whole number written out as JavaScript. */
export const isWholeLiteral = (source: string): boolean => /^-?\d+$/.test(source);
