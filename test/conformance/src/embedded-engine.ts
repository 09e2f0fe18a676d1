import { JobFailure } from '@hermes/stream-sql/engine/job-options';
import { planScript, type StatementResult } from '@hermes/stream-sql/planner/plan-script';
import { runPlan, type Inputs, type Interruption } from './embedded-job.ts';
import { CONFORMANCE_CONNECTORS, UnreadableLine } from './embedded-tables.ts';
import type { EngineOutput, ResultTable } from './engine-output.ts';

/**
 * Runs a script on the embedded engine: what a run's worker does, without its transports. It stands for the same conditions as
 * `runFlink`: zone UTC until the script sets another, the rows of a table in their order, a watermark after each row, the end of the
 * input after the last. A result is named `result` when the last statement is a query, SHOW or DESCRIBE, and otherwise by the table
 * that an INSERT writes; values are as CAST(... AS STRING) gives them. What the engine does not take is an error of stage
 * `validation`, what ends a run one of stage `runtime`.
 *
 * @param inputs - lines by table, as they stand in the source
 * @param interruption - the run dies and goes on; default: it does not
 */
export async function runEmbedded(script: string, inputs: Inputs, interruption?: Interruption): Promise<EngineOutput> {
  const planned = planScript(script, { project: null, connectors: CONFORMANCE_CONNECTORS });
  if (planned.kind === 'refused') {
    const message = planned.problems.map((problem) => problem.message).join('; ');
    return { kind: 'error', stage: 'validation', message };
  }
  const last = planned.results.at(-1);
  try {
    return {
      kind: 'ok',
      results: [
        ...(planned.plan === null ? [] : runPlan(planned.plan, inputs, interruption)),
        ...(last === undefined ? [] : resultOf(last, inputs, interruption)),
      ],
    };
  } catch (error) {
    if (error instanceof JobFailure || error instanceof UnreadableLine)
      return { kind: 'error', stage: 'runtime', message: error.message };
    throw error;
  }
}

function resultOf(
  result: StatementResult,
  inputs: Inputs,
  interruption: Interruption | undefined,
): readonly ResultTable[] {
  switch (result.kind) {
    case 'preview':
      return runPlan(result.plan, inputs, interruption);
    case 'explained':
      return [{ name: 'result', columns: [{ name: 'result' }], changes: [{ kind: '+I', row: [result.text] }] }];
    case 'rows':
      return [
        {
          name: 'result',
          columns: result.columns.map((name) => ({ name })),
          changes: result.rows.map((row) => ({ kind: '+I', row })),
        },
      ];
    case 'done':
    case 'insert':
      return [];
  }
}
