import { allInputs } from '../relation/relation.ts';
import { eachInput, moveInputs } from '../expression/parts.ts';
import type { PlanExpression } from '../expression.ts';
import type { AggregateCall, Column, WindowSpec } from '../plan.ts';
import { type DraftKind, type DraftNode, Graph } from './draft.ts';

/**
 * The graph without columns and aggregates that nobody reads: sources say what they need not decode, and rows are narrow where they are kept. Calcs that say
 * nothing are left out.
 */
export function pruned(graph: Graph): Graph {
  const read = graph.nodes.map(() => new Set<number>());
  for (let i = graph.nodes.length - 1; i >= 0; i--) markReads(graph, i, read);
  const pruning = new Pruning(graph, read);
  for (const [i] of graph.nodes.entries()) pruning.rebuild(i);
  return pruning.result;
}

/** Marks which columns of its inputs a node reads, given which of its own are read. */
function markReads(graph: Graph, at: number, read: readonly Set<number>[]): void {
  const node = graph.at(at);
  const own = read[at]!;
  const mark = (input: number, column: number): void => void read[node.inputs[input]!]!.add(column);
  const markAll = (columns: readonly number[]): void => columns.forEach((column) => mark(0, column));
  const markExpression = (expression: PlanExpression | null): void => {
    if (expression !== null) eachInput(expression, (index) => mark(0, index));
  };
  const width = node.inputs[0] === undefined ? 0 : graph.at(node.inputs[0]).columns.length;
  const markPassed = (): void => own.forEach((column) => column < width && mark(0, column));
  switch (node.kind) {
    case 'source':
    case 'values':
      return;
    case 'sink':
      return markAll(allColumns(graph, node));
    case 'calc':
      markExpression(node.condition);
      own.forEach((column) => markExpression(node.projections[column]!));
      return;
    case 'window':
      mark(0, node.time);
      if (node.window.kind === 'session') markAll(node.window.partition);
      return markPassed();
    case 'group-aggregate':
    case 'window-aggregate': {
      markAll(node.keys);
      for (const call of usedCalls(node, own)) markAll(callInputs(call));
      if (node.kind === 'group-aggregate') return;
      mark(0, node.time);
      if (node.window.kind === 'attached') markAll([node.window.start, node.window.end]);
      if (node.window.kind === 'session') markAll(node.window.partition);
      return;
    }
    case 'over':
      markPassed();
      markAll([...node.partition, node.order]);
      return markAll(node.aggregates.flatMap(callInputs));
    case 'rank':
      markPassed();
      return markAll([...node.partition, ...node.order.map(({ column }) => column)]);
    case 'deduplicate':
      markPassed();
      return markAll([...node.partition, node.order]);
    case 'changelog-normalize':
      markPassed();
      return markAll(node.key);
    case 'join':
    case 'interval-join':
    case 'temporal-join': {
      const markBoth = (column: number): void => mark(column < width ? 0 : 1, column < width ? column : column - width);
      own.forEach(markBoth);
      if (node.condition !== null) eachInput(node.condition, markBoth);
      node.leftKeys.forEach((column) => mark(0, column));
      node.rightKeys.forEach((column) => mark(1, column));
      const [left, right] =
        node.kind === 'join'
          ? [node.window?.leftEnd ?? -1, node.window?.rightEnd ?? -1]
          : [node.leftTime, node.rightTime];
      if (left >= 0) mark(0, left);
      if (right >= 0) mark(1, right);
      return;
    }
    case 'lookup-join':
      markPassed();
      node.keys.forEach(({ value }) => markExpression(value));
      markExpression(node.inputCondition);
      if (node.condition !== null) eachInput(node.condition, (index) => index < width && mark(0, index));
      return;
    case 'union':
      node.inputs.forEach((_, i) => own.forEach((column) => mark(i, column)));
      return;
    case 'unnest':
      markExpression(node.collection);
      return markPassed();
  }
}

