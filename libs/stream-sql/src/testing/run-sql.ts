import { FUNCTIONS } from '../builtin/function-library.ts';
import type { ColumnBatch } from '../engine/column-batch.ts';
import type { BadRow, StreamJobOptions } from '../engine/job-options.ts';
import { StreamJob } from '../engine/stream-job.ts';
import { JsonColumnReader } from '../json/json-column-reader.ts';
import { neededColumns } from '../json/needed-columns.ts';
import { planScript } from '../planner/plan-script.ts';
import type { SourceNode, StreamPlan, TableColumn } from '../planner/plan.ts';
import type { Row } from '../values/data-type.ts';
import { textFor } from '../values/text.ts';
import { zoneOf } from '../values/zone.ts';

/** For tests: the plan of a text, or an error that shows its problems. */
export function planOf(sql: string, project = 'demo'): StreamPlan {
  const planned = planScript(sql, { project });
  if (planned.kind === 'refused')
    throw new Error(
      planned.problems
        .map(({ line, column, message, hint }) => `${line}:${column} ${message} (${hint ?? ''})`)
        .join('\n'),
    );
  if (planned.plan === null) throw new Error('the text has no INSERT INTO');
  return planned.plan;
}

/** For tests: a text as a job that reads JSON records of its one source into its one sink, as a run does. */
export class SqlRun {
  readonly plan: StreamPlan;
  readonly job: StreamJob;
  readonly rows: Row[] = [];
  readonly bad: string[] = [];
  /** What the sink is written, in the order of `rows`. */
  readonly columns: readonly TableColumn[];
  private readonly source: number;
  private readonly read: (records: readonly Buffer[]) => {
    readonly rows: ColumnBatch;
    readonly bad: readonly string[];
  };

  constructor(sql: string, { check, partitions = [0], ...more }: SqlRunOptions = {}) {
    this.plan = planOf(sql);
    const { table, written } = this.plan.nodes.find((node) => node.kind === 'sink')!;
    this.columns = written === null ? table!.columns : written.map((i) => table!.columns[i]!);
    this.source = this.plan.nodes.findIndex(({ kind }) => kind === 'source');
    this.read = jsonRecords(this.plan.nodes.find((node) => node.kind === 'source')!);
    this.job = new StreamJob(this.plan, {
      functions: FUNCTIONS,
      random: () => 0.5,
      badRows: 'dead-letter',
      onBadRow: ({ code }: BadRow) => void this.bad.push(code),
      sink: () => ({
        push: (_, row) => void this.rows.push(row),
        check: (row) => check?.(row, this.columns),
      }),
      ...more,
    });
    this.job.assign(this.source, partitions, 0);
  }

  send(records: readonly unknown[], nowMs = 0, partition = 0): void {
    const bytes = records.map((record) => Buffer.from(typeof record === 'string' ? record : JSON.stringify(record)));
    const { rows, bad } = this.read(bytes);
    this.job.onBatch(this.source, partition, rows, nowMs);
    this.bad.push(...bad);
  }

  /** The rows as CAST(... AS STRING) gives their values. */
  texts(): (string | null)[][] {
    const zone = zoneOf(this.plan.settings.timeZone);
    const writers = this.columns.map(({ type }) => textFor(type, zone));
    return this.rows.map((row) => row.map((value, i) => (value === null ? null : writers[i]!(value))));
  }
}

export interface SqlRunOptions extends Partial<Omit<StreamJobOptions, 'sink'>> {
  /** What the sink's target says of a row: EvaluationError when it does not take it. */
  readonly check?: (row: Row, columns: readonly TableColumn[]) => void;
  readonly partitions?: readonly number[];
}

function jsonRecords(
  source: SourceNode,
): (records: readonly Buffer[]) => { readonly rows: ColumnBatch; readonly bad: readonly string[] } {
  const { columns, options } = source.table;
  const needed = neededColumns(source);
  const physical = columns.flatMap((column, at) => (column.kind === 'physical' ? [at] : []));
  const reader = new JsonColumnReader(
    physical.map((at) => columns[at]!),
    {
      ignoreParseErrors: false,
      failOnMissingField: false,
      timestampFormat: options['json.timestamp-format.standard'] === 'ISO-8601' ? 'ISO-8601' : 'SQL',
    },
    (field) => needed.get(physical[field]!),
  );
  return (records) => {
    const starts = new Int32Array(records.length);
    const ends = new Int32Array(records.length);
    let end = 0;
    records.forEach(({ length }, i) => {
      starts[i] = end;
      ends[i] = end += length;
    });
    const { rows, bad } = reader.read({ bytes: Buffer.concat(records), starts, ends, count: records.length }, 0);
    const all: (typeof rows.columns)[number][] = columns.map(() => undefined);
    physical.forEach((at, field) => (all[at] = rows.columns[field]));
    return { rows: { ...rows, columns: all }, bad: bad.map(({ code }) => code) };
  };
}

/** The value of one expression over one record of these columns, as text; `! code` when the record is set aside. */
export function evaluate(expression: string, columns = 'x INT', record: unknown = {}): string | null {
  const run =
    new SqlRun(`CREATE TABLE t (${columns}) WITH ('connector'='kafka','topic'='demo.events','format'='json','scan.startup.mode'='earliest-offset');
    CREATE TABLE s (v STRING) WITH ('connector'='clickhouse');
    INSERT INTO s SELECT CAST(${expression} AS STRING) FROM t`);
  run.send([record]);
  return run.bad.length > 0 ? `! ${run.bad[0]!}` : run.texts()[0]![0]!;
}
