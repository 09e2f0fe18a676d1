import type { DataType } from '../types/data-type.ts';

/**
 * A typed expression of a plan: names are resolved to places, every implicit cast is written out. JSON, so that a plan can
 * be handed to another process: BIGINT and DECIMAL literals are their (unscaled) digits as text.
 */
export type PlanExpression = { readonly type: DataType } & (
  | { readonly kind: 'input'; readonly index: number }
  | { readonly kind: 'field'; readonly of: PlanExpression; readonly index: number }
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string }
  /** `name` is a key of the function registry, arguments have the types that its signature asks for. */
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly PlanExpression[] }
  | {
      readonly kind: 'case';
      readonly whens: readonly { readonly when: PlanExpression; readonly then: PlanExpression }[];
      readonly otherwise: PlanExpression;
    }
  | { readonly kind: 'cast'; readonly operand: PlanExpression; readonly safe: boolean }
);

/** Whether two expressions are the same: for recognizing GROUP BY keys in the SELECT list. */
export const sameExpression = (a: PlanExpression, b: PlanExpression): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