const allColumns = (graph: Graph, node: DraftNode): readonly number[] =>
  graph.at(node.inputs[0]!).columns.map((_, i) => i);

const callInputs = (call: AggregateCall): readonly number[] =>
  call.filter === null ? call.arguments : [...call.arguments, call.filter];

const usedCalls = (
  node: DraftKind<'group-aggregate' | 'window-aggregate'>,
  own: ReadonlySet<number>,
): readonly AggregateCall[] => node.aggregates.filter((_, i) => own.has(node.keys.length + i));

/** Where the old columns of a node are now. */
type Places = (column: number) => number;

interface Rebuilt {
  readonly index: number;
  readonly places: ReadonlyMap<number, number>;
}

class Pruning {
  readonly result = new Graph();
  private readonly graph: Graph;
  private readonly read: readonly ReadonlySet<number>[];
  private readonly rebuilt: Rebuilt[] = [];

  constructor(graph: Graph, read: readonly ReadonlySet<number>[]) {
    this.graph = graph;
    this.read = read;
  }

  rebuild(at: number): void {
    const node = this.graph.at(at);
    const own = this.read[at]!;
    this.rebuilt.push(this.made(node, own));
  }

  private made(node: DraftNode, own: ReadonlySet<number>): Rebuilt {
    switch (node.kind) {
      case 'source':
        return this.same(node, { ...node, unread: unreadOf(node, own) });
      case 'values':
        return this.same(node, node);
      case 'sink': {
        const input = this.narrowed(node.inputs[0]!, allColumns(this.graph, node));
        return this.same(node, { ...node, inputs: [input.index] });
      }
      case 'calc':
        return this.calc(node, own);
      case 'union': {
        const columns = sorted(own);
        const inputs = node.inputs.map((input) => this.narrowed(input, columns).index);
        const index = this.result.add({ ...node, inputs, columns: columns.map((column) => node.columns[column]!) });
        return { index, places: placesOf(columns) };
      }
      case 'group-aggregate':
      case 'window-aggregate':
        return this.aggregate(node, own);
      case 'join':
      case 'interval-join':
      case 'temporal-join':
        return this.join(node);
      default:
        return this.passing(node, own);
    }
  }

  private same(old: DraftNode, node: DraftNode): Rebuilt {
    return { index: this.result.add(node), places: placesOf(old.columns.map((_, i) => i)) };
  }

  /** The input with these old columns in this order and no others. */
  private narrowed(input: number, columns: readonly number[]): Rebuilt {
    const { index, places } = this.rebuilt[input]!;
    const node = this.result.at(index);
    const now = columns.map((column) => places.get(column)!);
    if (now.length === node.columns.length && now.every((place, i) => place === i))
      return { index, places: placesOf(columns) };
    const all = allInputs(node);
    const calc: DraftNode = {
      kind: 'calc',
      condition: null,
      projections: now.map((place) => all[place]!),
      inputs: [index],
      columns: now.map((place) => node.columns[place]!),
      at: node.at,
    };
    return { index: this.result.add(calc), places: placesOf(columns) };
  }

  private calc(node: DraftKind<'calc'>, own: ReadonlySet<number>): Rebuilt {
    const input = this.rebuilt[node.inputs[0]!]!;
    const places: Places = (column) => input.places.get(column)!;
    const columns = sorted(own);
    const projections = columns.map((column) => moveInputs(node.projections[column]!, places));
    const condition = node.condition === null ? null : moveInputs(node.condition, places);
    const below = this.result.at(input.index);
    const isIdentity =
      condition === null &&
      projections.length === below.columns.length &&
      projections.every((each, i) => each.kind === 'input' && each.index === i);
    if (isIdentity) return { index: input.index, places: placesOf(columns) };
    const index = this.result.add({
      ...node,
      condition,
      projections,
      inputs: [input.index],
      columns: columns.map((column) => node.columns[column]!),
    });
    return { index, places: placesOf(columns) };
  }

