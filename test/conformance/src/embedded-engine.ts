import { FUNCTIONS } from '@hermes/stream-sql/builtin/function-library';
import { JobFailure } from '@hermes/stream-sql/engine/job-options';
import { type RowKind as EngineRowKind } from '@hermes/stream-sql/engine/operator';
import { StreamJob } from '@hermes/stream-sql/engine/stream-job';
import { JsonCursor, JsonError } from '@hermes/stream-sql/json/json-cursor';
import { neededColumns } from '@hermes/stream-sql/json/needed-columns';
import { FieldError, jsonObjectReader } from '@hermes/stream-sql/json/read-json-value';
import type { ConnectorDescription } from '@hermes/stream-sql/planner/connectors/description';
import { jsonFormat } from '@hermes/stream-sql/planner/connectors/formats';
import { planScript, type StatementResult } from '@hermes/stream-sql/planner/plan-script';
import type { SourceNode, StreamPlan } from '@hermes/stream-sql/planner/plan';
import type { Row, Value } from '@hermes/stream-sql/values/data-type';
import { textFor } from '@hermes/stream-sql/values/text';
import { typeName } from '@hermes/stream-sql/values/type-name';
import { zoneOf } from '@hermes/stream-sql/values/zone';
import type { Cell, Change, EngineOutput, ResultTable, RowKind } from './engine-output.ts';

/** Tables whose rows a case gives, or that it writes. */
const CONFORMANCE: ConnectorDescription = {
  name: 'conformance',
  about: 'Rows of a case.',
  options: [
    {
      key: 'format',
      value: { kind: 'one-of', values: ['json'] },
      default: 'json',
      about: 'How the lines are read.',
    },
    ...jsonFormat.options,
  ],
  formats: [],
  metadata: [],
  source: { bounded: () => true },
  sink: { accepts: 'retract', primaryKey: 'allowed' },
  refused: [],
};

const KINDS: readonly RowKind[] = ['+I', '-U', '+U', '-D'];

export interface EmbeddedOptions {
  /** Rows of all inputs after which the job's state goes through bytes into a new job; once for each number. */
  readonly restoreAfter?: readonly number[];
}

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
  options: EmbeddedOptions = {},
): Promise<EngineOutput> {
  const planned = planScript(script, { project: null, connectors: [CONFORMANCE] });
  if (planned.kind === 'refused') {
    const message = planned.problems.map((problem) => problem.message).join('; ');
    return { kind: 'error', stage: 'validation', message };
  }
  const last = planned.results.at(-1);
  try {
    return {
      kind: 'ok',
      results: [
        ...(planned.plan === null ? [] : runPlan(planned.plan, inputs, options)),
        ...(last === undefined ? [] : resultOf(last, inputs, options)),
      ],
    };
  } catch (error) {
    if (error instanceof JobFailure || error instanceof JsonError || error instanceof FieldError)
      return { kind: 'error', stage: 'runtime', message: error.message };
    throw error;
  }
}

function resultOf(
  result: StatementResult,
  inputs: ReadonlyMap<string, readonly string[]>,
  options: EmbeddedOptions,
): readonly ResultTable[] {
  switch (result.kind) {
    case 'preview':
      return runPlan(result.plan, inputs, options);
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

/** A job, and the changes that its sinks have brought; a new one goes on with the changes of the one before. */
function startJob(plan: StreamPlan, changes: ReadonlyMap<number, Change[]>): StreamJob {
  return new StreamJob(plan, {
    functions: FUNCTIONS,
    random: Math.random,
    badRows: 'fail',
    watermarks: 'record',
    sink: (node) => {
      const write = cellsOf(plan, node);
      return {
        push: (kind: EngineRowKind, row: Row) => void changes.get(node)!.push({ kind: KINDS[kind]!, row: write(row) }),
      };
    },
  });
}

function runPlan(
  plan: StreamPlan,
  inputs: ReadonlyMap<string, readonly string[]>,
  { restoreAfter = [] }: EmbeddedOptions,
): readonly ResultTable[] {
  const sinks = plan.nodes.flatMap((node, index) => (node.kind === 'sink' ? [index] : []));
  const sources = plan.nodes.flatMap((node, index) => (node.kind === 'source' ? [{ node, index }] : []));
  const changes = new Map(sinks.map((index) => [index, [] as Change[]]));
  let job = startJob(plan, changes);
  const assign = (): void => {
    for (const { index } of sources) job.assign(index, [0], Date.now());
    if (sources.length === 0) job.advance(Date.now());
  };
  assign();
  let rows = 0;
  for (const { node, index } of sources) {
    const read = lineReader(node);
    for (const line of inputs.get(node.table.name) ?? []) {
      const row = read(line);
      if (row !== undefined) job.onRows(index, 0, [row], Date.now());
      if (!restoreAfter.includes(++rows)) continue;
      const state = job.snapshot('full');
      job = startJob(plan, changes);
      job.restore([state]);
      assign();
    }
    job.onEnd(index, Date.now());
  }
  return sinks.map((index) => {
    const node = plan.nodes[index]!;
    const table = node.kind === 'sink' ? node.table : null;
    return {
      name: table?.name ?? 'result',
      columns: node.columns.map(({ name, type }) => ({ name, type: typeName(type) })),
      changes: changes.get(index)!,
    };
  });
}

/** A line as a row of the table; undefined when it is passed over. */
function lineReader(source: SourceNode): (line: string) => Row | undefined {
  const { columns, options } = source.table;
  const needed = neededColumns(source);
  const ignoreParseErrors = options['json.ignore-parse-errors'] === 'true';
  const physical = columns.map((column) => (column.kind === 'physical' ? column : undefined));
  const read = jsonObjectReader(
    physical,
    {
      ignoreParseErrors,
      failOnMissingField: options['json.fail-on-missing-field'] === 'true',
      timestampFormat: options['json.timestamp-format.standard'] === 'ISO-8601' ? 'ISO-8601' : 'SQL',
    },
    (place) => needed.get(place),
  );
  return (line) => {
    try {
      const cursor = new JsonCursor(line);
      if (cursor.peek() !== '{') cursor.fail('an object { ... } is expected');
      return read(cursor);
    } catch (error) {
      if (ignoreParseErrors && (error instanceof JsonError || error instanceof FieldError)) return undefined;
      throw error;
    }
  };
}

function cellsOf(plan: StreamPlan, node: number): (row: Row) => readonly Cell[] {
  const zone = zoneOf(plan.settings.timeZone);
  // Flink's gateway shows bytes by their digits.
  const writers = plan.nodes[node]!.columns.map(({ type }) =>
    type.kind === 'BINARY' || type.kind === 'VARBINARY' ? hex : textFor(type, zone),
  );
  return (row) => writers.map((write, i) => cell(row[i]!, write));
}

const cell = (value: Value, write: (value: Exclude<Value, null>) => string): Cell =>
  value === null ? null : write(value);

const hex = (value: Value): string => `x'${Buffer.from(value as Uint8Array).toString('hex')}'`;
