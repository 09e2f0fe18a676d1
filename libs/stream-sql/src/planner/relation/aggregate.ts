import { refuse } from '../../syntax/problem.ts';
import type { Span } from '../../syntax/tree-node.ts';
import { timestamp, withNullable, type TimeType } from '../../values/types.ts';
import { eachInput, sameExpression, substitute } from '../expression/parts.ts';
import type { PlanExpression } from '../expression.ts';
import type { Column, WindowSpec } from '../plan.ts';
import { calc, where } from './calc.ts';
import { inputAt, type AggregateRelationCall, type Relation, type WindowProperty } from './relation.ts';
import { windowColumnsOf } from './window-columns.ts';

/** A call of an aggregate function over expressions of the input row. */
export interface AggregateUse {
  readonly function: string;
  readonly arguments: readonly PlanExpression[];
  readonly distinct: boolean;
  readonly filter: PlanExpression | null;
  readonly type: PlanExpression['type'];
  readonly at: Span;
}

export interface NamedKey {
  readonly name: string;
  readonly expression: PlanExpression;
}

/**
 * Aggregates by keys. Output: the keys, then the aggregates. Keys that are start and end of a window make it an aggregate of that window,
 * and the window function before it part of it, where nothing else asks for the window.
 */
export function aggregate(
  input: Relation,
  keys: readonly NamedKey[],
  calls: readonly AggregateUse[],
  at: Span,
): Relation {
  const window = windowColumnsOf(input);
  const isBound = (bound: ReadonlySet<number> | undefined, { expression }: NamedKey): boolean =>
    expression.kind === 'input' && bound?.has(expression.index) === true;
  const properties = keys.map((key): WindowProperty | undefined =>
    isBound(window?.start, key)
      ? 'window_start'
      : isBound(window?.end, key)
        ? 'window_end'
        : isBound(window?.time, key)
          ? 'window_time'
          : undefined,
  );
  if (window === null || !properties.includes('window_start') || !properties.includes('window_end'))
    return groupAggregate(input, keys, calls, at);
  const node = foldedWindow(input, keys, properties, calls, at) ?? attachedWindow(input, keys, properties, calls, at);
  const plain = keys.filter((_, i) => properties[i] === undefined);
  const order = keys.map((key, i) =>
    properties[i] === undefined
      ? plain.indexOf(key)
      : plain.length + calls.length + node.properties.indexOf(properties[i]),
  );
  return calc(
    node,
    [],
    [...order, ...calls.map((_, i) => plain.length + i)].map((index) => inputAt(node, index)),
    [...keys.map(({ name }) => name), ...calls.map((_, i) => `agg${i}`)],
    at,
  );
}

function groupAggregate(
  input: Relation,
  keys: readonly NamedKey[],
  calls: readonly AggregateUse[],
  at: Span,
): Relation {
  const row = new Arguments();
  const keyColumns = keys.map(({ expression }) => row.place(expression));
  const aggregates = calls.map((call) => row.call(call));
  return {
    kind: 'group-aggregate',
    input: row.calc(input, keys, at),
    keys: keyColumns,
    aggregates,
    columns: [...keys.map(keyColumn), ...calls.map(callColumn)],
    at,
  };
}

type WindowAggregate = Relation & { readonly kind: 'window-aggregate' };

/** The window function and what is between it and the aggregate taken into one node; `undefined` when they ask for the window itself. */
function foldedWindow(
  input: Relation,
  keys: readonly NamedKey[],
  properties: readonly (WindowProperty | undefined)[],
  calls: readonly AggregateUse[],
  at: Span,
): WindowAggregate | undefined {
  const found = windowBelow(input);
  if (found === undefined) return undefined;
  const { window, projections, conjuncts } = found;
  const width = window.input.columns.length;
  const over = (expression: PlanExpression): PlanExpression =>
    projections === undefined ? expression : substitute(expression, projections);
  const plain = keys
    .filter((_, i) => properties[i] === undefined)
    .map((key) => ({ ...key, expression: over(key.expression) }));
  const uses = calls.map((call) => ({
    ...call,
    arguments: call.arguments.map(over),
    filter: call.filter === null ? null : over(call.filter),
  }));
  let asksForWindow = false;
  for (const expression of [
    ...conjuncts,
    ...plain.map((key) => key.expression),
    ...uses.flatMap((call) => [...call.arguments, ...(call.filter === null ? [] : [call.filter])]),
  ])
    eachInput(expression, (index) => (asksForWindow ||= index >= width));
  if (asksForWindow) return undefined;
  let spec: WindowSpec = window.window;
  if (spec.kind === 'session') {
    const partition = spec.partition.map((column) =>
      plain.findIndex(({ expression }) => expression.kind === 'input' && expression.index === column),
    );
    if (partition.includes(-1) || partition.length !== plain.length) return undefined;
    spec = { ...spec, partition };
  }
  const rows = where(window.input, conjuncts, at);
  return windowAggregate(rows, spec, inputAt(rows, window.time), plain, uses, used(properties), at);
}

/** Aggregates that Flink cannot merge, as windows that share rows ask. */
const UNMERGED = /^(FIRST_VALUE|LAST_VALUE|JSON_OBJECTAGG_.*|JSON_ARRAYAGG_.*)$/;

/**
 * Aggregates of a window over a time attribute of the input. Output: keys, aggregates, properties. `partition` of a session is indices of `keys`.
 */
