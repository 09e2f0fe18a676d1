import { SqlRefusal } from '../../syntax/problem.ts';
import { conjunctionOf, moveInputs } from '../expression/parts.ts';
import type { Column } from '../plan.ts';
import type { Relation } from '../relation/relation.ts';
import type { Graph } from './draft.ts';
import { divideKeys, padded, withKeys, withoutKeys } from './lower-join.ts';
import type { Lowering } from './lower.ts';
import { uniqueKeys } from './unique-keys.ts';
import { producesUpdates } from './updates.ts';

/** A join as of event time: its condition has to name a version by the whole unique key of the right side. Returns the node's index. */
export function lowerTemporalJoin(relation: Relation & { readonly kind: 'temporal-join' }, lowering: Lowering): number {
  const { left, right, type, at } = relation;
  const width = left.columns.length;
  const [from, to] = [lowering.lower(left), lowering.lower(right)];
  checkTimes(relation, lowering.columns(from), lowering.columns(to));
  refuseFilteredChanges(lowering.graph, to, at);
  const { keys, rest } = divideKeys(relation.conjuncts, width);
  const rightKeys = keys.map((key) => moveInputs(key.right, (index) => index - width));
  checkKey(relation, uniqueKeys(lowering.graph)[to]!, rightKeys);
  const l = withKeys(
    lowering,
    from,
    keys.map((key) => key.left),
    relation,
  );
  const r = withKeys(lowering, to, rightKeys, relation);
  const shift = l.width - width;
  const plain = (column: Column): Column => ({ ...column, attribute: null });
  const index = lowering.graph.add({
    kind: 'temporal-join',
    type,
    leftKeys: l.keys,
    rightKeys: r.keys,
    condition: conjunctionOf(rest.map((each) => moveInputs(each, (i) => (i < width ? i : i + shift)))),
    leftTime: relation.leftTime,
    rightTime: relation.rightTime,
    dropsBefore: canDropBefore(lowering.graph, r.index),
    inputs: [l.index, r.index],
    columns: [
      ...padded(relation.columns.slice(0, width), lowering.columns(l.index)),
      // The time of the version orders nothing behind the join.
      ...padded(relation.columns.slice(width), lowering.columns(r.index)).map(plain),
    ],
    at,
  });
  return withoutKeys(lowering, index, relation, l.width, shift + (r.width - right.columns.length));
}

function checkTimes(
  { leftTime, rightTime, at }: Relation & { readonly kind: 'temporal-join' },
  left: readonly Column[],
  right: readonly Column[],
): void {
  if (left[leftTime]!.attribute !== 'rowtime')
    throw new SqlRefusal(
      at,
      `${left[leftTime]!.name} is no time attribute any more behind a join of all rows`,
      'join the versioned table first',
    );
  if (right[rightTime]!.attribute !== 'rowtime') throw new SqlRefusal(at, ...noVersions());
}

/** What is said of a table without a key or a time of its versions. */
export const noVersions = (): readonly [message: string, hint: string] => [
  'FOR SYSTEM_TIME AS OF an event time needs a versioned table: with a primary key and a watermark',
  'add PRIMARY KEY (...) NOT ENFORCED and WATERMARK FOR ... to it; or read the last row of each key: a view with ROW_NUMBER() OVER (PARTITION BY key ORDER BY rowtime DESC) and WHERE rn = 1',
];

function checkKey(
  { right, at }: Relation & { readonly kind: 'temporal-join' },
  unique: readonly (readonly number[])[],
  keys: readonly { readonly kind: string; readonly index?: number }[],
): void {
  if (unique.length === 0) throw new SqlRefusal(at, ...noVersions());
  const asked = keys.flatMap((key) => (key.kind === 'input' && key.index !== undefined ? [key.index] : []));
  if (unique.some((key) => key.every((column) => asked.includes(column)))) return;
  const names = unique[0]!.map((column) => right.columns[column]!.name);
  throw new SqlRefusal(
    at,
    `a join as of event time needs an equality with the whole primary key: ${names.join(', ')}`,
    `write ON ${names.map((name) => `<value of the left row> = v.${name}`).join(' AND ')}`,
  );
}

/** A row that a filter leaves out would end no version. What comes from a rank or an aggregate says its own end. */
function refuseFilteredChanges(graph: Graph, index: number, at: Relation['at'], filtered = false): void {
  const node = graph.at(index);
  const isSource = node.kind === 'changelog-normalize' || (node.kind === 'source' && producesUpdates(graph, index));
  if (filtered && isSource)
    throw new SqlRefusal(
      at,
      'a filter between a table of changes and a join as of event time would lose the ends of versions',
      'write the condition into ON or into WHERE of the join',
    );
  if (node.kind === 'calc') refuseFilteredChanges(graph, node.inputs[0]!, at, filtered || node.condition !== null);
}

/** Whether rows leave without what they were before where nobody asks for it; behind a filter it is needed, as in Flink. */
function canDropBefore(graph: Graph, index: number): boolean {
  const node = graph.at(index);
  switch (node.kind) {
    case 'source':
    case 'changelog-normalize':
    case 'group-aggregate':
    case 'deduplicate':
      return true;
    case 'calc':
      return node.condition === null && canDropBefore(graph, node.inputs[0]!);
    case 'union':
      return node.inputs.every((input) => canDropBefore(graph, input));
    default:
      return false;
  }
}
