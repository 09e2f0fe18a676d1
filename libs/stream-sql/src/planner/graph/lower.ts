import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import { conjunctionOf } from '../expression/parts.ts';
import type { Column, AggregateCall } from '../plan.ts';
import type { AggregateRelationCall, Relation } from '../relation/relation.ts';
import type { DraftNode, Graph } from './draft.ts';
import { lowerJoin } from './lower-join.ts';
import { lowerTemporalJoin } from './lower-temporal-join.ts';
import { producesUpdates } from './updates.ts';

/** Puts relations into a graph: here a join becomes the kind that the engine runs, and time attributes are what is left of them. Throws SqlRefusal. */
export class Lowering {
  readonly graph: Graph;
  private readonly made = new Map<Relation, number>();

  constructor(graph: Graph) {
    this.graph = graph;
  }

  /** The index of the relation's node. */
  lower(relation: Relation): number {
    const known = this.made.get(relation);
    if (known !== undefined) return known;
    const index =
      relation.kind === 'join'
        ? lowerJoin(relation, this)
        : relation.kind === 'temporal-join'
          ? lowerTemporalJoin(relation, this)
          : this.graph.add(this.node(relation));
    this.made.set(relation, index);
    return index;
  }

  columns(index: number): readonly Column[] {
    return this.graph.at(index).columns;
  }

  private node(relation: Exclude<Relation, { readonly kind: 'join' | 'temporal-join' }>): DraftNode {
    const { columns, at } = relation;
    switch (relation.kind) {
      case 'scan':
        return {
          kind: 'source',
          table: relation.table,
          brings: relation.brings,
          unread: [],
          paths: [],
          inputs: [],
          columns,
          at,
        };
      case 'values':
        return { kind: 'values', rows: relation.rows, inputs: [], columns, at };
      case 'union':
        return { kind: 'union', inputs: relation.inputs.map((each) => this.lower(each)), columns, at };
      default: {
        const input = this.lower(relation.input);
        return this.over(relation, input);
      }
    }
  }

  private over(
    relation: Exclude<Relation, { readonly kind: 'join' | 'temporal-join' | 'scan' | 'values' | 'union' }>,
    input: number,
  ): DraftNode {
    const { at } = relation;
    const base = { inputs: [input], columns: relation.columns, at };
    const below = this.columns(input);
    switch (relation.kind) {
      case 'calc': {
        const columns = relation.columns.map((column, i): Column => {
          const projection = relation.projections[i]!;
          return projection.kind === 'input' ? { ...column, attribute: below[projection.index]!.attribute } : column;
        });
        const { projections } = relation;
        return { kind: 'calc', condition: conjunctionOf(relation.conjuncts), projections, ...base, columns };
      }
      case 'changelog-normalize':
        return { kind: 'changelog-normalize', key: relation.key, ...base };
      case 'window':
        this.timeAttribute(relation, below, relation.time);
        return { kind: 'window', window: relation.window, time: relation.time, ...base };
      case 'group-aggregate':
        return {
          kind: 'group-aggregate',
          ...(relation.stateTtlMs === undefined ? {} : { stateTtlMs: relation.stateTtlMs }),
          keys: relation.keys,
          aggregates: relation.aggregates.map(callOf),
          ...base,
        };
      case 'window-aggregate': {
        if (relation.window.kind !== 'attached') this.timeAttribute(relation, below, relation.time);
        const { window, time, keys, properties } = relation;
        return {
          kind: 'window-aggregate',
          window,
          time,
          keys,
          aggregates: relation.aggregates.map(callOf),
          properties,
          ...base,
        };
      }
      case 'over':
        return this.overNode(relation, input);
      case 'rank':
        return { ...base, kind: 'rank', ...rankOf(relation), rankColumn: true };
      case 'deduplicate':
        return this.deduplicate(relation, input);
      case 'lookup-join': {
        const { table, type, keys, lookup } = relation;
        const conditions = {
          inputCondition: conjunctionOf(relation.inputConjuncts),
          condition: conjunctionOf(relation.conjuncts),
        };
        return {
          kind: 'lookup-join',
          table,
          type,
          keys,
          ...conditions,
          unread: [],
          lookup,
          ...base,
          columns: kept(relation, below),
        };
      }
      case 'unnest': {
        const { collection, type, ordinality } = relation;
        return { kind: 'unnest', collection, type, ordinality, ...base, columns: kept(relation, below) };
      }
    }
  }

