import { withNullable } from '../../values/types.ts';
import type { PlanExpression } from '../expression.ts';
import type { SortKey, WindowBounds } from '../plan.ts';
import { calc } from './calc.ts';
import type { Filtered } from './filter.ts';
import { allInputs, type OverRelation, type Relation } from './relation.ts';
import { windowColumnsOf } from './window-columns.ts';

/**
 * Reads `ROW_NUMBER() OVER (...) AS rn ... WHERE rn <= N` as the first N rows of each partition, and N = 1 by a time attribute as the first or last row of
 * each key. `undefined` when the conditions set no upper limit to the number.
 */
export function recogniseRank(
  over: OverRelation & Relation,
  conjuncts: readonly PlanExpression[],
): Filtered | undefined {
  const [call, another] = over.aggregates;
  if (call?.function !== 'ROW_NUMBER' || another !== undefined) return undefined;
  const number = over.input.columns.length;
  let from = 1;
  let to: number | undefined;
  const rest: PlanExpression[] = [];
  for (const conjunct of conjuncts) {
    const bound = boundOf(conjunct, number);
    if (bound === undefined) {
      rest.push(conjunct);
      continue;
    }
    if (bound.from !== undefined) from = Math.max(from, bound.from);
    if (bound.to !== undefined) to = Math.min(to ?? bound.to, bound.to);
  }
  if (to === undefined) return undefined;
  // A range without a number keeps no row: what is asked stays as it was written.
  if (to < from) return { relation: rankOf(over, 1, 1), rest: conjuncts };
  return { relation: rankOf(over, from, to), rest };
}

/** `order` may be of no column: then rows have the order in which they come. */
function rankOf(over: OverRelation & Relation, from: number, to: number): Relation {
  const { input, partition, order, columns, at } = over;
  const window = windowOfPartition(input, partition);
  const [only] = order;
  const time = only !== undefined && order.length === 1 && input.columns[only.column]!.attribute !== null;
  if (from === 1 && to === 1) {
    const base = { input, partition, window, columns: input.columns, at };
    const one: Relation =
      time && only !== undefined
        ? { kind: 'deduplicate', ...base, order: only.column, keep: only.descending ? 'last' : 'first' }
        : rank(input, partition, order, 1, 1, window, over);
    const first: PlanExpression = {
      kind: 'literal',
      value: 1,
      type: withNullable(columns[columns.length - 1]!.type, false),
    };
    const projections = [...allInputs(input), first];
    return calc(
      one,
      [],
      projections,
      columns.map(({ name }) => name),
      at,
    );
  }
  return rank(input, partition, order, from, to, window, over);
}

function rank(
  input: Relation,
  partition: readonly number[],
  order: readonly SortKey[],
  from: number,
  to: number,
  window: WindowBounds | null,
  { columns, at }: Relation,
): Relation {
  return { kind: 'rank', input, partition, order, from, to, window, columns, at };
}

function windowOfPartition(input: Relation, partition: readonly number[]): WindowBounds | null {
  const window = windowColumnsOf(input);
  const start = partition.find((column) => window?.start.has(column));
  const end = partition.find((column) => window?.end.has(column));
  return window === null || start === undefined || end === undefined
    ? null
    : { start, end, eventTime: window.eventTime };
}

/** What a condition says of the row number: `rn <= 3`, `2 < rn`, `rn = 1`. */
function boundOf(
  conjunct: PlanExpression,
  number: number,
): { readonly from?: number; readonly to?: number } | undefined {
  if (conjunct.kind !== 'call' || conjunct.arguments.length !== 2) return undefined;
  const [left, right] = conjunct.arguments as readonly [PlanExpression, PlanExpression];
  const isNumber = (side: PlanExpression): boolean => side.kind === 'input' && side.index === number;
  const flipped: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=' };
  const literal = isNumber(left) ? wholeLiteral(right) : isNumber(right) ? wholeLiteral(left) : undefined;
  const operator = isNumber(left) ? conjunct.name : flipped[conjunct.name];
  if (literal === undefined) return undefined;
  switch (operator) {
    case '<':
      return { to: literal - 1 };
    case '<=':
      return { to: literal };
    case '>':
      return { from: literal + 1 };
    case '>=':
      return { from: literal };
    case '=':
      return { from: literal, to: literal };
    default:
      return undefined;
  }
}

/** The number of a whole literal, casts between whole types included. */
export function wholeLiteral(expression: PlanExpression): number | undefined {
  if (expression.kind === 'cast') return wholeLiteral(expression.operand);
  if (expression.kind !== 'literal' || typeof expression.value !== 'number') return undefined;
  return ['TINYINT', 'SMALLINT', 'INT', 'BIGINT'].includes(expression.type.kind) ? expression.value : undefined;
}
