import type { PlanExpression } from '../expression.ts';
import type { Column } from '../plan.ts';

export interface IntervalBounds {
  readonly leftTime: number;
  readonly rightTime: number;
  readonly lowerMs: number;
  readonly upperMs: number;
  readonly eventTime: boolean;
  /** Conditions that the bounds do not say. */
  readonly rest: readonly PlanExpression[];
}

interface Moment {
  readonly column: number;
  readonly offsetMs: number;
}

/**
 * Reads conditions like `l.ts BETWEEN r.ts - INTERVAL '5' MINUTE AND r.ts` on a left row followed by a right one. Both ends must be bounded, by one time
 * attribute of each side; else `undefined`.
 */
export function intervalBounds(
  conjuncts: readonly PlanExpression[],
  left: readonly Column[],
  right: readonly Column[],
): IntervalBounds | undefined {
  const row = [...left, ...right];
  const isLeft = (moment: Moment): boolean => moment.column < left.length;
  let times: { readonly left: number; readonly right: number } | undefined;
  let lowerMs = -Infinity;
  let upperMs = Infinity;
  const rest: PlanExpression[] = [];
  for (const conjunct of conjuncts) {
    const found = comparisonOf(conjunct, row);
    if (found === undefined || isLeft(found.a) === isLeft(found.b)) {
      rest.push(conjunct);
      continue;
    }
    const [l, r, operator] = isLeft(found.a)
      ? [found.a, found.b, found.operator]
      : [found.b, found.a, FLIPPED[found.operator]!];
    times ??= { left: l.column, right: r.column };
    if (times.left !== l.column || times.right !== r.column) {
      rest.push(conjunct);
      continue;
    }
    // l.time + l.offset <op> r.time + r.offset
    const bound = r.offsetMs - l.offsetMs;
    if (operator === '>=' || operator === '=') lowerMs = Math.max(lowerMs, bound);
    if (operator === '>') lowerMs = Math.max(lowerMs, bound + 1);
    if (operator === '<=' || operator === '=') upperMs = Math.min(upperMs, bound);
    if (operator === '<') upperMs = Math.min(upperMs, bound - 1);
  }
  if (times === undefined || !Number.isFinite(lowerMs) || !Number.isFinite(upperMs)) return undefined;
  return {
    leftTime: times.left,
    rightTime: times.right - left.length,
    lowerMs,
    upperMs,
    eventTime: row[times.left]!.attribute === 'rowtime',
    rest,
  };
}

const FLIPPED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=' };

function comparisonOf(
  conjunct: PlanExpression,
  row: readonly Column[],
): { readonly a: Moment; readonly b: Moment; readonly operator: string } | undefined {
  if (conjunct.kind !== 'call' || FLIPPED[conjunct.name] === undefined || conjunct.arguments.length !== 2)
    return undefined;
  const [a, b] = conjunct.arguments.map((side) => momentOf(side, row));
  if (a === undefined || b === undefined) return undefined;
  const same =
    row[a.column]!.attribute === row[b.column]!.attribute && row[a.column]!.type.kind === row[b.column]!.type.kind;
  return same ? { a, b, operator: conjunct.name } : undefined;
}

/** A time attribute, moved by intervals that are written out. */
function momentOf(expression: PlanExpression, row: readonly Column[]): Moment | undefined {
  if (expression.kind === 'input')
    return row[expression.index]!.attribute === null ? undefined : { column: expression.index, offsetMs: 0 };
  if (expression.kind === 'cast')
    return expression.type.kind === expression.operand.type.kind ? momentOf(expression.operand, row) : undefined;
  if (expression.kind !== 'call' || (expression.name !== '+' && expression.name !== '-')) return undefined;
  const [a, b] = expression.arguments;
  if (a === undefined || b === undefined) return undefined;
  const [time, interval] = expression.name === '+' && isInterval(a) ? [b, a] : [a, b];
  const moment = momentOf(time, row);
  if (moment === undefined || !isInterval(interval)) return undefined;
  const ms = Number(interval.value);
  return { ...moment, offsetMs: moment.offsetMs + (expression.name === '+' ? ms : -ms) };
}

const isInterval = (expression: PlanExpression): expression is PlanExpression & { readonly kind: 'literal' } =>
  expression.kind === 'literal' && expression.type.kind === 'INTERVAL_MS' && expression.value !== null;