  private aggregate(node: DraftKind<'group-aggregate' | 'window-aggregate'>, own: ReadonlySet<number>): Rebuilt {
    const input = this.rebuilt[node.inputs[0]!]!;
    const place: Places = (column) => input.places.get(column)!;
    const calls = usedCalls(node, own).map((call): AggregateCall => ({
      ...call,
      arguments: call.arguments.map(place),
      filter: call.filter === null ? null : place(call.filter),
    }));
    const keys = node.keys.map(place);
    const isKept = (column: number): boolean => {
      if (column < node.keys.length) return true;
      return own.has(column);
    };
    const kept = node.columns.map((_, i) => i).filter(isKept);
    const base = { keys, aggregates: calls, inputs: [input.index], columns: kept.map((i) => node.columns[i]!) };
    const first = node.keys.length + node.aggregates.length;
    const index =
      node.kind === 'group-aggregate'
        ? this.result.add({ ...node, ...base })
        : this.result.add({
            ...node,
            ...base,
            window: movedWindow(node.window, place),
            time: place(node.time),
            properties: node.properties.filter((_, i) => own.has(first + i)),
          });
    return { index, places: placesOf(kept) };
  }

  private join(node: DraftKind<'join' | 'interval-join' | 'temporal-join'>): Rebuilt {
    const oldWidth = this.graph.at(node.inputs[0]!).columns.length;
    const [left, right] = node.inputs.map((input) => this.narrowed(input, sorted(this.read[input]!))) as [
      Rebuilt,
      Rebuilt,
    ];
    const width = this.result.at(left.index).columns.length;
    const l: Places = (column) => left.places.get(column)!;
    const r: Places = (column) => right.places.get(column)!;
    const both: Places = (column) => (column < oldWidth ? l(column) : width + r(column - oldWidth));
    const isHalf = node.type === 'semi' || node.type === 'anti';
    const oldColumns = [
      ...left.places.keys(),
      ...(isHalf ? [] : [...right.places.keys()].map((column) => column + oldWidth)),
    ];
    const base = {
      leftKeys: node.leftKeys.map(l),
      rightKeys: node.rightKeys.map(r),
      condition: node.condition === null ? null : moveInputs(node.condition, both),
      inputs: [left.index, right.index],
      columns: oldColumns.map((column) => node.columns[column]!),
    };
    const index =
      node.kind === 'join'
        ? this.result.add({
            ...node,
            ...base,
            window: node.window && {
              ...node.window,
              leftEnd: l(node.window.leftEnd),
              rightEnd: r(node.window.rightEnd),
            },
          })
        : this.result.add({ ...node, ...base, leftTime: l(node.leftTime), rightTime: r(node.rightTime) });
    return { index, places: new Map(oldColumns.map((column, i) => [column, i])) };
  }

  /** Nodes whose output begins with their input's columns. */
  private passing(
    node: DraftKind<'changelog-normalize' | 'window' | 'over' | 'rank' | 'deduplicate' | 'lookup-join' | 'unnest'>,
    own: ReadonlySet<number>,
  ): Rebuilt {
    const [old] = node.inputs as readonly [number];
    const oldWidth = this.graph.at(old).columns.length;
    const input = this.narrowed(old, sorted(this.read[old]!));
    const width = this.result.at(input.index).columns.length;
    const place: Places = (column) => input.places.get(column)!;
    const hasRank = node.kind === 'rank' && node.rankColumn && own.has(oldWidth);
    const added = node.columns
      .map((_, i) => i)
      .slice(oldWidth)
      .filter(() => node.kind !== 'rank' || hasRank);
    const kept = [...input.places.keys(), ...added];
    const base = { inputs: [input.index], columns: kept.map((column) => node.columns[column]!) };
    const index = this.result.add(this.moved(node, base, place, { oldWidth, width, hasRank, own }));
    return { index, places: new Map(kept.map((column, i) => [column, i])) };
  }

