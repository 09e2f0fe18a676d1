import { aggregateFunction } from '../../builtin/registry.ts';
import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Call, FrameBound, WindowSpecification } from '../../syntax/tree-expression.ts';
import type { Select } from '../../syntax/tree.ts';
import { simple } from '../../values/types.ts';
import { unknownFunction } from '../expression/call.ts';
import type { ResolveContext } from '../expression/context.ts';
import { sameExpression } from '../expression/parts.ts';
import { resolve } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import type { Column, OverNode, SortKey } from '../plan.ts';
import { calc } from '../relation/calc.ts';
import { allInputs, type AggregateRelationCall, type Relation } from '../relation/relation.ts';
import { wholeLiteral } from '../relation/rank.ts';
import { use } from './aggregate-call.ts';
import { isAggregateCall } from './contains-aggregate.ts';
import { nullsFirst } from './limit.ts';
import type { SelectBase } from './select.ts';

export interface OverCalls {
  /** Resolves the SELECT list; an OVER call is a column with an index below 0 until `finish`. */
  readonly context: ResolveContext;
  /** To be asked when the list is resolved. */
  finish(): { readonly relation: Relation; overInput(index: number): number };
}

interface Specification {
  readonly node: WindowSpecification;
  readonly partition: readonly PlanExpression[];
  readonly order: readonly { readonly key: PlanExpression; readonly sort: Omit<SortKey, 'column'> }[];
  readonly frame: OverNode['frame'];
}

type PendingCall = Omit<AggregateRelationCall, 'arguments' | 'filter'> & {
  readonly arguments: readonly PlanExpression[];
  readonly filter: PlanExpression | null;
};

/** The OVER calls of a SELECT list: all over one window, as Flink asks. Throws SqlRefusal. */
export function overCalls(windows: Select['windows'], base: SelectBase): OverCalls {
  const calls: PendingCall[] = [];
  let specification: Specification | undefined;
  const context: ResolveContext = {
    ...base.context,
    intercept: (node) => {
      if (node.kind !== 'call' || node.over === undefined) return base.context.intercept?.(node);
      if (base.carried.length > 0)
        refuse(
          node.over.at,
          'OVER in a sub-query that names columns of the query around it',
          'compute it in a view, and join',
        );
      const found = specificationOf(named(node.over, windows), node, base.context);
      if (specification !== undefined && !sameSpecification(specification, found))
        return refuse(
          node.over.at,
          'a second window of OVER in one SELECT',
          'use one PARTITION BY, ORDER BY and frame, or compute the other in a sub-query',
        );
      specification = found;
      const call = overCall(node, base.context);
      const known = calls.findIndex(
        (each) => JSON.stringify({ ...each, at: null }) === JSON.stringify({ ...call, at: null }),
      );
      const at = known >= 0 ? known : calls.push(call) - 1;
      return { kind: 'input', index: -1 - at, type: call.type };
    },
  };
  return {
    context,
    finish: () => {
      if (specification === undefined) return { relation: base.relation, overInput: (index) => index };
      const relation = overRelation(base.relation, specification, calls);
      const first = relation.columns.length - calls.length;
      return { relation, overInput: (index) => first - 1 - index };
    },
  };
}

function overRelation(
  base: Relation,
  { node, partition, order, frame }: Specification,
  calls: readonly PendingCall[],
): Relation {
  const expressions = allInputs(base);
  const place = (expression: PlanExpression): number => {
    const known = expressions.findIndex((each) => sameExpression(each, expression));
    return known >= 0 ? known : expressions.push(expression) - 1;
  };
  const partitionColumns = partition.map(place);
  const sortKeys = order.map(({ key, sort }): SortKey => ({ column: place(key), ...sort }));
  const aggregates = calls.map((call): AggregateRelationCall => ({
    ...call,
    arguments: call.arguments.map(place),
    filter: call.filter === null ? null : place(call.filter),
  }));
  const input =
    expressions.length === base.columns.length
      ? base
      : calc(
          base,
          [],
          expressions,
          expressions.map((_, i) => base.columns[i]?.name ?? `$over${i}`),
          node.at,
        );
  const made = calls.map((call, i): Column => ({ name: `w0$o${i}`, type: call.type, attribute: null }));
  return {
    kind: 'over',
    input,
    partition: partitionColumns,
    order: sortKeys,
    frame,
    aggregates,
    columns: [...input.columns, ...made],
    at: node.at,
  };
}

