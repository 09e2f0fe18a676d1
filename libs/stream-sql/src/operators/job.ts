import { EvaluationError, type EvaluationSettings, type Evaluator } from '../functions/signature.ts';
import { jsonRowReader } from '../formats/json-row.ts';
import type { JobPlan } from '../plan/job-plan.ts';
import { StateReader, StateWriter } from '../state/codec.ts';
import type { Row, Value } from '../types/data-type.ts';
import { zoneOf } from '../types/zone.ts';
import { WindowAggregate } from '../windows/window-aggregate.ts';
import { Calc } from './calc.ts';
import { compile } from './compile.ts';
import type { Emit, Operator } from './operator.ts';
import { SourceWatermarks } from './watermarks.ts';

/** A record of the source topic as the engine needs it. */
export interface SourceRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly value: Uint8Array | null;
}

/** A record that gave no row, and why. */
export interface BadRecord<R extends SourceRecord> {
  readonly record: R;
  /** Stable, kebab-case: `bad-json`, `null-value`, `cast-failed`, `division-by-zero`, `null-time`, `not-null`. */
  readonly code: string;
  readonly reason: string;
}

export interface BatchResult<R extends SourceRecord> {
  /** Rows of the sink, in order. */
  readonly rows: readonly Row[];
  readonly bad: readonly BadRecord<R>[];
}

/** The computation cannot go on with this state and input: the run fails with the message. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
}

const STATE_VERSION = 1;
const decoder = new TextDecoder();

/**
 * A running job without its surroundings: records in, rows of the sink out, state to bytes and back. No clock and no I/O; the
 * caller says what time it is. All rows of a batch are processed before the watermark moves.
 */
export class Job {
  private readonly plan: JobPlan;
  private readonly operators: readonly Operator[];
  private readonly watermarks: SourceWatermarks;
  private readonly read: ReturnType<typeof jsonRowReader>;
  private readonly watermark: Evaluator | undefined;
  private readonly assemble: (record: SourceRecord, json: Row) => Row;
  private rowsRead = 0;
  private skipped = 0;
  private dropped = 0;

  constructor(plan: JobPlan) {
    this.plan = plan;
    const settings: EvaluationSettings = { zone: zoneOf(plan.settings.timeZone) };
    this.operators = plan.operators.map((operator) =>
      operator.kind === 'calc' ? new Calc(operator, settings) : new WindowAggregate(operator, settings.zone),
    );
    this.watermarks = new SourceWatermarks(plan.settings.idleTimeoutMs);
    const physical = plan.source.columns.filter((column) => column.kind === 'physical');
    this.read = jsonRowReader(physical, plan.source);
    this.watermark = plan.source.watermark === null ? undefined : compile(plan.source.watermark.expression, settings);
    this.assemble = assembler(plan, settings);
  }

  /** Rows read, skipped (json.ignore-parse-errors), late, and left out by the not-null enforcer, since the job began. */
  get counts(): { readonly read: number; readonly skipped: number; readonly late: number; readonly dropped: number } {
    const late = this.operators.reduce(
      (sum, operator) => sum + (operator instanceof WindowAggregate ? operator.lateRows : 0),
      0,
    );
    return { read: this.rowsRead, skipped: this.skipped, late, dropped: this.dropped };
  }

  get watermarkMs(): number {
    return this.watermarks.current;
  }

  /** Says which partitions the source has; before the first batch. */
  assign(partitions: readonly number[], nowMs: number): void {
    this.watermarks.assign(partitions, nowMs);
  }

  /** Processes records of one partition, in offset order. Throws JobFailure. */
  onBatch<R extends SourceRecord>(records: readonly R[], nowMs: number): BatchResult<R> {
    const rows: Row[] = [];
    const bad: BadRecord<R>[] = [];
    for (const record of records) {
      this.rowsRead++;
      const before = rows.length;
      try {
        const row = this.rowOf(record);
        if (row === undefined) continue;
        // The source's watermark comes before any filter, as in Flink.
        this.watermarks.onRecord(record.partition, (this.watermark?.(row) ?? null) as number | null, nowMs);
        this.push(0, row, rows);
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        rows.length = before;
        bad.push({ record, code: error.code, reason: error.message });
      }
    }
    this.advance(nowMs, rows);
    return { rows, bad };
  }

