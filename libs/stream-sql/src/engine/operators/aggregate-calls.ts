import type { BoundAggregate, EvaluationContext, Slots } from '../../builtin/signature.ts';
import type { AggregateCall } from '../../planner/plan.ts';
import type { DataType, Row, Value } from '../../values/data-type.ts';
import { CodeWriter } from '../code/code-writer.ts';
import type { FunctionLibrary } from '../function-library.ts';
import type { ChangeMap } from '../state/change-map.ts';
import { addDistinct, distinctSets, mergeDistinct, retractDistinct, type DistinctCode } from './distinct-code.ts';

/** What holds the state of one group: an Entry of a table, or something short-lived with the same parts. */
export interface Accumulator {
  readonly values: Slots;
  readonly maps: readonly ChangeMap[];
}

/**
 * All aggregates of a node as generated code. `values` of a group are: the key columns, the number of rows, then the slots of the
 * aggregates; `maps` are the values seen by DISTINCT.
 */
export interface AggregateCalls {
  /** ChangeMaps of a group. */
  readonly maps: number;
  /** Whether `values` may grow. */
  readonly grows: boolean;
  readonly mergeable: boolean;
  /** Values of a group without rows, with the keys of this one. */
  start(row: Row): Slots;
  /** The same, with the keys of another group. */
  startLike(values: Slots): Slots;
  add(to: Accumulator, row: Row): void;
  retract(from: Accumulator, row: Row): void;
  /** Adds all rows of another group. */
  merge(to: Accumulator, other: Accumulator): void;
  /** The keys, then the results. */
  results(values: Slots): Value[];
  rowCount(values: Slots): number;
}

export interface AggregateSetup {
  readonly calls: readonly AggregateCall[];
  readonly keys: readonly number[];
  /** Of the input's columns. */
  readonly types: readonly DataType[];
  readonly retracting: boolean;
  readonly functions: FunctionLibrary;
  readonly context: EvaluationContext;
}

const GROWING: readonly string[] = ['CHAR', 'VARCHAR', 'BINARY', 'VARBINARY', 'ARRAY', 'MAP', 'MULTISET', 'ROW'];

export function aggregateCalls({ calls, keys, types, retracting, functions, context }: AggregateSetup): AggregateCalls {
  const bound = calls.map((call) => bind(call, types, retracting, functions, context));
  const writer = new CodeWriter();
  const count = keys.length;
  const places: number[] = [];
  let width = count + 1;
  for (const { width: slots } of bound) {
    places.push(width);
    width += slots;
  }
  const name = (at: number): string => writer.bind(bound[at], 'aggregate');
  const distinct: DistinctCode = {
    writer,
    calls,
    types,
    retracting,
    call: (at, method, args, slots) => `${name(at)}.${method}(${[slots, places[at], ...args].join(', ')})`,
  };
  const sets = distinctSets(calls);
  const plainCalls = (method: 'add' | 'retract'): string[] =>
    calls.flatMap((call, at) => {
      if (call.distinct) return [];
      const code = distinct.call(
        at,
        method,
        call.arguments.map((column) => `r[${column}]`),
        's',
      );
      return [call.filter === null ? `${code};` : `if (r[${call.filter}] === true) ${code};`];
    });
  const starts = bound.map((_, at) => `${name(at)}.start(s, ${places[at]});`);
  const empty = Array.from({ length: width - count - 1 }, () => 'null');
  const started = (of: readonly string[]): string[] => [
    `const s = [${[...of, '0', ...empty].join(', ')}];`,
    ...starts,
    'return s;',
  ];
  const sample: Slots = Array.from({ length: width }, () => null);
  bound.forEach((aggregate, at) => aggregate.start(sample, places[at]!));
  const fn = (head: string, lines: readonly string[]): string => `${head} {\n${lines.join('\n')}\n}`;
  const methods = [
    fn('start(r)', started(keys.map((column) => `r[${column}]`))),
    fn('startLike(k)', started(keys.map((_, i) => `k[${i}]`))),
    fn('add(e, r)', [
      'const s = e.values;',
      `s[${count}]++;`,
      ...plainCalls('add'),
      ...sets.flatMap((set) => addDistinct(set, distinct)),
    ]),
    fn(
      'retract(e, r)',
      retracting
        ? [
            'const s = e.values;',
            `s[${count}]--;`,
            ...plainCalls('retract'),
            ...sets.flatMap((set) => retractDistinct(set, distinct)),
          ]
        : ["throw new Error('rows of this input are never taken back');"],
    ),
    fn('merge(e, o)', [
      'const s = e.values, t = o.values;',
      `s[${count}] += t[${count}];`,
      ...calls.flatMap((call, at) => (call.distinct ? [] : [`${name(at)}.merge(s, ${places[at]}, t, ${places[at]});`])),
      ...(retracting ? [] : sets.flatMap((set) => mergeDistinct(set, distinct))),
    ]),
    fn('results(s)', [
      `return [${[...keys.map((_, i) => `s[${i}]`), ...bound.map((_, at) => `${name(at)}.result(s, ${places[at]})`)].join(', ')}];`,
    ]),
    fn('rowCount(s)', [`return s[${count}];`]),
  ];
  const generated = writer.build<Omit<AggregateCalls, 'maps' | 'grows' | 'mergeable'>>(`({ ${methods.join(',\n')} })`);
  return {
    ...generated,
    maps: sets.length,
    grows:
      sample.some((slot) => typeof slot === 'object' && slot !== null) ||
      calls.some(({ type }) => GROWING.includes(type.kind)),
    mergeable:
      bound.every(({ merge }, at) => calls[at]!.distinct || merge !== undefined) && (sets.length === 0 || !retracting),
  };
}

function bind(
  call: AggregateCall,
  types: readonly DataType[],
  retracting: boolean,
  functions: FunctionLibrary,
  context: EvaluationContext,
): BoundAggregate {
  const fn = functions.aggregate(call.function);
  if (fn === undefined) throw new Error(`the plan calls the unknown aggregate ${call.function}`);
  const args = call.arguments.map((column) => ({ type: types[column]!, literal: undefined }));
  return fn.bind(args, call.type, context, retracting);
}