function overCall(node: Call, context: ResolveContext): PendingCall {
  if (node.name === 'ROW_NUMBER') {
    if (node.arguments.length > 0)
      throw new SqlRefusal(node.at, 'ROW_NUMBER takes no arguments', 'it is written ROW_NUMBER() OVER (...)');
    const base = { function: 'ROW_NUMBER', arguments: [], distinct: false, filter: null };
    return { ...base, type: simple('BIGINT', false), at: node.at };
  }
  if (['RANK', 'DENSE_RANK', 'PERCENT_RANK', 'CUME_DIST', 'NTILE'].includes(node.name))
    return refuse(node.at, node.name, 'write ROW_NUMBER() OVER (...), as Flink asks for streams');
  if (!isAggregateCall({ ...node, over: undefined }) || (aggregateFunction(node.name) === undefined && !node.star))
    throw unknownFunction(node.name, node.at);
  return use(node.name, node, node.arguments, node.filter, node.distinct, context);
}

/** The specification that OVER w and OVER (w ...) mean. */
function named(node: WindowSpecification, windows: Select['windows']): WindowSpecification {
  const { base } = node;
  if (base === undefined) return node;
  const found = windows.find(({ name }) => name.name === base.name);
  if (found === undefined)
    throw new SqlRefusal(
      base.at,
      `there is no window ${base.name}`,
      'declare it: WINDOW w AS (PARTITION BY ... ORDER BY ...)',
    );
  // Flink takes no notice of it.
  if (node.frame !== undefined)
    refuse(node.frame.at, 'a frame beside the name of a window', 'write the frame into WINDOW w AS (...)');
  const inner = named(found.specification, windows);
  return {
    at: node.at,
    base: undefined,
    partitionBy: inner.partitionBy.length > 0 ? inner.partitionBy : node.partitionBy,
    orderBy: inner.orderBy.length > 0 ? inner.orderBy : node.orderBy,
    frame: inner.frame,
  };
}

function specificationOf(node: WindowSpecification, call: Call, context: ResolveContext): Specification {
  const place = { ...context, place: 'OVER' };
  const partition = node.partitionBy.map((each) => resolve(each, place));
  const order = node.orderBy.map((item) => ({
    key: resolve(item.expression, place),
    sort: { descending: item.descending, nullsFirst: nullsFirst(item) },
  }));
  if (order.length === 0 && call.name !== 'ROW_NUMBER')
    throw new SqlRefusal(
      node.at,
      'OVER needs ORDER BY',
      'order by a time attribute: OVER (PARTITION BY k ORDER BY ts)',
    );
  return { node, partition, order, frame: frameOf(node, call) };
}

function frameOf(node: WindowSpecification, call: Call): OverNode['frame'] {
  const { frame } = node;
  if (call.name === 'ROW_NUMBER') {
    if (frame !== undefined) refuse(frame.at, 'a frame with ROW_NUMBER', 'leave it out');
    return { kind: 'rows', preceding: null };
  }
  if (frame === undefined) return { kind: 'range', precedingMs: null };
  if (frame.end !== undefined && frame.end.kind !== 'current-row')
    refuse(frame.end.at, 'a frame that does not end in CURRENT ROW', 'write ... AND CURRENT ROW');
  const { start } = frame;
  if (start.kind === 'unbounded-preceding')
    return frame.unit === 'ROWS' ? { kind: 'rows', preceding: null } : { kind: 'range', precedingMs: null };
  if (start.kind === 'current-row')
    return frame.unit === 'ROWS' ? { kind: 'rows', preceding: 0 } : { kind: 'range', precedingMs: 0 };
  if (start.kind !== 'preceding')
    return refuse(start.at, 'a frame that begins after the current row', 'write BETWEEN ... PRECEDING AND CURRENT ROW');
  return frame.unit === 'ROWS' ? rowsPreceding(start) : rangePreceding(start);
}

type Preceding = FrameBound & { readonly kind: 'preceding' | 'following' };
const literalContext: ResolveContext = {
  place: 'a frame of OVER',
  column: (node) => refuse(node.at, 'a column in a frame of OVER', 'write a number or an interval'),
};

function rowsPreceding(start: Preceding): OverNode['frame'] {
  const preceding = wholeLiteral(resolve(start.offset, literalContext));
  if (preceding === undefined || preceding < 0)
    throw new SqlRefusal(
      start.at,
      'ROWS n PRECEDING needs a whole number',
      'for example ROWS BETWEEN 10 PRECEDING AND CURRENT ROW',
    );
  return { kind: 'rows', preceding };
}

function rangePreceding(start: Preceding): OverNode['frame'] {
  const interval = resolve(start.offset, literalContext);
  if (interval.kind !== 'literal' || interval.type.kind !== 'INTERVAL_MS' || Number(interval.value) < 0)
    throw new SqlRefusal(
      start.at,
      'RANGE n PRECEDING needs an interval of days to seconds',
      "for example RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW",
    );
  return { kind: 'range', precedingMs: Number(interval.value) };
}

const sameSpecification = (a: Specification, b: Specification): boolean =>
  JSON.stringify([a.partition, a.order, a.frame]) === JSON.stringify([b.partition, b.order, b.frame]);
