import { SqlRefusal } from '../../syntax/problem.ts';
import type { ConnectorDescription } from '../connectors/description.ts';
import type { PlanNode, PlanSettings, StreamPlan } from '../plan.ts';
import type { SinkTarget } from '../query/insert.ts';
import { causeOf, changelogs, type SinkNeed } from './changelog.ts';
import { checkCurrentWatermark } from './current-watermark.ts';
import { Graph } from './draft.ts';
import { Lowering } from './lower.ts';
import { lastOfEachKey } from './last-of-each-key.ts';
import { pruned } from './prune.ts';
import { withPaths } from './read-paths.ts';
import { producesUpdates } from './updates.ts';
import { type UniqueKeys, uniqueKeys } from './unique-keys.ts';

/** One graph of all queries that are written somewhere. Throws SqlRefusal. */
export function streamPlan(targets: readonly SinkTarget[], settings: PlanSettings): StreamPlan {
  const first = sinkGraph(targets);
  const firstKeys = uniqueKeys(first);
  const meet = sinksOf(first).map((index, i) => checkSink(first, index, targets[i]!, firstKeys));
  const made = targets.map((target, i) => (meet[i]! ? lastOfEachKey(target, keyOf(target)!) : target));
  return finished(meet.includes(true) ? sinkGraph(made) : first, made, settings);
}

/** Sinks in the order of their targets. */
const sinksOf = (graph: Graph): readonly number[] =>
  graph.nodes.flatMap((node, i) => (node.kind === 'sink' ? [i] : []));

function sinkGraph(targets: readonly SinkTarget[]): Graph {
  const lowering = new Lowering(new Graph());
  const roots = targets.map((target) => ({ target, input: lowering.lower(target.relation) }));
  for (const { target, input } of roots)
    lowering.graph.add({
      kind: 'sink',
      table: target.table,
      written: target.written,
      upsertKey: null,
      inputs: [input],
      columns: target.relation.columns,
      at: target.at,
    });
  const graph = pruned(lowering.graph);
  checkCurrentWatermark(graph);
  return withPaths(graph);
}

function finished(graph: Graph, targets: readonly SinkTarget[], settings: PlanSettings): StreamPlan {
  const keys = uniqueKeys(graph);
  const sinks = sinksOf(graph);
  const targetOf = (index: number): SinkTarget => targets[sinks.indexOf(index)]!;
  const found = changelogs(graph, keys, (index) => needOf(targetOf(index)));
  const nodes = graph.nodes.map((node, i): PlanNode => {
    const { at: _at, brings: _brings, ...rest } = node;
    const own = keys[i]!;
    const sinkKey = node.kind === 'sink' ? keyOf(targetOf(i)) : null;
    const upsertKey = node.kind === 'sink' ? { upsertKey: sinkKey } : {};
    const uniqueKey = (sinkKey !== null ? own.find((key) => sameSet(key, sinkKey)) : undefined) ?? own[0] ?? null;
    return { ...rest, ...upsertKey, changelog: found[i]!, uniqueKey } as PlanNode;
  });
  return { formatVersion: 2, settings, nodes };
}

const sameSet = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((column) => b.includes(column));

/** The primary key of the target as columns of what is written; null when rows do not replace each other. */
function keyOf({ table, written, description }: SinkTarget): readonly number[] | null {
  const sink = description?.sink;
  if (table === null || table.primaryKey.length === 0 || sink?.accepts !== 'upsert' || sink.dropsRows) return null;
  const key = table.primaryKey.map((column) => (written === null ? column : written.indexOf(column)));
  return key.includes(-1) ? null : key;
}

const needOf = (target: SinkTarget): SinkNeed => ({
  accepts: target.description?.sink?.accepts ?? 'retract',
  key: keyOf(target),
});

/** Throws SqlRefusal when the target cannot take the query's changes. Answers whether rows of several keys of the query may meet in one key of the table. */
function checkSink(graph: Graph, index: number, target: SinkTarget, keys: readonly UniqueKeys[]): boolean {
  const { table, description, at } = target;
  const input = graph.at(index).inputs[0]!;
  if (table === null || description === null || !producesUpdates(graph, input)) return false;
  const cause = causeOf(graph, input);
  const { accepts, dropsRows } = description.sink!;
  if (accepts === 'append')
    throw new SqlRefusal(
      at,
      `the rows of this query change later (${cause}), and a ${table.connector} table takes new rows only`,
      changeHint(description),
    );
  if (accepts === 'retract' || dropsRows) return false;
  const key = keyOf(target);
  if (key === null)
    throw new SqlRefusal(
      at,
      `the rows of this query change later (${cause}), and the table ${table.name} has no primary key by which they replace each other`,
      `add PRIMARY KEY (${suggestedKey(keys[input]!, target)}) NOT ENFORCED to ${table.name}`,
    );
  return !keys[input]!.some((each) => each.every((column) => key.includes(column)));
}

const changeHint = ({ name }: ConnectorDescription): string =>
  name === 'kafka' || name === 'clickhouse' || name === 'filesystem'
    ? 'aggregate in a window (TUMBLE, HOP, ...), whose results are final; or write into a table with a PRIMARY KEY that takes updates (upsert-kafka, jdbc, redis)'
    : 'aggregate in a window (TUMBLE, HOP, ...), whose results are final';

function suggestedKey([key]: UniqueKeys, { table, written }: SinkTarget): string {
  const names = (key ?? []).map((column) => table!.columns[written?.[column] ?? column]!.name);
  return names.length === 0 ? '...' : names.join(', ');
}
