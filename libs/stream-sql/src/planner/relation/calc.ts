import type { Span } from '../../syntax/tree-node.ts';
import { eachInput, isCheap, isTrue, substitute } from '../expression/parts.ts';
import { refolded } from '../expression/fold.ts';
import { isVolatile } from '../expression/volatile.ts';
import type { PlanExpression } from '../expression.ts';
import type { Column } from '../plan.ts';
import { filter } from './filter.ts';
import { allInputs, type CalcRelation, type Relation } from './relation.ts';

/**
 * Filter and projection over a relation. Two calcs become one where nothing is computed twice by it, and conditions go down as far as they
 * may. `names` of the output columns.
 */
export function calc(
  input: Relation,
  conjuncts: readonly PlanExpression[],
  projections: readonly PlanExpression[],
  names: readonly string[],
  at: Span,
): Relation {
  const conditions = conjuncts.filter((conjunct) => !isTrue(conjunct));
  if (input.kind === 'calc' && mayMerge(input, conditions, projections))
    return calc(
      input.input,
      [...input.conjuncts, ...conditions.map((each) => refolded(substitute(each, input.projections)))],
      projections.map((each) => refolded(substitute(each, input.projections))),
      names,
      at,
    );
  if (conditions.length > 0) {
    const { relation, rest } = filter(input, conditions);
    if (relation !== input) return calc(relation, rest, projections, names, at);
  }
  const columns = projections.map((each, i) => columnOf(each, input, names[i]!));
  return { kind: 'calc', input, conjuncts: conditions, projections, columns, at };
}

/** The relation with only the rows for which all conditions are TRUE. */
export const where = (input: Relation, conjuncts: readonly PlanExpression[], at: Span): Relation =>
  conjuncts.length === 0
    ? input
    : calc(
        input,
        conjuncts,
        allInputs(input),
        input.columns.map(({ name }) => name),
        at,
      );

/** An output column; a time attribute stays one only as it is. */
function columnOf(projection: PlanExpression, input: Relation, name: string): Column {
  const attribute =
    projection.kind === 'input'
      ? input.columns[projection.index]!.attribute
      : projection.kind === 'call' && projection.name === 'PROCTIME'
        ? 'proctime'
        : null;
  return { name, type: projection.type, attribute };
}

function mayMerge(
  inner: CalcRelation & Relation,
  conjuncts: readonly PlanExpression[],
  projections: readonly PlanExpression[],
): boolean {
  const uses = inner.projections.map(() => 0);
  for (const each of [...conjuncts, ...projections]) eachInput(each, (index) => (uses[index]! += 1));
  const filtered = new Set<number>();
  for (const each of conjuncts) eachInput(each, (index) => filtered.add(index));
  return inner.projections.every(
    (projection, i) =>
      isCheap(projection) || (isVolatile(projection) ? uses[i]! <= 1 && !filtered.has(i) : uses[i]! <= 1),
  );
}
