import type { DataType, Value } from '../../values/data-type.ts';
import type { ArrayType, MapType } from '../../values/types.ts';
import { own } from '../define.ts';
import type { Argument, Resolution, ScalarFunction } from '../signature.ts';

export const isArray = (type: DataType | undefined): type is ArrayType => type?.kind === 'ARRAY';
export const isMap = (type: DataType | undefined): type is MapType => type?.kind === 'MAP';
export const anyNullable = (args: readonly Argument[]): boolean => args.some(({ type }) => type.nullable);

export interface Of {
  readonly name: string;
  readonly syntax: string;
  readonly nulls?: 'strict' | 'own';
  readonly resolve: (types: readonly DataType[], args: readonly Argument[]) => Resolution | string | undefined;
  readonly evaluate: (args: readonly Argument[], result: DataType) => (...values: never[]) => Value;
}
export const define = ({ name, syntax, nulls = 'strict', resolve, evaluate }: Of): ScalarFunction => ({
  name,
  syntax,
  family: 'collection',
  nulls,
  resolve: (args) =>
    resolve(
      args.map(({ type }) => type),
      args,
    ),
  evaluate: (args, result) => own(evaluate(args, result)),
});

export const elementOf = (args: readonly Argument[]): DataType => (args[0]!.type as ArrayType).element;
