import type { DataType } from '../values/data-type.ts';

/**
 * A typed expression of a plan: names are resolved to places, every implicit cast is written out, constant parts may be folded. JSON, so
 * that a plan can be handed to another process. Literals are what `values/literal.ts` makes of a value: numbers, texts and booleans as they are;
 * an `Integer` past 2^53 its digits as text, bytes hexadecimal text, NaN and infinities their names.
 */
export type PlanExpression = { readonly type: DataType } &
  /** Column of the input row; of a join's condition: of the left row followed by the right one. */
  (
    | { readonly kind: 'input'; readonly index: number }
    /** Field of a ROW. */
    | { readonly kind: 'field'; readonly of: PlanExpression; readonly index: number }
    | { readonly kind: 'literal'; readonly value: null | boolean | number | string }
    /** `name` is a key of the registry in `builtin/`; arguments have the types that its signature asks for. AND, OR and NOT are calls. */
    | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly PlanExpression[] }
    | {
        readonly kind: 'case';
        readonly whens: readonly { readonly when: PlanExpression; readonly then: PlanExpression }[];
        readonly otherwise: PlanExpression;
      }
    | { readonly kind: 'cast'; readonly operand: PlanExpression; readonly safe: boolean }
  );