export function windowAggregate(
  input: Relation,
  spec: WindowSpec,
  time: PlanExpression,
  keys: readonly NamedKey[],
  calls: readonly AggregateUse[],
  properties: readonly WindowProperty[],
  at: Span,
): WindowAggregate {
  const unmerged = spec.kind === 'tumble' ? undefined : calls.find((call) => UNMERGED.test(call.function));
  if (unmerged !== undefined)
    refuse(
      unmerged.at,
      `${unmerged.function.replace(/_(NULL|ABSENT)_ON_NULL$/, '')} in a ${spec.kind.toUpperCase()} window`,
      'write it for TUMBLE, or take the first or last row of each window by ROW_NUMBER()',
    );
  const row = new Arguments();
  const timeColumn = row.place(time);
  const keyColumns = keys.map(({ expression }) => row.place(expression));
  const aggregates = calls.map((call) => row.call(call));
  const window: WindowSpec =
    spec.kind === 'session' ? { ...spec, partition: spec.partition.map((key) => keyColumns[key]!) } : spec;
  const made = row.calc(input, keys, at);
  return {
    kind: 'window-aggregate',
    input: made,
    window,
    time: timeColumn,
    keys: keyColumns,
    aggregates,
    properties,
    columns: [
      ...keys.map(keyColumn),
      ...calls.map(callColumn),
      ...windowColumns(made.columns[timeColumn]!).filter(({ name }) => properties.includes(name as WindowProperty)),
    ],
    at,
  };
}

/** Start, end and time of a window over a time attribute, as columns. Start and end are of the wall clock, whatever the attribute is. */
export function windowColumns(time: Column): readonly Column[] {
  return [
    { name: 'window_start', type: timestamp(3, false), attribute: null },
    { name: 'window_end', type: timestamp(3, false), attribute: null },
    {
      name: 'window_time',
      type: { ...withNullable(time.type as TimeType, false), precision: 3 },
      attribute: time.attribute,
    },
  ];
}

function attachedWindow(
  input: Relation,
  keys: readonly NamedKey[],
  properties: readonly (WindowProperty | undefined)[],
  calls: readonly AggregateUse[],
  at: Span,
): WindowAggregate {
  const row = new Arguments();
  const columnOf = (property: WindowProperty): number | undefined => {
    const key = keys[properties.indexOf(property)];
    return key === undefined ? undefined : row.place(key.expression);
  };
  const [start, end, time] = [columnOf('window_start'), columnOf('window_end'), columnOf('window_time')];
  const plain = keys.filter((_, i) => properties[i] === undefined);
  const keyColumns = plain.map(({ expression }) => row.place(expression));
  const aggregates = calls.map((call) => row.call(call));
  const made = row.calc(input, keys, at);
  const wanted = used(properties);
  return {
    kind: 'window-aggregate',
    input: made,
    window: { kind: 'attached', start: start!, end: end! },
    time: time ?? end!,
    keys: keyColumns,
    aggregates,
    properties: wanted,
    columns: [
      ...plain.map(keyColumn),
      ...calls.map(callColumn),
      ...windowColumns(made.columns[time ?? end!]!).filter(({ name }) => wanted.includes(name as WindowProperty)),
    ],
    at,
  };
}

const used = (properties: readonly (WindowProperty | undefined)[]): readonly WindowProperty[] =>
  (['window_start', 'window_end', 'window_time'] as const).filter((each) => properties.includes(each));

/**
 * The window function under calcs, what those make of its row, and their conditions on it. An aggregate of SESSION is asked of the rows that pass, as in
 * Flink, although those that do not may have held a session together.
 */
function windowBelow(relation: Relation):
  | {
      readonly window: Relation & { readonly kind: 'window' };
      readonly projections: readonly PlanExpression[] | undefined;
      readonly conjuncts: readonly PlanExpression[];
    }
  | undefined {
  if (relation.kind === 'window') return { window: relation, projections: undefined, conjuncts: [] };
  if (relation.kind !== 'calc') return undefined;
  const below = windowBelow(relation.input);
  if (below === undefined) return undefined;
  const { window, projections } = below;
  const own = relation.conjuncts.map((each) => (projections === undefined ? each : substitute(each, projections)));
  return {
    window,
    conjuncts: [...below.conjuncts, ...own],
    projections:
      projections === undefined
        ? relation.projections
        : relation.projections.map((each) => substitute(each, projections)),
  };
}

const keyColumn = ({ name, expression }: NamedKey): Column => ({ name, type: expression.type, attribute: null });
const callColumn = (call: AggregateUse, i: number): Column => ({ name: `agg${i}`, type: call.type, attribute: null });

/** The row that keys and arguments are computed into, each once. */
class Arguments {
  private readonly expressions: PlanExpression[] = [];

  place(expression: PlanExpression): number {
    const known = this.expressions.findIndex((each) => sameExpression(each, expression));
    return known >= 0 ? known : this.expressions.push(expression) - 1;
  }

  call(use: AggregateUse): AggregateRelationCall {
    return {
      function: use.function,
      arguments: use.arguments.map((each) => this.place(each)),
      distinct: use.distinct,
      filter: use.filter === null ? null : this.place(use.filter),
      type: use.type,
      at: use.at,
    };
  }

  calc(input: Relation, keys: readonly NamedKey[], at: Span): Relation {
    const names = this.expressions.map((expression, i) => {
      const key = keys.find((each) => sameExpression(each.expression, expression));
      return key?.name ?? (expression.kind === 'input' ? input.columns[expression.index]!.name : `$f${i}`);
    });
    return calc(input, [], this.expressions, names, at);
  }
}