  /** Lets time pass without records: an idle partition stops holding the watermark back. */
  onTime(nowMs: number): readonly Row[] {
    const rows: Row[] = [];
    this.advance(nowMs, rows);
    return rows;
  }

  snapshot(): Uint8Array {
    const writer = new StateWriter();
    writer.byte(STATE_VERSION);
    for (const count of [this.rowsRead, this.skipped, this.dropped]) writer.number(count);
    this.watermarks.snapshot(writer);
    for (const operator of this.operators) operator.snapshot(writer);
    return writer.finish();
  }

  /** Continues from a snapshot of a job with the same plan. Throws on bytes that are none. */
  restore(bytes: Uint8Array, nowMs: number): void {
    const reader = new StateReader(bytes);
    const version = reader.byte();
    if (version !== STATE_VERSION)
      throw new Error(`the state has version ${version}, this engine reads ${STATE_VERSION}`);
    this.rowsRead = reader.number();
    this.skipped = reader.number();
    this.dropped = reader.number();
    this.watermarks.restore(reader, nowMs);
    for (const operator of this.operators) operator.restore(reader);
    reader.finish();
  }

  private rowOf(record: SourceRecord): Row | undefined {
    if (record.value === null) {
      if (this.plan.source.ignoreParseErrors) this.skipped++;
      else throw new EvaluationError('null-value', 'the record has no value');
      return undefined;
    }
    const result = this.read(decoder.decode(record.value));
    if (result.kind === 'row') return this.assemble(record, result.values);
    if (result.kind === 'bad') throw new EvaluationError('bad-json', result.reason);
    this.skipped++;
    return undefined;
  }

  private push(from: number, row: Row, rows: Row[]): void {
    const operator = this.operators[from];
    if (operator === undefined) this.sink(row, rows);
    else operator.onRow(row, (next) => this.push(from + 1, next, rows));
  }

  private sink(row: Row, rows: Row[]): void {
    const { columns } = this.plan.sink;
    for (let i = 0; i < columns.length; i++) {
      if (row[i] !== null || columns[i]!.type.nullable) continue;
      if (this.plan.settings.notNullEnforcer === 'DROP') {
        this.dropped++;
        return;
      }
      throw new EvaluationError(
        'not-null',
        `the column ${columns[i]!.name} is NOT NULL and the row has NULL: filter such rows out, or SET 'table.exec.sink.not-null-enforcer' = 'DROP'`,
      );
    }
    rows.push(row);
  }

  private advance(nowMs: number, rows: Row[]): void {
    const before = this.watermarks.current;
    const watermarkMs = this.watermarks.advance(nowMs);
    if (watermarkMs <= before) return;
    try {
      this.operators.forEach((operator, i) => {
        const emit: Emit = (row) => this.push(i + 1, row, rows);
        operator.onWatermark(watermarkMs, emit);
      });
    } catch (error) {
      if (error instanceof EvaluationError)
        throw new JobFailure(`a row of a finished window cannot be written: ${error.message}`, { cause: error });
      throw error;
    }
  }
}

/** Puts JSON fields, metadata and computed columns together in the table's order. */
function assembler(plan: JobPlan, settings: EvaluationSettings): (record: SourceRecord, json: Row) => Row {
  const computed: { readonly at: number; readonly evaluate: Evaluator }[] = [];
  let next = 0;
  const stored = plan.source.columns.map((column, at): ((record: SourceRecord, json: Row) => Value) => {
    if (column.kind === 'physical') {
      const place = next++;
      return (_, json) => json[place]!;
    }
    if (column.kind === 'computed') {
      computed.push({ at, evaluate: compile(column.expression, settings) });
      return () => null;
    }
    switch (column.key) {
      case 'timestamp':
        return (record) => record.timestampMs;
      case 'partition':
        return (record) => record.partition;
      case 'offset':
        return (record) => BigInt(record.offset);
      case 'topic':
        return (record) => record.topic;
    }
  });
  return (record, json) => {
    const row = stored.map((value) => value(record, json));
    for (const { at, evaluate } of computed) row[at] = evaluate(row);
    return row;
  };
}
