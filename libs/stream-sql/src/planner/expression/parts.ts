import { BOOLEAN, withNullable } from '../../values/types.ts';
import type { PlanExpression } from '../expression.ts';

/** The expressions that an expression is directly made of. */
export function partsOf(expression: PlanExpression): readonly PlanExpression[] {
  switch (expression.kind) {
    case 'input':
    case 'literal':
      return [];
    case 'field':
      return [expression.of];
    case 'call':
      return expression.arguments;
    case 'case':
      return [...expression.whens.flatMap(({ when, then }) => [when, then]), expression.otherwise];
    case 'cast':
      return [expression.operand];
  }
}

/** The expression with each of its direct parts replaced. */
export function withParts(expression: PlanExpression, map: (part: PlanExpression) => PlanExpression): PlanExpression {
  switch (expression.kind) {
    case 'input':
    case 'literal':
      return expression;
    case 'field':
      return { ...expression, of: map(expression.of) };
    case 'call':
      return { ...expression, arguments: expression.arguments.map(map) };
    case 'case':
      return {
        ...expression,
        whens: expression.whens.map(({ when, then }) => ({ when: map(when), then: map(then) })),
        otherwise: map(expression.otherwise),
      };
    case 'cast':
      return { ...expression, operand: map(expression.operand) };
  }
}

export type InputExpression = PlanExpression & { readonly kind: 'input' };

/** The expression with each column of its input row replaced. */
export function mapInputs(expression: PlanExpression, map: (input: InputExpression) => PlanExpression): PlanExpression {
  return expression.kind === 'input' ? map(expression) : withParts(expression, (part) => mapInputs(part, map));
}

/** The expression over the row that the projections make, over the row that they are made of. */
export const substitute = (expression: PlanExpression, projections: readonly PlanExpression[]): PlanExpression =>
  mapInputs(expression, ({ index }) => projections[index]!);

/** The expression with each column's place changed. */
export const moveInputs = (expression: PlanExpression, place: (index: number) => number): PlanExpression =>
  mapInputs(expression, (input) => ({ ...input, index: place(input.index) }));

/** Calls `visit` for each use of a column of the input row. */
export function eachInput(expression: PlanExpression, visit: (index: number) => void): void {
  if (expression.kind === 'input') visit(expression.index);
  else for (const part of partsOf(expression)) eachInput(part, visit);
}

export function inputsOf(expression: PlanExpression): ReadonlySet<number> {
  const found = new Set<number>();
  eachInput(expression, (index) => found.add(index));
  return found;
}

/** Whether both compute the same by the same steps. */
export const sameExpression = (a: PlanExpression, b: PlanExpression): boolean =>
  a === b || JSON.stringify(a) === JSON.stringify(b);

/** What must be TRUE for the expression to be TRUE, in the order of the text. */
export function conjunctsOf(expression: PlanExpression): readonly PlanExpression[] {
  return expression.kind === 'call' && expression.name === 'AND'
    ? expression.arguments.flatMap(conjunctsOf)
    : [expression];
}

/** AND of all; null for none. */
export function conjunctionOf(conjuncts: readonly PlanExpression[]): PlanExpression | null {
  const [first, ...others] = conjuncts;
  if (first === undefined) return null;
  return others.reduce<PlanExpression>(
    (left, right) => ({
      kind: 'call',
      name: 'AND',
      arguments: [left, right],
      type: withNullable(BOOLEAN, left.type.nullable || right.type.nullable),
    }),
    first,
  );
}

export const isTrue = (expression: PlanExpression): boolean =>
  expression.kind === 'literal' && expression.value === true;

/** Whether it costs nothing to evaluate it again: a column, a field of one, a literal. */
export const isCheap = (expression: PlanExpression): boolean =>
  expression.kind === 'input' ||
  expression.kind === 'literal' ||
  (expression.kind === 'field' && isCheap(expression.of));
