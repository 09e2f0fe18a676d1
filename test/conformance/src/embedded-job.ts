import { FUNCTIONS } from '@hermes/stream-sql/builtin/function-library';
import { RowKind, type RowKind as EngineRowKind } from '@hermes/stream-sql/engine/operator';
import { StreamJob } from '@hermes/stream-sql/engine/stream-job';
import { neededColumns } from '@hermes/stream-sql/json/needed-columns';
import type { PlanNode, SourceNode, StreamPlan, TablePlan } from '@hermes/stream-sql/planner/plan';
import type { Row, Value } from '@hermes/stream-sql/values/data-type';
import { textFor } from '@hermes/stream-sql/values/text';
import { typeName } from '@hermes/stream-sql/values/type-name';
import { zoneOf } from '@hermes/stream-sql/values/zone';
import { sequenceField } from '@hermes/stream-sql/datagen/field-generator';
import { SeededRandom } from '@hermes/stream-sql/datagen/seeded-random';
import { lineReader } from './embedded-tables.ts';
import type { Change as ReadChange } from '@hermes/stream-sql/json/debezium';
import type { Cell, Change, ResultTable, RowKind as Sign } from './engine-output.ts';

const KINDS: readonly Sign[] = ['+I', '-U', '+U', '-D'];

/** A run that dies and goes on, as a run's worker does. Its answers of lookups come after every other row only, so that rows wait at its checkpoints. */
export interface Interruption {
  /** Rows (or ends of input) between two checkpoints: a whole one after each start, then changes. */
  readonly checkpointEvery: number;
  /** Rows (or ends of input) between two deaths. What came after the last checkpoint is lost, and read again. */
  readonly killEvery: number;
}

export type Inputs = ReadonlyMap<string, readonly string[]>;

/** What happens to a job: a row of a source, or its end. Made when its turn comes: a line that cannot be read fails the run at its place. */
type Step = (job: StreamJob) => void;

/**
 * Runs a plan to the end of its inputs. Rows come one by one with a watermark after each, the tables in the plan's order.
 *
 * @throws JobFailure, UnreadableLine what ends a run
 */
export function runPlan(plan: StreamPlan, inputs: Inputs, interruption?: Interruption): readonly ResultTable[] {
  const sinks = plan.nodes.flatMap((node, index) => (node.kind === 'sink' ? [index] : []));
  const changes = new Map(sinks.map((index) => [index, [] as Change[]]));
  const steps = stepsOf(plan, inputs);
  const answer = lookups(plan, inputs);
  let job = startJob(plan, changes);
  assign(plan, job);
  let chain: Uint8Array[] = [];
  let kept = { steps: 0, changes: [...changes].map(([, list]) => list.length) };
  let nextKill = interruption?.killEvery ?? Number.POSITIVE_INFINITY;
  for (let done = 0; done < steps.length;) {
    steps[done++]!(job);
    if (interruption === undefined || done % 2 === 0 || done === steps.length) answer(job);
    if (interruption === undefined) continue;
    if (done % interruption.checkpointEvery === 0) {
      chain.push(job.snapshot(chain.length === 0 ? 'full' : 'changes'));
      kept = { steps: done, changes: [...changes].map(([, list]) => list.length) };
    }
    if (done !== nextKill) continue;
    nextKill += interruption.killEvery;
    job = startJob(plan, changes);
    if (chain.length > 0) job.restore(chain);
    chain = [];
    [...changes.values()].forEach((list, place) => list.splice(kept.changes[place]!));
    assign(plan, job);
    done = kept.steps;
    answer(job);
  }
  return sinks.map((index) => resultOf(plan.nodes[index]!, changes.get(index)!));
}

/** A job whose sinks add to `changes`. */
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

function assign(plan: StreamPlan, job: StreamJob): void {
  const sources = plan.nodes.flatMap(({ kind }, index) => (kind === 'source' ? [index] : []));
  for (const source of sources) job.assign(source, [0], Date.now());
  if (sources.length === 0) job.advance(Date.now());
}

function stepsOf(plan: StreamPlan, inputs: Inputs): Step[] {
  return plan.nodes.flatMap((node, source): Step[] => {
    if (node.kind !== 'source') return [];
    const read = node.table.connector === 'datagen' ? sequences(node.table) : linesOf(node, inputs);
    const rows = read.map((next): Step => (job) => {
      const changes = next();
      if (changes.length === 0) return;
      const kinds = Uint8Array.from(changes, ({ kind }) => kind);
      job.onRows(
        source,
        0,
        changes.map(({ values }) => values),
        Date.now(),
        kinds,
      );
    });
    return [...rows, (job) => job.onEnd(source, Date.now())];
  });
}

/** Rows that are read when their turn comes. */
type ReadRow = () => readonly ReadChange[];

function linesOf(node: SourceNode, inputs: Inputs): ReadRow[] {
  const needed = neededColumns(node);
  const read = lineReader(node.table, (place) => needed.get(place));
  return (inputs.get(node.table.name) ?? []).map((line) => () => read(line));
}

/** Generated columns as sql-executor generates them; what is random has no answer to compare. */
function sequences({ columns, options }: TablePlan): ReadRow[] {
  const all = columns.map(({ name, type }) => sequenceField(type, (key) => options[`fields.${name}.${key}`]));
  const length = Math.min(...all.map(({ count }) => count));
  const random = new SeededRandom(0);
  return Array.from({ length }, (_, row) => () => [
    { kind: RowKind.insert, values: all.map(({ generate }) => generate({ row, random, nowMs: 0 })) },
  ]);
}

/** Answers whatever a job looks up, until it asks no more. */
function lookups(plan: StreamPlan, inputs: Inputs): (job: StreamJob) => void {
  const zone = zoneOf(plan.settings.timeZone);
  const tables = new Map(
    plan.nodes.flatMap((node, index) => {
      if (node.kind !== 'lookup-join') return [];
      const read = lineReader(node.table, () => true);
      const rows = (inputs.get(node.table.name) ?? []).flatMap((line) => read(line).map(({ values }) => values));
      const columns = node.keys.map(({ column }) => {
        const write = textFor(node.table.columns[column]!.type, zone);
        const text = (value: Value): string | null => (value === null ? null : write(value));
        return { column, text };
      });
      const find = (values: readonly Value[]): readonly Row[] =>
        rows.filter((row) =>
          columns.every(({ column, text }, i) => row[column] !== null && text(row[column]!) === text(values[i]!)),
        );
      return [[index, find] as const];
    }),
  );
  return (job) => {
    for (;;) {
      const requests = job.pendingLookups();
      if (requests.length === 0) return;
      const answers = requests.map(({ node, key, values }) => ({ node, key, rows: tables.get(node)!(values) }));
      job.onLookedUp(answers, Date.now());
    }
  };
}

function resultOf(node: PlanNode, changes: readonly Change[]): ResultTable {
  return {
    name: (node.kind === 'sink' ? node.table?.name : undefined) ?? 'result',
    columns: node.columns.map(({ name, type }) => ({ name, type: typeName(type) })),
    changes,
    tellsBefore: node.changelog === 'retract',
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