  private moved(
    node: DraftKind<'changelog-normalize' | 'window' | 'over' | 'rank' | 'deduplicate' | 'lookup-join' | 'unnest'>,
    base: { readonly inputs: readonly number[]; readonly columns: readonly Column[] },
    place: Places,
    { oldWidth, width, hasRank, own }: Passing,
  ): DraftNode {
    switch (node.kind) {
      case 'changelog-normalize':
        return { ...node, ...base, key: node.key.map(place) };
      case 'window':
        return { ...node, ...base, time: place(node.time), window: movedWindow(node.window, place) as WindowSpec };
      case 'over':
        return {
          ...node,
          ...base,
          partition: node.partition.map(place),
          order: place(node.order),
          sort: node.sort && { ...node.sort, column: place(node.sort.column) },
          aggregates: node.aggregates.map((call) => ({
            ...call,
            arguments: call.arguments.map(place),
            filter: call.filter === null ? null : place(call.filter),
          })),
        };
      case 'rank':
        return {
          ...node,
          ...base,
          partition: node.partition.map(place),
          order: node.order.map((key) => ({ ...key, column: place(key.column) })),
          rankColumn: hasRank,
          window: node.window && { ...node.window, start: place(node.window.start), end: place(node.window.end) },
        };
      case 'deduplicate':
        return {
          ...node,
          ...base,
          partition: node.partition.map(place),
          order: place(node.order),
          window: node.window && { ...node.window, start: place(node.window.start), end: place(node.window.end) },
        };
      case 'lookup-join': {
        const both: Places = (column) => (column < oldWidth ? place(column) : column - oldWidth + width);
        const used = new Set([...own].filter((column) => column >= oldWidth).map((column) => column - oldWidth));
        for (const { column } of node.keys) used.add(column);
        if (node.condition !== null)
          eachInput(node.condition, (column) => column >= oldWidth && used.add(column - oldWidth));
        return {
          ...node,
          ...base,
          keys: node.keys.map(({ column, value }) => ({ column, value: moveInputs(value, place) })),
          inputCondition: node.inputCondition === null ? null : moveInputs(node.inputCondition, place),
          condition: node.condition === null ? null : moveInputs(node.condition, both),
          unread: node.table.columns.map((_, i) => i).filter((i) => !used.has(i)),
        };
      }
      case 'unnest':
        return { ...node, ...base, collection: moveInputs(node.collection, place) };
    }
  }
}

interface Passing {
  readonly oldWidth: number;
  readonly width: number;
  readonly hasRank: boolean;
  readonly own: ReadonlySet<number>;
}

/** In the order of the row. A row may have no columns: it counts all the same. */
const sorted = (columns: ReadonlySet<number>): readonly number[] => [...columns].sort((a, b) => a - b);

const placesOf = (columns: readonly number[]): ReadonlyMap<number, number> =>
  new Map(columns.map((column, i) => [column, i]));

function movedWindow<
  W extends WindowSpec | { readonly kind: 'attached'; readonly start: number; readonly end: number },
>(window: W, place: Places): W {
  if (window.kind === 'attached') return { ...window, start: place(window.start), end: place(window.end) };
  return window.kind === 'session' ? { ...window, partition: window.partition.map(place) } : window;
}

/** Columns that neither a reader, nor the watermark, nor a computed column of those asks for. */
function unreadOf({ table }: DraftKind<'source'>, own: ReadonlySet<number>): readonly number[] {
  const used = new Set(own);
  if (table.watermark !== null) {
    used.add(table.watermark.column);
    eachInput(table.watermark.expression, (index) => used.add(index));
  }
  for (const column of [...used]) {
    const declared = table.columns[column]!;
    if (declared.kind === 'computed') eachInput(declared.expression, (index) => used.add(index));
  }
  return table.columns.map((_, i) => i).filter((i) => !used.has(i));
}
