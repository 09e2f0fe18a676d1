import type { AggregateCall } from '../../planner/plan.ts';
import type { DataType, Value } from '../../values/data-type.ts';
import { isPlainKey } from '../code/compare-values.ts';
import type { CodeWriter } from '../code/code-writer.ts';
import { keyCode } from '../code/key-code.ts';

/** Aggregates over the same DISTINCT arguments: they share one ChangeMap, whose items say which of them have seen a value. */
export interface DistinctSet {
  readonly map: number;
  readonly arguments: readonly number[];
  /** Places of the calls in the node. */
  readonly calls: number[];
}

const CALLS_OF_A_MASK = 30;

/** The sets of a node's DISTINCT calls. */
export function distinctSets(calls: readonly AggregateCall[]): readonly DistinctSet[] {
  const sets: DistinctSet[] = [];
  calls.forEach((call, at) => {
    if (!call.distinct) return;
    const same = sets.find(
      (set) =>
        set.calls.length < CALLS_OF_A_MASK &&
        set.arguments.length === call.arguments.length &&
        set.arguments.every((argument, i) => argument === call.arguments[i]),
    );
    if (same === undefined) sets.push({ map: sets.length, arguments: call.arguments, calls: [at] });
    else same.calls.push(at);
  });
  return sets;
}

/** Whether a set's key gives its value back; else the items of the set carry it. */
const keyIsValue = (types: readonly DataType[]): boolean =>
  types.length === 1 && (isPlainKey(types[0]!) || types[0]!.kind === 'FLOAT' || types[0]!.kind === 'DOUBLE');

export interface DistinctCode {
  readonly writer: CodeWriter;
  readonly calls: readonly AggregateCall[];
  readonly types: readonly DataType[];
  readonly retracting: boolean;
  /** Code of the call of a bound aggregate's `add` or `retract`. */
  call(at: number, method: 'add' | 'retract', args: readonly string[], slots: string): string;
}

const argument = (column: number): string => `r[${column}]`;

/** Statements that add row `r` to the entry `e` for the calls of a set. */
export function addDistinct(set: DistinctSet, code: DistinctCode): string[] {
  const types = set.arguments.map((column) => code.types[column]!);
  const args = set.arguments.map(argument);
  const key = keyCode(
    set.arguments.map((column, i) => ({ code: argument(column), type: types[i]! })),
    code.writer,
  );
  const filtered = (at: number): string => {
    const { filter } = code.calls[at]!;
    return filter === null ? 'true' : `r[${filter}] === true`;
  };
  const open = [`{ const m = e.maps[${set.map}], k = ${key}; let item = m.get(k);`];
  if (code.retracting)
    return [
      ...open,
      `if (item === undefined) m.set(k, item = [${set.calls.map(() => '0').join(', ')}]); else m.mark(k);`,
      ...set.calls.map((at, i) => `if (${filtered(at)} && ++item[${i}] === 1) ${code.call(at, 'add', args, 's')};`),
      // A row that no filter lets through leaves nothing behind.
      `if (${set.calls.map((_, i) => `item[${i}] === 0`).join(' && ')}) m.delete(k); }`,
    ];
  const plain = keyIsValue(types);
  const seen = plain ? 'item' : 'item[0]';
  return [
    ...open,
    `const seen = item === undefined ? 0 : ${seen}; let now = seen;`,
    ...set.calls.map(
      (at, i) =>
        `if ((seen & ${2 ** i}) === 0 && ${filtered(at)}) { now |= ${2 ** i}; ${code.call(at, 'add', args, 's')}; }`,
    ),
    `if (now !== seen) m.set(k, ${plain ? 'now' : `[now, ${args.join(', ')}]`}); }`,
  ];
}

/** Statements that take row `r` back. */
export function retractDistinct(set: DistinctSet, code: DistinctCode): string[] {
  const args = set.arguments.map(argument);
  const key = keyCode(
    set.arguments.map((column) => ({ code: argument(column), type: code.types[column]! })),
    code.writer,
  );
  return [
    `{ const m = e.maps[${set.map}], k = ${key}, item = m.get(k);`,
    'if (item !== undefined) { m.mark(k);',
    ...set.calls.map((at, i) => {
      const { filter } = code.calls[at]!;
      const test = filter === null ? '' : `r[${filter}] === true && `;
      return `if (${test}item[${i}] > 0 && --item[${i}] === 0) ${code.call(at, 'retract', args, 's')};`;
    }),
    `if (${set.calls.map((_, i) => `item[${i}] === 0`).join(' && ')}) m.delete(k); } }`,
  ];
}

/** Statements that add the values that entry `o` has seen to entry `e`. */
export function mergeDistinct(set: DistinctSet, code: DistinctCode): string[] {
  const types = set.arguments.map((column) => code.types[column]!);
  const plain = keyIsValue(types);
  const value = code.writer.bind(valueOfKey, 'valueOfKey');
  const args = plain ? [`${value}(k)`] : set.arguments.map((_, i) => `theirs[${i + 1}]`);
  const mask = (item: string): string => (plain ? item : `${item}[0]`);
  return [
    `for (const [k, theirs] of o.maps[${set.map}].entries()) { const m = e.maps[${set.map}], item = m.get(k);`,
    `const seen = item === undefined ? 0 : ${mask('item')}; const more = ${mask('theirs')} & ~seen;`,
    'if (more !== 0) {',
    ...set.calls.map((at, i) => `if ((more & ${2 ** i}) !== 0) ${code.call(at, 'add', args, 's')};`),
    `m.set(k, ${plain ? 'seen | more' : `[seen | more, ${args.join(', ')}]`}); } }`,
  ];
}

const valueOfKey = (key: Value): Value => (key === '-0' ? -0 : key);
