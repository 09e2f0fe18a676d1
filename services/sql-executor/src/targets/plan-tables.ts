import type {
  LookupJoinNode,
  PlanNode,
  SinkNode,
  StreamPlan,
  TableColumn,
  TablePlan,
} from '@hermes/stream-sql/planner/plan';
import type { DataType } from '@hermes/stream-sql/values/data-type';

type Place = TablePlan['at'];

/** A table that a plan writes, and the columns that it writes, in the order of its rows. */
export interface WrittenTable {
  readonly node: number;
  readonly table: TablePlan;
  readonly columns: readonly TableColumn[];
}

/** A table that a plan looks up, and the columns that it reads. */
export interface LookedUpTable {
  readonly node: number;
  readonly lookup: LookupJoinNode;
  readonly columns: readonly TableColumn[];
}

/** The tables with this connector that a plan writes. */
export const writtenTables = ({ nodes }: StreamPlan, connector: string): readonly WrittenTable[] =>
  nodes.flatMap((each, node) => {
    const written = each.kind === 'sink' ? writtenTable(each, node) : undefined;
    return written?.table.connector === connector ? [written] : [];
  });

/** The tables with this connector that a plan looks up. */
export const lookedUpTables = ({ nodes }: StreamPlan, connector: string): readonly LookedUpTable[] =>
  nodes.flatMap((each: PlanNode, node) => {
    if (each.kind !== 'lookup-join' || each.table.connector !== connector) return [];
    const columns = each.table.columns.filter((_, i) => !each.unread.includes(i));
    return [{ node, lookup: each, columns }];
  });

/** What a sink writes; undefined for a preview. */
export function writtenTable({ table, written }: SinkNode, node: number): WrittenTable | undefined {
  if (table === null) return undefined;
  return { node, table, columns: written === null ? table.columns : written.map((i) => table.columns[i]!) };
}

/** A ClickHouse table as a plan writes it. */
export interface ClickHouseTarget {
  readonly at: Place;
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: DataType }[];
  /** Make the table when it is missing: with all columns that the text declares. */
  readonly create: {
    readonly columns: readonly { readonly name: string; readonly type: DataType }[];
    readonly orderBy: readonly string[];
    readonly partitionBy: string | null;
  } | null;
}

export function clickHouseTarget({ table, columns }: WrittenTable): ClickHouseTarget {
  const { options } = table;
  const named = (list: string | undefined): string[] =>
    (list ?? '')
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
  return {
    at: table.at,
    table: options['table-name'] ?? table.name,
    columns: columns.map(({ name, type }) => ({ name, type })),
    create:
      options['table.create'] === 'true'
        ? {
            columns: table.columns.map(({ name, type }) => ({ name, type })),
            orderBy: named(options['table.order-by']),
            partitionBy: options['table.partition-by'] ?? null,
          }
        : null,
  };
}
