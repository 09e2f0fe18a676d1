import type { Span } from '../../syntax/tree-node.ts';
import type { PlanExpression } from '../expression.ts';
import type {
  Changelog,
  Column,
  JoinType,
  LookupSettings,
  OverNode,
  SortKey,
  StateTtl,
  TablePlan,
  WindowBounds,
  WindowSpec,
} from '../plan.ts';

/**
 * A query as a tree of relations, while it is being read: as the plan's nodes, before it is known which kind of join it is and which columns anyone reads.
 * Made by the functions beside this file, which keep it in a simple form (filters as low as they may go, one calc where two met). A relation that is used
 * twice is one object.
 */
export type Relation = RelationBase &
  (
    | ScanRelation
    | NormalizeRelation
    | CalcRelation
    | WindowRelation
    | GroupAggregateRelation
    | WindowAggregateRelation
    | OverRelation
    | RankRelation
    | DeduplicateRelation
    | JoinRelation
    | TemporalJoinRelation
    | LookupRelation
    | UnionRelation
    | UnnestRelation
    | ValuesRelation
  );

interface RelationBase {
  /** The output row. An attribute may still turn out to be lost (in a regular join); who needs one is checked again at the end. */
  readonly columns: readonly Column[];
  /** What the text says for it, for messages. */
  readonly at: Span;
}

export interface ScanRelation {
  readonly kind: 'scan';
  readonly table: TablePlan;
  readonly brings: Changelog;
}

/** A table whose changes come by key: see ChangelogNormalizeNode. */
export interface NormalizeRelation {
  readonly kind: 'changelog-normalize';
  readonly input: Relation;
  readonly key: readonly number[];
}

export interface CalcRelation {
  readonly kind: 'calc';
  readonly input: Relation;
  readonly conjuncts: readonly PlanExpression[];
  readonly projections: readonly PlanExpression[];
}

export interface WindowRelation {
  readonly kind: 'window';
  readonly input: Relation;
  readonly window: WindowSpec;
  readonly time: number;
}

/** A call of an aggregate function over columns of its relation's input. */
export interface AggregateRelationCall {
  readonly function: string;
  readonly arguments: readonly number[];
  readonly distinct: boolean;
  readonly filter: number | null;
  readonly type: PlanExpression['type'];
  readonly at: Span;
}

export interface GroupAggregateRelation {
  readonly kind: 'group-aggregate';
  readonly stateTtlMs?: number;
  readonly input: Relation;
  readonly keys: readonly number[];
  readonly aggregates: readonly AggregateRelationCall[];
}

export type WindowProperty = 'window_start' | 'window_end' | 'window_time';

export interface WindowAggregateRelation {
  readonly kind: 'window-aggregate';
  readonly input: Relation;
  readonly window: WindowSpec | { readonly kind: 'attached'; readonly start: number; readonly end: number };
  readonly time: number;
  readonly keys: readonly number[];
  readonly aggregates: readonly AggregateRelationCall[];
  readonly properties: readonly WindowProperty[];
}

/** OVER as written; `order` may still be of any column, which only ROW_NUMBER under a limit takes. */
export interface OverRelation {
  readonly kind: 'over';
  readonly input: Relation;
  readonly partition: readonly number[];
  readonly order: readonly SortKey[];
  readonly frame: OverNode['frame'];
  readonly aggregates: readonly AggregateRelationCall[];
}

export interface RankRelation {
  readonly kind: 'rank';
  readonly input: Relation;
  readonly partition: readonly number[];
  readonly order: readonly SortKey[];
  readonly from: number;
  readonly to: number;
  readonly window: WindowBounds | null;
}

export interface DeduplicateRelation {
  readonly kind: 'deduplicate';
  readonly input: Relation;
  readonly partition: readonly number[];
  readonly order: number;
  readonly keep: 'first' | 'last';
  readonly window: WindowBounds | null;
}

export interface JoinRelation {
  readonly kind: 'join';
  readonly type: JoinType;
  readonly stateTtlMs?: StateTtl;
  readonly left: Relation;
  readonly right: Relation;
  /** On the left row followed by the right one. */
  readonly conjuncts: readonly PlanExpression[];
}

export interface TemporalJoinRelation {
  readonly kind: 'temporal-join';
  readonly type: 'inner' | 'left';
  readonly left: Relation;
  readonly right: Relation;
  readonly leftTime: number;
  readonly rightTime: number;
  /** On the left row followed by the right one. */
  readonly conjuncts: readonly PlanExpression[];
}

export interface LookupRelation {
  readonly kind: 'lookup-join';
  readonly input: Relation;
  readonly table: TablePlan;
  readonly type: 'inner' | 'left';
  readonly keys: readonly { readonly column: number; readonly value: PlanExpression }[];
  readonly inputConjuncts: readonly PlanExpression[];
  readonly conjuncts: readonly PlanExpression[];
  readonly lookup: LookupSettings;
}

export interface UnionRelation {
  readonly kind: 'union';
  readonly inputs: readonly Relation[];
}

export interface UnnestRelation {
  readonly kind: 'unnest';
  readonly input: Relation;
  readonly collection: PlanExpression;
  readonly type: 'inner' | 'left';
  readonly ordinality: boolean;
}

export interface ValuesRelation {
  readonly kind: 'values';
  readonly rows: readonly (readonly PlanExpression[])[];
}

/** The column of a relation as an expression over its row. */
export const inputAt = (relation: Pick<RelationBase, 'columns'>, index: number): PlanExpression => ({
  kind: 'input',
  index,
  type: relation.columns[index]!.type,
});

export const allInputs = (relation: Pick<RelationBase, 'columns'>): PlanExpression[] =>
  relation.columns.map((_, index) => inputAt(relation, index));
