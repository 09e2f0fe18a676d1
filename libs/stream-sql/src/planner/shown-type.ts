import type { DataType } from '../values/data-type.ts';
import { typeName } from '../values/type-name.ts';
import { withNullable } from '../values/types.ts';

/** A type as messages show it: without NOT NULL, which is seldom what is wrong. */
export const shownType = (type: DataType): string => typeName(withNullable(type, true));
