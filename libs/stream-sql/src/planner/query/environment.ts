import type { OptionNode } from '../../syntax/tree.ts';
import type { Name, Path } from '../../syntax/tree-node.ts';
import type { ConnectorDescription, Role } from '../connectors/description.ts';
import type { TablePlan } from '../plan.ts';
import type { Relation } from '../relation/relation.ts';
import type { OuterColumns } from './outer.ts';

/** What a name in FROM may be. */
export type CatalogEntry =
  { readonly kind: 'table'; readonly table: TablePlan } | { readonly kind: 'view'; readonly relation: Relation };

/** A table in one use of it. */
export interface UsedTable {
  readonly table: TablePlan;
  readonly description: ConnectorDescription;
}

/** What a query knows beside its own text. */
export interface QueryEnvironment {
  /** The table or view of that name. Throws SqlRefusal when there is none. */
  find(path: Path): CatalogEntry;
  /** The table for that use, with options of an OPTIONS hint. Throws SqlRefusal when its connector cannot be used so. */
  use(path: Path, role: Role, options: readonly OptionNode[]): UsedTable;
  /** Counts a query that is read by its name. Throws SqlRefusal when it, or all of them together, are too large to plan. */
  read(relation: Relation, name: Name): void;
  /** Queries of WITH that are in sight. */
  readonly with: ReadonlyMap<string, Relation>;
  /** Within a sub-query: the query around it. */
  readonly outer?: OuterColumns | undefined;
  /** How many sub-queries are around. */
  readonly levels?: number;
  readonly lookup: {
    readonly ordered: boolean;
    readonly capacity: number;
    readonly timeoutMs: number;
  };
  /** Changes of sources may come again. */
  readonly repeatedChanges: boolean;
}

/** A name of one part; catalogs and databases are refused by `find`. */
export const lastName = (path: Path): Name => path[path.length - 1]!;
