import { EvaluationError, type EvaluationSettings, type Evaluator } from '../functions/signature.ts';
import { attributeRowCheck } from '../formats/attribute-row.ts';
import { jsonRowReader } from '../formats/json-row.ts';
import type { JobPlan, OperatorPlan } from '../plan/job-plan.ts';
import { StateReader, StateWriter } from '../state/codec.ts';
import type { Row, Value } from '../types/data-type.ts';
import { zoneOf } from '../types/zone.ts';
import { WindowAggregate } from '../windows/window-aggregate.ts';
import { Calc } from './calc.ts';
import { compile } from './compile.ts';
import { Lookup, type LookupRows } from './lookup.ts';
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
  /**
   * Stable, kebab-case: `bad-json`, `null-value`, `cast-failed`, `division-by-zero`, `null-time`, `not-null`, `lookup-mismatch`, and
   * those of `attributeRowCheck`.
   */
  readonly code: string;
  readonly reason: string;
}

/** What a record says, before it is counted and before anything is computed. */
export type ReadRecord<R extends SourceRecord> = { readonly record: R } & (
  | { readonly kind: 'row'; readonly row: Row }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'bad'; readonly code: string; readonly reason: string }
);

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
  private readonly readJson: ReturnType<typeof jsonRowReader>;
  private readonly watermark: Evaluator | undefined;
  private readonly assemble: Assemble;
  private readonly lookup: Lookup | undefined;
  private readonly checkSink: ((row: Row) => void) | undefined;
  private rowsRead = 0;
  private skipped = 0;
  private dropped = 0;

  constructor(plan: JobPlan) {
    this.plan = plan;
    const settings: EvaluationSettings = { zone: zoneOf(plan.settings.timeZone) };
    this.operators = plan.operators.map((operator) => operatorOf(operator, settings));
    this.lookup = this.operators.find((operator) => operator instanceof Lookup);
    this.checkSink = plan.sink.connector === 'hermes-profile' ? attributeRowCheck(plan.sink) : undefined;
    this.watermarks = new SourceWatermarks(plan.settings.idleTimeoutMs);
    const physical = plan.source.columns.filter((column) => column.kind === 'physical');
    this.readJson = jsonRowReader(physical, plan.source);
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

  /** Reads records, changing nothing. Whoever looks up first hands the result to `onRead` afterwards. */
  read<R extends SourceRecord>(records: readonly R[], nowMs: number): readonly ReadRecord<R>[] {
    return records.map((record) => this.readOne(record, nowMs));
  }

  /** The subjects whose profiles `onRead` needs, each once; empty for a job without a lookup join. */
  lookupKeys(reads: readonly ReadRecord<SourceRecord>[]): readonly string[] {
    if (this.lookup === undefined) return [];
    const keys = new Set<string>();
    for (const read of reads) {
      const key = read.kind === 'row' ? this.lookup.keyOf(read.row) : undefined;
      if (key !== undefined) keys.add(key);
    }
    return [...keys];
  }

  /** Processes records of one partition, in offset order. Throws JobFailure. For a job without a lookup join. */
  onBatch<R extends SourceRecord>(records: readonly R[], nowMs: number): BatchResult<R> {
    const result: Mutable<R> = { rows: [], bad: [] };
    for (const record of records) this.take(this.readOne(record, nowMs), nowMs, result);
    this.advance(nowMs, result.rows);
    return result;
  }

  /** Processes what `read` has read, with the answers for its `lookupKeys`. Throws JobFailure. */
  onRead<R extends SourceRecord>(reads: readonly ReadRecord<R>[], nowMs: number, found: LookupRows): BatchResult<R> {
    const result: Mutable<R> = { rows: [], bad: [] };
    this.lookup?.use(found);
    for (const read of reads) this.take(read, nowMs, result);
    this.advance(nowMs, result.rows);
    return result;
  }

  private take<R extends SourceRecord>(read: ReadRecord<R>, nowMs: number, { rows, bad }: Mutable<R>): void {
    const { record } = read;
    this.rowsRead++;
    if (read.kind === 'skipped') this.skipped++;
    if (read.kind === 'bad') bad.push({ record, code: read.code, reason: read.reason });
    if (read.kind !== 'row') return;
    const before = rows.length;
    try {
      // The source's watermark comes before any filter, as in Flink.
      this.watermarks.onRecord(record.partition, (this.watermark?.(read.row) ?? null) as number | null, nowMs);
      this.push(0, read.row, rows);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      rows.length = before;
      bad.push({ record, code: error.code, reason: error.message });
    }
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

  private readOne<R extends SourceRecord>(record: R, nowMs: number): ReadRecord<R> {
    if (record.value === null) {
      if (this.plan.source.ignoreParseErrors) return { kind: 'skipped', record };
      return { kind: 'bad', record, code: 'null-value', reason: 'the record has no value' };
    }
    const result = this.readJson(decoder.decode(record.value));
    if (result.kind === 'bad') return { kind: 'bad', record, code: 'bad-json', reason: result.reason };
    if (result.kind === 'skipped') return { kind: 'skipped', record };
    try {
      return { kind: 'row', record, row: this.assemble(record, result.values, nowMs) };
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return { kind: 'bad', record, code: error.code, reason: error.message };
    }
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
    this.checkSink?.(row);
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

interface Mutable<R extends SourceRecord> {
  readonly rows: Row[];
  readonly bad: BadRecord<R>[];
}

function operatorOf(plan: OperatorPlan, settings: EvaluationSettings): Operator {
  switch (plan.kind) {
    case 'lookup':
      return new Lookup(plan, settings);
    case 'calc':
      return new Calc(plan, settings);
    case 'window-aggregate':
      return new WindowAggregate(plan, settings.zone);
  }
}

type Assemble = (record: SourceRecord, json: Row, nowMs: number) => Row;

/** Puts JSON fields, metadata, processing time and computed columns together in the table's order. */
function assembler(plan: JobPlan, settings: EvaluationSettings): Assemble {
  const computed: { readonly at: number; readonly evaluate: Evaluator }[] = [];
  let next = 0;
  const stored = plan.source.columns.map((column, at): ((record: SourceRecord, json: Row, nowMs: number) => Value) => {
    if (column.kind === 'physical') {
      const place = next++;
      return (_, json) => json[place]!;
    }
    if (column.kind === 'computed') {
      computed.push({ at, evaluate: compile(column.expression, settings) });
      return () => null;
    }
    if (column.kind === 'proctime') return (_, __, nowMs) => nowMs;
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
  return (record, json, nowMs) => {
    const row = stored.map((value) => value(record, json, nowMs));
    for (const { at, evaluate } of computed) row[at] = evaluate(row);
    return row;
  };
}