  private overNode(relation: Relation & { readonly kind: 'over' }, input: number): DraftNode {
    const below = this.columns(input);
    const { at, partition, frame } = relation;
    const [order, another] = relation.order;
    const rowNumber = relation.aggregates.find((call) => call.function === 'ROW_NUMBER');
    if (rowNumber !== undefined && (order === undefined || another !== undefined || order.descending))
      return refuse(
        rowNumber.at,
        'ROW_NUMBER() without a limit',
        'ask for the first rows around it: SELECT ... FROM (SELECT *, ROW_NUMBER() OVER (...) AS rn FROM t) WHERE rn <= 10',
      );
    if (order === undefined || another !== undefined || order.descending)
      throw new SqlRefusal(
        at,
        'OVER is ordered by one column, ascending',
        'write OVER (PARTITION BY k ORDER BY ts); for the first or last rows of a key, ROW_NUMBER() under a limit takes any order',
      );
    const isTimed = below[order.column]!.attribute !== null;
    if (!isTimed && (frame.kind === 'rows' ? frame.preceding : frame.precedingMs) !== null)
      refuse(
        at,
        `a bounded frame of OVER in the order of ${below[order.column]!.name}, which is no time attribute`,
        'order by a time attribute as it comes from its table, or begin the frame with UNBOUNDED PRECEDING',
      );
    return {
      kind: 'over',
      partition,
      order: order.column,
      sort: isTimed ? null : order,
      frame,
      aggregates: relation.aggregates.map(countedRows),
      inputs: [input],
      columns: isTimed ? kept(relation, below) : relation.columns.map((column) => ({ ...column, attribute: null })),
      at,
    };
  }

  /** By a time attribute over rows that are only added; else it is the first row by any order. */
  private deduplicate(relation: Relation & { readonly kind: 'deduplicate' }, input: number): DraftNode {
    const below = this.columns(input);
    const { partition, order, keep, window, at } = relation;
    const base = { inputs: [input], columns: kept(relation, below), at };
    if (below[order]!.attribute !== null && !producesUpdates(this.graph, input))
      return { kind: 'deduplicate', partition, order, keep, window, ...base };
    const sort = { column: order, descending: keep === 'last', nullsFirst: keep === 'first' };
    return { kind: 'rank', partition, order: [sort], from: 1, to: 1, rankColumn: false, window, ...base };
  }

  private timeAttribute({ at }: Relation, columns: readonly Column[], index: number): void {
    if (columns[index]!.attribute === null)
      throw new SqlRefusal(
        at,
        `${columns[index]!.name} is no time attribute any more behind a join of all rows`,
        'make windows before the join, or bound the times in its condition: a.ts BETWEEN b.ts - INTERVAL ... AND b.ts',
      );
  }
}

/** The relation's columns with the attributes that its input's have by now. */
const kept = (relation: Relation, below: readonly Column[]): readonly Column[] =>
  relation.columns.map((column, i) => ({ ...column, attribute: below[i]?.attribute ?? null }));

const rankOf = ({ partition, order, from, to, window }: Relation & { readonly kind: 'rank' }) => ({
  partition,
  order,
  from,
  to,
  window,
});

/** In the order of time the number of a row is the count of rows up to it. */
const countedRows = (call: AggregateRelationCall): AggregateCall =>
  callOf(call.function === 'ROW_NUMBER' ? { ...call, function: 'COUNT' } : call);

const callOf = (call: AggregateRelationCall): AggregateCall => ({
  function: call.function,
  arguments: call.arguments,
  distinct: call.distinct,
  filter: call.filter,
  type: call.type,
});
