import type { AggregateCall, PlanNode, StreamPlan, WindowSpec } from '../plan.ts';
import { columnForm, type ColumnMeaning, expressionMeaning, sourceColumns, tableIdentity } from './column-meaning.ts';
import type { Meanings } from './meanings.ts';

/** One side of what a node's state depends on, with the number of what it says. */
export interface Aspect {
  /** For people: `aggregates`. */
  readonly label: string;
  readonly id: number;
}

/** What a node is, apart from its place in a plan. */
export interface NodeIdentity {
  /** All that its state depends on: state of one node fits another exactly when all of these are the same. */
  readonly aspects: readonly Aspect[];
  /** The aspects as one number. */
  readonly shape: number;
  /** The node with everything before it, filters too. */
  readonly history: number;
  /** The declared names around it: a source's own, and those of the sinks that its rows go to. */
  readonly names: number;
}

/** The identity of each node of a plan. Numbers of two plans compare when they are of the same `meanings`. */
export function nodeIdentities(plan: StreamPlan, meanings: Meanings): readonly NodeIdentity[] {
  const columns: (readonly ColumnMeaning[])[] = [];
  const found: { readonly aspects: readonly Aspect[]; readonly shape: number; readonly history: number }[] = [];
  for (const node of plan.nodes) {
    const inputs = node.inputs.map((input): Input => ({ node: plan.nodes[input]!, columns: columns[input]! }));
    const aspects = aspectsOf(node, inputs, plan).map(([label, said]) => ({ label, id: meanings.of(said) }));
    const shape = meanings.of([node.kind, aspects.map(({ id }) => id)]);
    const before = node.inputs.map((input) => found[input]!.history);
    found.push({ aspects, shape, history: meanings.of([definitionOf(node), before]) });
    columns.push(columnsOf(node, inputs, shape, meanings));
  }
  const sinks = sinksAfter(plan);
  return found.map((each, index) => {
    const node = plan.nodes[index]!;
    return { ...each, names: meanings.of([node.kind === 'source' ? node.table.name : '', sinks[index]]) };
  });
}

interface Input {
  readonly node: PlanNode;
  readonly columns: readonly ColumnMeaning[];
}

type Said = readonly [label: string, said: unknown];

function aspectsOf(node: PlanNode, inputs: readonly Input[], { settings }: StreamPlan): readonly Said[] {
  if (node.kind === 'source') return [['table', tableIdentity(node.table)]];
  if (node.kind === 'calc' || node.kind === 'union') return [];
  const ttlMs = (node.kind === 'group-aggregate' ? node.stateTtlMs : undefined) ?? settings.stateTtlMs;
  const ttl: Said = ["state TTL ('table.exec.state.ttl' or a hint, on or off)", ttlMs > 0];
  const [first] = inputs;
  const column = (at: number): unknown => [first!.columns[at]!.id, columnForm(first!.node, at)];
  const brings: Said = ['changes that come to it', inputs.map((input) => input.node.changelog)];
  switch (node.kind) {
    case 'group-aggregate':
      return [
        ['keys', node.keys.map(column)],
        ['aggregates', node.aggregates.map((call) => callSaid(call, column))],
        brings,
        ttl,
      ];
    case 'window-aggregate':
      return [
        ['keys', node.keys.map(column)],
        ['aggregates', node.aggregates.map((call) => callSaid(call, column))],
        ['window', [windowSaid(node.window, column), column(node.time), settings.timeZone]],
        brings,
      ];
    default:
      return [
        ['definition', [definitionOf(node), settings.timeZone]],
        [
          'columns of its input',
          inputs.map(({ node: from, columns }) => [
            columns.map(({ id }, at) => [id, columnForm(from, at)]),
            from.uniqueKey,
          ]),
        ],
        brings,
        ttl,
      ];
  }
}

const callSaid = (call: AggregateCall, column: (at: number) => unknown): unknown => [
  call.function,
  call.distinct,
  call.arguments.map(column),
  call.filter === null ? null : column(call.filter),
  call.type,
];

function windowSaid(
  window: WindowSpec | { readonly kind: 'attached'; readonly start: number; readonly end: number },
  column: (at: number) => unknown,
): unknown {
  switch (window.kind) {
    case 'attached':
      return [window.kind, column(window.start), column(window.end)];
    case 'session':
      return [window.kind, window.gapMs, window.partition.map(column)];
    default:
      return window;
  }
}

/** What the node itself says; its tables by what they are outside. A sink's and a lookup's state are rows that came to them. */
function definitionOf(node: PlanNode): unknown {
  const { inputs: _inputs, columns: _columns, uniqueKey: _uniqueKey, ...own } = node;
  switch (own.kind) {
    case 'source':
      return { ...own, table: [tableIdentity(own.table), own.table.name, own.table.columns, own.table.watermark] };
    case 'sink':
      return [own.kind, own.table === null ? null : tableIdentity(own.table), own.upsertKey, own.written];
    case 'lookup-join':
      return [own.kind, tableIdentity(own.table)];
    default:
      return own;
  }
}

/** What a node's output columns mean. */
function columnsOf(
  node: PlanNode,
  inputs: readonly Input[],
  shape: number,
  meanings: Meanings,
): readonly ColumnMeaning[] {
  const own = (at: number): ColumnMeaning => ({ id: meanings.of(['made by', shape, at]) });
  const passed = inputs.flatMap(({ columns }) => columns);
  switch (node.kind) {
    case 'source':
      return sourceColumns(node, meanings);
    case 'calc':
      return node.projections.map((projection) => expressionMeaning(projection, passed, meanings));
    case 'union':
      return node.columns.map((_, at) => {
        const ids = inputs.map(({ columns }) => columns[at]!.id);
        return { id: new Set(ids).size === 1 ? ids[0]! : meanings.of(['union', ids]) };
      });
    case 'group-aggregate':
      return node.columns.map((_, at) => (at < node.keys.length ? passed[node.keys[at]!]! : own(at)));
    case 'window-aggregate':
      return node.columns.map((_, at) => {
        if (at < node.keys.length) return passed[node.keys[at]!]!;
        const property = node.properties[at - node.keys.length - node.aggregates.length];
        return property === undefined ? own(at) : { id: meanings.of(['made by', shape, property]) };
      });
    case 'window':
    case 'over':
    case 'rank':
    case 'deduplicate':
    case 'join':
    case 'interval-join':
    case 'temporal-join':
    case 'lookup-join':
    case 'changelog-normalize':
    case 'unnest':
    case 'sink':
      return node.columns.map((_, at) => passed[at] ?? own(at));
    default:
      return node.columns.map((_, at) => own(at));
  }
}

/** By node: the tables of the sinks that its rows go to, sorted. */
function sinksAfter({ nodes }: StreamPlan): readonly (readonly string[])[] {
  const after = nodes.map(() => new Set<string>());
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index]!;
    if (node.kind === 'sink' && node.table !== null) after[index]!.add(tableIdentity(node.table));
    for (const input of node.inputs) for (const name of after[index]!) after[input]!.add(name);
  }
  return after.map((names) => [...names].toSorted());
}
