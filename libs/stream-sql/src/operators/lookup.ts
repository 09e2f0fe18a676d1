import { Subject } from '@hermes/contracts/identifiers';
import { EvaluationError, type EvaluationSettings, type Evaluator } from '../functions/signature.ts';
import type { LookupPlan } from '../plan/job-plan.ts';
import type { Row, Value } from '../types/data-type.ts';
import { compile } from './compile.ts';
import type { Emit, Operator } from './operator.ts';

/** What a subject's profile gives for the joined columns; `unknown` when there is no such profile. */
export type LookupRow =
  | { readonly kind: 'row'; readonly values: Row }
  | { readonly kind: 'unknown' }
  /** A value that does not fit its column: whoever needs it is a bad record. */
  | { readonly kind: 'bad'; readonly reason: string };

/** Answers by subject. */
export type LookupRows = ReadonlyMap<string, LookupRow>;

const UNKNOWN: LookupRow = { kind: 'unknown' };
const NONE: LookupRows = new Map();

/**
 * Joins each row with the answer for its key, out of a map that holds every answer that the batch needs: asking is the caller's
 * business, before the batch. A key that is NULL or no subject matches nothing, and is not asked for.
 */
export class Lookup implements Operator {
  private readonly plan: LookupPlan;
  private readonly condition: Evaluator | undefined;
  private readonly key: Evaluator;
  private readonly nulls: Row;
  private rows: LookupRows = NONE;

  constructor(plan: LookupPlan, settings: EvaluationSettings) {
    this.plan = plan;
    this.condition = plan.condition === null ? undefined : compile(plan.condition, settings);
    this.key = compile(plan.key, settings);
    this.nulls = plan.columns.map(() => null);
  }

  /** The key that this row asks for; undefined when it needs no answer. */
  keyOf(row: Row): string | undefined {
    try {
      if (this.condition !== undefined && this.condition(row) !== true) return undefined;
      const key = this.key(row);
      return isSubject(key) ? key : undefined;
    } catch (error) {
      // Evaluated once more in its turn, and set aside there.
      if (error instanceof EvaluationError) return undefined;
      throw error;
    }
  }

  /** The answers for the rows that come next. */
  use(rows: LookupRows): void {
    this.rows = rows;
  }

  onRow(row: Row, emit: Emit): void {
    if (this.condition !== undefined && this.condition(row) !== true) return;
    const key = this.key(row);
    const found = isSubject(key) ? this.rows.get(key) : UNKNOWN;
    if (found === undefined) throw new Error(`the profile of ${String(key)} was not asked for before the batch`);
    if (found.kind === 'bad') throw new EvaluationError('lookup-mismatch', found.reason);
    if (found.kind === 'row')
      emit([...row, ...found.values.map((value, i) => (this.plan.columns[i]!.role === 'subject' ? key : value))]);
    else if (this.plan.join === 'left') emit([...row, ...this.nulls]);
  }

  onWatermark(): void {}
  snapshot(): void {}
  restore(): void {}
}

const isSubject = (value: Value): value is string => typeof value === 'string' && Subject.safeParse(value).success;
