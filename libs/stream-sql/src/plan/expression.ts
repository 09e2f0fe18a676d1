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

/** The columns of the input row that an expression reads. */
export function inputsOf(expression: PlanExpression): ReadonlySet<number> {
  const found = new Set<number>();
  const walk = (each: PlanExpression): void => {
    switch (each.kind) {
      case 'input':
        found.add(each.index);
        break;
      case 'field':
        walk(each.of);
        break;
      case 'literal':
        break;
      case 'call':
        each.arguments.forEach(walk);
        break;
      case 'case':
        for (const { when, then } of each.whens) {
          walk(when);
          walk(then);
        }
        walk(each.otherwise);
        break;
      case 'cast':
        walk(each.operand);
        break;
    }
  };
  walk(expression);
  return found;
}

/** The conditions that must all be TRUE for a condition to be. */
export const conjunctsOf = (condition: PlanExpression): readonly PlanExpression[] =>
  condition.kind === 'call' && condition.name === 'AND' ? condition.arguments.flatMap(conjunctsOf) : [condition];

/** One condition that is TRUE when all of these are; null when there are none. */
export const conjunctionOf = (conditions: readonly PlanExpression[]): PlanExpression | null =>
  conditions.length === 0
    ? null
    : conditions.reduce((all, each) => ({
        kind: 'call',
        name: 'AND',
        arguments: [all, each],
        type: { kind: 'BOOLEAN', nullable: all.type.nullable || each.type.nullable },
      }));
