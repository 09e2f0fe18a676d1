import type {
  AggregateCall,
  Changelog,
  Column,
  PlanNode,
  PlanSettings,
  SourceNode,
  StreamPlan,
  TableColumn,
  TablePlan,
} from '../../planner/plan.ts';
import type { PlanExpression } from '../../planner/expression.ts';
import type { DataType } from '../../values/data-type.ts';

/** Short ways to small plans for the engine's tests. */

export const int: DataType = { kind: 'INT', nullable: true };
export const bigint: DataType = { kind: 'BIGINT', nullable: true };
export const double: DataType = { kind: 'DOUBLE', nullable: true };
export const boolean: DataType = { kind: 'BOOLEAN', nullable: true };
export const text: DataType = { kind: 'VARCHAR', length: 2_147_483_647, nullable: true };
export const timestamp: DataType = { kind: 'TIMESTAMP', precision: 3, nullable: true };
export const instant: DataType = { kind: 'TIMESTAMP_LTZ', precision: 3, nullable: true };

export const settings: PlanSettings = {
  timeZone: 'UTC',
  idleTimeoutMs: 0,
  notNullEnforcer: 'ERROR',
  typeLengthEnforcer: 'IGNORE',
  stateTtlMs: 0,
  miniBatch: null,
  checkpointIntervalMs: null,
  keepLateRows: false,
};

export const input = (index: number, type: DataType): PlanExpression => ({ kind: 'input', index, type });
export const literal = (value: null | boolean | number | string, type: DataType): PlanExpression => ({
  kind: 'literal',
  value,
  type: { ...type, nullable: value === null },
});
export const call = (name: string, type: DataType, ...args: PlanExpression[]): PlanExpression => ({
  kind: 'call',
  name,
  arguments: args,
  type,
});

export const column = (name: string, type: DataType, attribute: Column['attribute'] = null): Column => ({
  name,
  type,
  attribute,
});
export const columns = (types: readonly DataType[]): Column[] => types.map((type, i) => column(`c${i}`, type));

/** A source of these columns; `time`: the event time, with a watermark so far behind it. */
export function source(
  types: readonly DataType[],
  time?: { readonly column: number; readonly delayMs: number },
): PlanNode {
  const table: TableColumn[] = types.map((type, i) => ({
    ...column(`c${i}`, type, i === time?.column ? 'rowtime' : null),
    kind: 'physical',
  }));
  const watermark: TablePlan['watermark'] =
    time === undefined
      ? null
      : {
          column: time.column,
          expression: call(
            '-',
            types[time.column]!,
            input(time.column, types[time.column]!),
            literal(time.delayMs, bigint),
          ),
        };
  return {
    kind: 'source',
    table: {
      name: 't',
      connector: 'test',
      options: {},
      columns: table,
      watermark,
      primaryKey: [],
      at: { line: 1, column: 1 },
    },
    unread: [],
    paths: [],
    inputs: [],
    columns: table.map(({ name, type, attribute }) => ({ name, type, attribute })),
    changelog: 'append',
    uniqueKey: null,
  } satisfies SourceNode & PlanNode;
}

export const aggregate = (
  fn: string,
  type: DataType,
  args: readonly number[] = [],
  more: Partial<AggregateCall> = {},
): AggregateCall => ({
  function: fn,
  arguments: args,
  distinct: false,
  filter: null,
  type,
  ...more,
});

export const sink = (
  from: number,
  of: readonly Column[],
  changelog: Changelog = 'append',
  upsertKey: readonly number[] | null = null,
): PlanNode => ({
  kind: 'sink',
  table: null,
  written: null,
  upsertKey,
  inputs: [from],
  columns: of,
  changelog,
  uniqueKey: null,
});

/** A plan of these nodes; the last one's rows go to a sink. */
export function planOf(nodes: readonly PlanNode[], more: Partial<PlanSettings> = {}): StreamPlan {
  const last = nodes.at(-1)!;
  return {
    formatVersion: 2,
    settings: { ...settings, ...more },
    nodes: [...nodes, sink(nodes.length - 1, last.columns, last.changelog)],
  };
}
