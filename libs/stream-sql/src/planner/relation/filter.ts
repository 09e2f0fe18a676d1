import { inputsOf, isCheap, moveInputs, substitute } from '../expression/parts.ts';
import { isVolatile } from '../expression/volatile.ts';
import type { PlanExpression } from '../expression.ts';
import { where } from './calc.ts';
import { join, withStateTtl } from './join.ts';
import { recogniseRank } from './rank.ts';
import type { Relation } from './relation.ts';

/** A relation that does some of the conditions by itself, and those that are left to ask above it. */
export interface Filtered {
  readonly relation: Relation;
  readonly rest: readonly PlanExpression[];
}

/** Hands the conditions down into the relation where the result stays the same. What differs from call to call is asked where the text asks it. */
export function filter(input: Relation, conjuncts: readonly PlanExpression[]): Filtered {
  const [moving, staying] = divide(conjuncts, (conjunct) => !isVolatile(conjunct));
  if (moving.length === 0) return { relation: input, rest: staying };
  const { relation, rest } = absorb(input, moving);
  return { relation, rest: [...rest, ...staying] };
}

function absorb(input: Relation, conjuncts: readonly PlanExpression[]): Filtered {
  switch (input.kind) {
    case 'calc': {
      const [low, rest] = divide(conjuncts, (conjunct) =>
        [...inputsOf(conjunct)].every((index) => isCheap(input.projections[index]!)),
      );
      if (low.length === 0) return { relation: input, rest };
      const inner = where(
        input.input,
        [...input.conjuncts, ...low.map((each) => substitute(each, input.projections))],
        input.at,
      );
      return { relation: { ...input, input: inner, conjuncts: [] }, rest };
    }
    case 'union':
      return {
        relation: { ...input, inputs: input.inputs.map((each) => where(each, conjuncts, input.at)) },
        rest: [],
      };
    case 'window':
    case 'unnest':
    case 'lookup-join': {
      const width = input.input.columns.length;
      // Rows that a condition leaves out may hold a session together: only whole partitions may go before it.
      const session = input.kind === 'window' && input.window.kind === 'session' ? input.window.partition : undefined;
      const [low, high] = divide(
        conjuncts,
        (conjunct) =>
          below(conjunct, width) &&
          (session === undefined || [...inputsOf(conjunct)].every((index) => session.includes(index))),
      );
      const lowered = low.length === 0 ? input : { ...input, input: where(input.input, low, input.at) };
      if (lowered.kind === 'lookup-join' && lowered.type === 'inner' && high.length > 0)
        return { relation: { ...lowered, conjuncts: [...lowered.conjuncts, ...high] }, rest: [] };
      return { relation: lowered, rest: high };
    }
    case 'temporal-join': {
      const [low, rest] = divide(conjuncts, (conjunct) => below(conjunct, input.left.columns.length));
      return low.length === 0
        ? { relation: input, rest }
        : { relation: { ...input, left: where(input.left, low, input.at) }, rest };
    }
    case 'join':
      return intoJoin(input, conjuncts);
    case 'over':
      return recogniseRank(input, conjuncts) ?? { relation: input, rest: conjuncts };
    case 'scan':
    case 'changelog-normalize':
    case 'values':
    case 'group-aggregate':
    case 'window-aggregate':
    case 'rank':
    case 'deduplicate':
      return { relation: input, rest: conjuncts };
  }
}

function intoJoin(input: Relation & { readonly kind: 'join' }, conjuncts: readonly PlanExpression[]): Filtered {
  const width = input.left.columns.length;
  const keepsLeft = input.type !== 'right' && input.type !== 'full';
  const keepsRight = input.type === 'right' || input.type === 'inner';
  const left: PlanExpression[] = [];
  const right: PlanExpression[] = [];
  const both: PlanExpression[] = [];
  const rest: PlanExpression[] = [];
  for (const conjunct of conjuncts) {
    const used = [...inputsOf(conjunct)];
    if (keepsLeft && used.length > 0 && used.every((index) => index < width)) left.push(conjunct);
    else if (keepsRight && used.length > 0 && used.every((index) => index >= width))
      right.push(moveInputs(conjunct, (index) => index - width));
    else if (input.type === 'inner') both.push(conjunct);
    else rest.push(conjunct);
  }
  if (left.length + right.length + both.length === 0) return { relation: input, rest };
  return {
    relation: withStateTtl(
      join(
        where(input.left, left, input.at),
        where(input.right, right, input.at),
        input.type,
        [...input.conjuncts, ...both],
        input.at,
      ),
      input.stateTtlMs,
    ),
    rest,
  };
}

/** Whether the expression uses the first `width` columns only (and some). */
function below(expression: PlanExpression, width: number): boolean {
  const used = [...inputsOf(expression)];
  return used.length > 0 && used.every((index) => index < width);
}

function divide<T>(items: readonly T[], test: (item: T) => boolean): readonly [T[], T[]] {
  const yes: T[] = [];
  const no: T[] = [];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
}
