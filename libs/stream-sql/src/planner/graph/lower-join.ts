import { comparisonType } from '../../values/common-type.ts';
import { conjunctionOf, inputsOf, moveInputs } from '../expression/parts.ts';
import type { PlanExpression } from '../expression.ts';
import type { Column } from '../plan.ts';
import { allInputs, type Relation } from '../relation/relation.ts';
import { windowsJoined } from '../relation/window-columns.ts';
import { type IntervalBounds, intervalBounds } from './interval-bounds.ts';
import type { Lowering } from './lower.ts';

type JoinRelation = Relation & { readonly kind: 'join' };

/** A join as the kind that its conditions make it: of windows, of an interval, or of all rows. Returns the node's index. */
export function lowerJoin(relation: JoinRelation, lowering: Lowering): number {
  const [left, right] = [lowering.lower(relation.left), lowering.lower(relation.right)];
  const [leftColumns, rightColumns] = [lowering.columns(left), lowering.columns(right)];
  const width = leftColumns.length;
  const windows = windowsJoined(relation);
  const takesInterval = windows === null && relation.type !== 'semi' && relation.type !== 'anti';
  const interval = takesInterval ? intervalBounds(relation.conjuncts, leftColumns, rightColumns) : undefined;
  const sides = divideKeys(interval?.rest ?? relation.conjuncts, width);
  const l = withKeys(
    lowering,
    left,
    sides.keys.map((key) => key.left),
    relation,
  );
  const r = withKeys(
    lowering,
    right,
    sides.keys.map((key) => moveInputs(key.right, (index) => index - width)),
    relation,
  );
  const shift = l.width - width;
  const condition = conjunctionOf(
    sides.rest.map((each) => moveInputs(each, (index) => (index < width ? index : index + shift))),
  );
  const timed = windows !== null || interval !== undefined;
  const attribute = (column: Column): Column => (timed ? column : { ...column, attribute: null });
  const isHalf = relation.type === 'semi' || relation.type === 'anti';
  const leftOut = padded(relation.columns.slice(0, width), lowering.columns(l.index)).map(attribute);
  const rightOut = isHalf ? [] : padded(relation.columns.slice(width), lowering.columns(r.index)).map(attribute);
  const base = {
    type: relation.type,
    leftKeys: l.keys,
    rightKeys: r.keys,
    condition,
    inputs: [l.index, r.index],
    columns: [...leftOut, ...rightOut],
    at: relation.at,
  };
  const index = lowering.graph.add(
    interval === undefined
      ? {
          kind: 'join',
          ...base,
          ...(relation.stateTtlMs === undefined ? {} : { stateTtlMs: relation.stateTtlMs }),
          window: windows && {
            leftEnd: windows.leftEnd,
            rightEnd: windows.rightEnd,
            eventTime: windows.left.eventTime,
          },
        }
      : { kind: 'interval-join', ...base, ...boundsOf(interval) },
  );
  return withoutKeys(lowering, index, relation, l.width, shift + (isHalf ? 0 : r.width - rightColumns.length));
}

const boundsOf = ({ leftTime, rightTime, lowerMs, upperMs, eventTime }: IntervalBounds) => ({
  leftTime,
  rightTime,
  lowerMs,
  upperMs,
  eventTime,
});

/** Equalities of one side with the other are keys. */
export function divideKeys(
  conjuncts: readonly PlanExpression[],
  width: number,
): {
  readonly keys: readonly { readonly left: PlanExpression; readonly right: PlanExpression }[];
  readonly rest: readonly PlanExpression[];
} {
  const keys: { readonly left: PlanExpression; readonly right: PlanExpression }[] = [];
  const rest: PlanExpression[] = [];
  const sideOf = (expression: PlanExpression): 'left' | 'right' | 'both' => {
    const used = [...inputsOf(expression)];
    if (used.length === 0) return 'both';
    return used.every((index) => index < width) ? 'left' : used.every((index) => index >= width) ? 'right' : 'both';
  };
  for (const conjunct of conjuncts) {
    const [a, b] = conjunct.kind === 'call' && conjunct.name === '=' ? conjunct.arguments : [];
    if (a === undefined || b === undefined || comparisonType(a.type, b.type) === undefined) rest.push(conjunct);
    else if (sideOf(a) === 'left' && sideOf(b) === 'right') keys.push({ left: a, right: b });
    else if (sideOf(a) === 'right' && sideOf(b) === 'left') keys.push({ left: b, right: a });
    else rest.push(conjunct);
  }
  return { keys, rest };
}

/** The node with columns for keys that are expressions. */
export function withKeys(
  lowering: Lowering,
  index: number,
  keys: readonly PlanExpression[],
  { at }: Pick<Relation, 'at'>,
): { readonly index: number; readonly keys: readonly number[]; readonly width: number } {
  const columns = lowering.columns(index);
  const projections = allInputs({ columns });
  const places = keys.map((key) => (key.kind === 'input' ? key.index : projections.push(key) - 1));
  if (projections.length === columns.length) return { index, keys: places, width: columns.length };
  const added = projections
    .slice(columns.length)
    .map(({ type }, i): Column => ({ name: `$key${i}`, type, attribute: null }));
  const node = {
    kind: 'calc',
    condition: null,
    projections,
    inputs: [index],
    columns: [...columns, ...added],
    at,
  } as const;
  return { index: lowering.graph.add(node), keys: places, width: projections.length };
}

/** The relation's columns, and those of computed keys behind them; attributes as the input's. */
export const padded = (columns: readonly Column[], input: readonly Column[]): readonly Column[] =>
  input.map((column, i) => ({ ...(columns[i] ?? column), attribute: column.attribute }));

/** Leaves computed keys out again. */
export function withoutKeys(
  lowering: Lowering,
  index: number,
  relation: Pick<JoinRelation, 'left' | 'columns' | 'at'>,
  leftWidth: number,
  added: number,
): number {
  if (added === 0) return index;
  const columns = lowering.columns(index);
  const inner = relation.left.columns.length;
  const all = allInputs({ columns });
  const places = relation.columns.map((_, i) => (i < inner ? i : leftWidth + i - inner));
  return lowering.graph.add({
    kind: 'calc',
    condition: null,
    projections: places.map((place) => all[place]!),
    inputs: [index],
    columns: places.map((place) => columns[place]!),
    at: relation.at,
  });
}
