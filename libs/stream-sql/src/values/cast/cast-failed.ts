import { EvaluationError } from '../../builtin/signature.ts';
import type { DataType } from '../data-type.ts';
import { typeName } from '../type-name.ts';
import { withNullable } from '../types.ts';

/** For a text that is no value of the type. */
export function castFailed(text: string, to: DataType): never {
  const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  throw new EvaluationError(
    'cast-failed',
    `'${shown}' cannot be cast to ${typeName(withNullable(to, true))}; TRY_CAST answers NULL instead`,
  );
}
