import type { JobPlan } from '../plan/job-plan.ts';
import { planScript } from '../plan/plan-script.ts';
import { Job } from '../operators/job.ts';
import { jsonCompactRowWriter } from '../formats/json-compact-row.ts';
import type { Row } from '../types/data-type.ts';

/** For tests: the plan of a text, or an error that shows its problems. */
export function planOf(sql: string, project = 'demo'): JobPlan {
  const planned = planScript(sql, { project });
  if (planned.kind === 'refused')
    throw new Error(
      planned.problems
        .map((problem) => `${problem.line}:${problem.column} ${problem.message} (${problem.hint ?? ''})`)
        .join('\n'),
    );
  return planned.plan;
}

const encoder = new TextEncoder();

export const recordOf = (value: unknown, offset = 0, partition = 0) => ({
  topic: 'demo.events',
  partition,
  offset,
  timestampMs: 0,
  value: encoder.encode(typeof value === 'string' ? value : JSON.stringify(value)),
});

export const show = (plan: JobPlan, rows: readonly Row[]): unknown[] => {
  const write = jsonCompactRowWriter(plan.sink.columns.map((column) => column.type));
  return rows.map((row) => JSON.parse(write(row)) as unknown);
};

/** The value of one expression over one record `r` of these columns, as text of the given type. */
export function evaluate(expression: string, columns = 'x INT', record: unknown = {}): unknown {
  const sinkType = 'STRING';
  const plan =
    planOf(`CREATE TABLE t (${columns}) WITH ('connector'='kafka','topic'='demo.events','format'='json','scan.startup.mode'='earliest-offset');
    CREATE TABLE s (v ${sinkType}) WITH ('connector'='clickhouse');
    INSERT INTO s SELECT CAST(${expression} AS STRING) FROM t`);
  const job = new Job(plan);
  job.assign([0], 0);
  const { rows, bad } = job.onBatch([recordOf(record)], 0);
  if (bad.length > 0) return `! ${bad[0]!.code}`;
  return rows[0]![0];
}
