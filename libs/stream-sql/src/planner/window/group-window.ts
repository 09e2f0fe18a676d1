import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Call, Expression } from '../../syntax/tree-expression.ts';
import type { Span } from '../../syntax/tree-node.ts';
import type { DataType } from '../../values/data-type.ts';
import type { ResolveContext } from '../expression/context.ts';
import { sameExpression } from '../expression/parts.ts';
import { resolve } from '../expression/resolve.ts';
import type { PlanExpression } from '../expression.ts';
import type { WindowSpec } from '../plan.ts';
import { type AggregateUse, type NamedKey, windowAggregate, windowColumns } from '../relation/aggregate.ts';
import { calc } from '../relation/calc.ts';
import { inputAt, type Relation } from '../relation/relation.ts';
import { durationOf, hopSpec, notATimeAttribute } from './window-spec.ts';

/** A window function in GROUP BY (Flink's older form): TUMBLE(ts, INTERVAL '1' MINUTE). */
export interface GroupWindow {
  readonly name: string;
  readonly spec: WindowSpec;
  readonly time: PlanExpression;
  /** The arguments, by which TUMBLE_START(...) finds its window. */
  readonly arguments: readonly PlanExpression[];
  readonly columns: ReturnType<typeof windowColumns>;
}

export const GROUP_WINDOW_PROPERTIES = ['window_start', 'window_end', 'window_time'] as const;

const WINDOWS = ['TUMBLE', 'HOP', 'SESSION'];
const AUXILIARIES = ['START', 'END', 'ROWTIME', 'PROCTIME'];

export const isGroupWindow = (node: Call): boolean => WINDOWS.includes(node.name);

/** TUMBLE, TUMBLE_START and their kind, in any place of a query. */
export const isWindowFunction = (name: string): boolean => {
  const [window, auxiliary] = name.split('_') as [string, string | undefined];
  return WINDOWS.includes(window) && (auxiliary === undefined || AUXILIARIES.includes(auxiliary));
};

/** Throws SqlRefusal. */
export function groupWindow(node: Call, plain: ResolveContext, input: Relation): GroupWindow {
  const args = node.arguments.map((argument) => resolve(argument, { ...plain, place: `an argument of ${node.name}` }));
  const [time, ...durations] = args;
  const wanted = node.name === 'HOP' ? 2 : 1;
  if (time === undefined || durations.length !== wanted)
    throw new SqlRefusal(
      node.at,
      `${node.name} in GROUP BY takes a time attribute and ${wanted} interval${wanted === 1 ? '' : 's'}`,
      node.name === 'HOP'
        ? "for example HOP(ts, INTERVAL '1' MINUTE, INTERVAL '10' MINUTE): how often, and how long"
        : `for example ${node.name}(ts, INTERVAL '1' MINUTE)`,
    );
  const attribute = time.kind === 'input' ? input.columns[time.index]!.attribute : null;
  if (time.kind !== 'input' || attribute === null) throw notATimeAttribute(node.arguments[0]!.at, node.name);
  const [first, second] = durations.map((each, i) => durationOf(each, node.arguments[i + 1]!.at));
  const spec: WindowSpec =
    node.name === 'TUMBLE'
      ? { kind: 'tumble', sizeMs: first!, offsetMs: 0 }
      : node.name === 'HOP'
        ? hopSpec(first!, second!, 0, node.at)
        : { kind: 'session', gapMs: first!, partition: [] };
  return { name: node.name, spec, time, arguments: args, columns: windowColumns(input.columns[time.index]!) };
}

/** Which property of the window a call like TUMBLE_START(ts, INTERVAL '1' MINUTE) asks for; `undefined` when it is no such call. */
export function auxiliaryProperty(
  node: Call,
  window: GroupWindow | undefined,
  plain: ResolveContext,
): { readonly index: number; readonly type: DataType } | undefined {
  if (!isWindowFunction(node.name) || WINDOWS.includes(node.name)) return undefined;
  const [name, what] = node.name.split('_') as [string, string];
  const same = (argument: Expression, i: number): boolean =>
    window !== undefined &&
    window.arguments[i] !== undefined &&
    sameExpression(resolve(argument, plain), window.arguments[i]);
  if (
    window?.name !== name ||
    node.arguments.length !== window.arguments.length ||
    !node.arguments.every((argument, i) => same(argument, i))
  )
    throw new SqlRefusal(
      node.at,
      `${node.name} has no window of its own in GROUP BY`,
      `add ${name}(...) with the same arguments to GROUP BY`,
    );
  const attribute = window.columns[2]!.attribute;
  if (what === 'ROWTIME' && attribute !== 'rowtime')
    return refuse(node.at, `${node.name} of a window of processing time`, `write ${name}_PROCTIME(...)`);
  if (what === 'PROCTIME' && attribute !== 'proctime')
    return refuse(node.at, `${node.name} of a window of event time`, `write ${name}_ROWTIME(...)`);
  const index = what === 'START' ? 0 : what === 'END' ? 1 : 2;
  return { index, type: window.columns[index]!.type };
}

/** Output: the keys, start, end and time of the window, the aggregates. */
export function groupWindowAggregate(
  input: Relation,
  window: GroupWindow,
  keys: readonly NamedKey[],
  calls: readonly AggregateUse[],
  at: Span,
): Relation {
  const spec: WindowSpec =
    window.spec.kind === 'session' ? { ...window.spec, partition: keys.map((_, i) => i) } : window.spec;
  const node = windowAggregate(input, spec, window.time, keys, calls, GROUP_WINDOW_PROPERTIES, at);
  const order = [
    ...keys.map((_, i) => i),
    ...GROUP_WINDOW_PROPERTIES.map((_, i) => keys.length + calls.length + i),
    ...calls.map((_, i) => keys.length + i),
  ];
  return calc(
    node,
    [],
    order.map((index) => inputAt(node, index)),
    order.map((index) => node.columns[index]!.name),
    at,
  );
}
