import { scalarFunction } from '../../builtin/registry.ts';
import type { PlanExpression } from '../expression.ts';
import { partsOf } from './parts.ts';

/** Whether the answer may differ between two evaluations over one row (RAND, NOW, ...). */
export const isVolatile = (expression: PlanExpression): boolean =>
  (expression.kind === 'call' && scalarFunction(expression.name)?.volatile === true) ||
  partsOf(expression).some(isVolatile);
