import { jsonCompactRowWriter } from '@hermes/stream-sql/formats/json-compact-row';
import { Job } from '@hermes/stream-sql/operators/job';
import { planScript } from '@hermes/stream-sql/plan/plan-script';
import type { Cell, EngineOutput } from './engine-output.ts';
import { kindOf, splitStatements, withoutLineComments, writtenTables } from './split-statements.ts';

/**
 * Runs a script on the embedded engine: what a run's worker does, without its transports. It stands for the same conditions as
 * `runFlink`: zone UTC until the script sets another, the rows of a table in their order, a watermark after each row, the end of the
 * input after the last. A result is named `result` when the last statement is a query, SHOW or DESCRIBE, and otherwise by the table
 * that an INSERT writes; values are as CAST(... AS STRING) gives them. What the engine does not take is an error of stage
 * `validation`, what ends a run one of stage `runtime`.
 *
 * @param inputs - lines by table, as they stand in the source
 */
export async function runEmbedded(
  script: string,
  inputs: ReadonlyMap<string, readonly string[]>,
): Promise<EngineOutput> {
  const statements = splitStatements(script);
  const last = statements.at(-1);
  const [sink, second] = writtenTables(statements);
  if (last === undefined || kindOf(last.text) !== 'insert' || sink === undefined || second !== undefined) {
    return refused('the engine runs a script that ends with its one INSERT INTO ... SELECT');
  }
  const text = statements.map((each) => `${engineScript(withoutLineComments(each.text), sink)};`).join('\n');
  const planned = planScript(text, { project: 'conformance' });
  if (planned.kind === 'refused') return refused(planned.problems.map(({ message }) => message).join('; '));
  const { plan } = planned;
  const job = new Job(plan);
  job.assign([0], 0);
  const write = jsonCompactRowWriter(plan.sink.columns.map(({ type }) => type));
  const rows: (readonly Cell[])[] = [];
  const encoder = new TextEncoder();
  const take = (records: Parameters<Job['onBatch']>[0]): string | undefined => {
    const { rows: found, bad } = job.onBatch(records, 0);
    for (const row of found) {
      const values = JSON.parse(write(row)) as unknown[];
      rows.push(values.map(cellOf));
    }
    return bad[0]?.reason;
  };
  for (const [offset, line] of (inputs.get(plan.source.table) ?? []).entries()) {
    const record = { topic: 'conformance', partition: 0, offset, timestampMs: 0, value: encoder.encode(line) };
    const reason = take([record]);
    if (reason !== undefined) return { kind: 'error', stage: 'runtime', message: reason };
  }
  if (plan.operators.some(({ kind }) => kind === 'window-aggregate')) {
    return refused('the engine has no end of input, so that the last windows stay open');
  }
  return {
    kind: 'ok',
    results: [
      {
        name: sink,
        columns: plan.sink.columns.map(({ name }) => ({ name })),
        changes: rows.map((row) => ({ kind: '+I', row })),
      },
    ],
  };
}

const refused = (message: string): EngineOutput => ({ kind: 'error', stage: 'validation', message });

/** The case's own connector becomes the one through which the engine reads or writes. */
function engineScript(statement: string, sink: string): string {
  const isSink = new RegExp(`^CREATE\\s+TABLE\\s+\`?${sink}\\b`, 'i').test(statement);
  const source =
    "'connector' = 'kafka', 'topic' = 'conformance.rows', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset'";
  return statement.replace(/'connector'\s*=\s*'conformance'/, isSink ? "'connector' = 'clickhouse'" : source);
}

function cellOf(value: unknown): Cell {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return String(value);
}
