import type { StreamPlan } from '../../planner/plan.ts';
import type { Row, Value } from '../../values/data-type.ts';
import type { BadRow, StreamJobOptions } from '../job-options.ts';
import { adds, type RowKind } from '../operator.ts';
import { StreamJob } from '../stream-job.ts';
import { localFunctions } from './local-functions.ts';

const SIGNS = ['+I', '-U', '+U', '-D'] as const;

/** A change that came out: its kind as Flink prints it, and the row. */
export type Change = readonly [(typeof SIGNS)[number], ...Value[]];

/** One step of a test: what is told to the job. */
export type Step =
  | {
      readonly rows: readonly Row[];
      /** Of each row; default: all +I. */
      readonly kinds?: readonly RowKind[];
      readonly source?: number;
      readonly partition?: number;
      readonly nowMs?: number;
    }
  | { readonly nowMs: number }
  | { readonly end: true; readonly source?: number; readonly nowMs?: number };

export class TestRun {
  changes: Change[] = [];
  bad: BadRow[] = [];
  late: unknown[][] = [];
  job: StreamJob;
  private nowMs = 0;
  private readonly plan: StreamPlan;
  private readonly options: StreamJobOptions;

  constructor(plan: StreamPlan, more: Partial<StreamJobOptions> = {}) {
    this.plan = plan;
    this.options = {
      functions: localFunctions,
      random: () => 0.5,
      sink: () => ({ push: (kind, row) => void this.changes.push([SIGNS[kind], ...row]) }),
      badRows: 'dead-letter',
      onBadRow: (bad) => void this.bad.push(bad),
      onLateRow: (_, row) => void this.late.push([...row]),
      ...more,
    };
    this.job = new StreamJob(plan, this.options);
    this.assign();
  }

  private sources(): number[] {
    return this.plan.nodes.flatMap((node, index) => (node.kind === 'source' ? [index] : []));
  }

  private assign(): void {
    for (const source of this.sources()) this.job.assign(source, [0], this.nowMs);
  }

  step(step: Step): void {
    this.nowMs = step.nowMs ?? this.nowMs;
    const source = 'source' in step ? (step.source ?? 0) : 0;
    const kinds = 'rows' in step && step.kinds !== undefined ? Uint8Array.from(step.kinds) : null;
    if ('rows' in step) this.job.onRows(source, step.partition ?? 0, step.rows, this.nowMs, kinds);
    else if ('end' in step) this.job.onEnd(source, this.nowMs);
    else this.job.advance(this.nowMs);
  }

  /** Ends the job as if it was killed; a new one goes on from the snapshots. */
  restart(snapshots: readonly Uint8Array[]): void {
    this.job = new StreamJob(this.plan, this.options);
    this.job.restore(snapshots);
    this.assign();
  }

  end(): void {
    for (const source of this.sources()) this.step({ end: true, source });
  }
}

/** All changes of these steps. */
export function run(plan: StreamPlan, steps: readonly Step[], more: Partial<StreamJobOptions> = {}): Change[] {
  const job = new TestRun(plan, more);
  for (const step of steps) job.step(step);
  return job.changes;
}

/** The rows that are left after all changes, as texts in order: the final table. Throws when a row is taken back that is not there. */
export function finalTable(changes: readonly Change[]): string[] {
  const rows = new Map<string, number>();
  for (const [sign, ...row] of changes) {
    const key = rowText(row);
    const count = (rows.get(key) ?? 0) + (adds(SIGNS.indexOf(sign) as RowKind) ? 1 : -1);
    if (count < 0) throw new Error(`${sign} of a row that is not there: ${key}`);
    if (count === 0) rows.delete(key);
    else rows.set(key, count);
  }
  return [...rows].flatMap(([key, count]) => Array.from({ length: count }, () => key)).toSorted();
}

/** The same for changes that replace each other by a key. */
export function finalUpserts(changes: readonly Change[], key: readonly number[]): string[] {
  const rows = new Map<string, string>();
  for (const [sign, ...row] of changes) {
    const of = rowText(key.map((column) => row[column]!));
    if (sign === '+I' || sign === '+U') rows.set(of, rowText(row));
    else if (sign === '-D') rows.delete(of);
  }
  return [...rows.values()].toSorted();
}

export const rowText = (row: readonly Value[]): string =>
  JSON.stringify(row, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Map ? [...value] : Object.is(value, -0) ? '-0' : value,
  );
