import type { EvaluationSettings, Evaluator } from '../functions/signature.ts';
import type { CalcPlan } from '../plan/job-plan.ts';
import type { Row } from '../types/data-type.ts';
import { compile } from './compile.ts';
import type { Emit, Operator } from './operator.ts';

/** Filter and projection. A condition that is NULL keeps nothing. */
export class Calc implements Operator {
  private readonly condition: Evaluator | undefined;
  private readonly projections: readonly Evaluator[];

  constructor(plan: CalcPlan, settings: EvaluationSettings) {
    this.condition = plan.condition === null ? undefined : compile(plan.condition, settings);
    this.projections = plan.projections.map((projection) => compile(projection, settings));
  }

  onRow(row: Row, emit: Emit): void {
    if (this.condition !== undefined && this.condition(row) !== true) return;
    emit(this.projections.map((projection) => projection(row)));
  }

  onWatermark(): void {}
  snapshot(): void {}
  restore(): void {}
}
