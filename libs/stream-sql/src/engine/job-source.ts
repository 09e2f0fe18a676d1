import { EvaluationError } from '../builtin/signature.ts';
import type { PlanNode, SourceNode } from '../planner/plan.ts';
import type { Row } from '../values/data-type.ts';
import { batchShape } from './code/batch-input.ts';
import { batchLoop, rowLoop, type SourceLoop } from './code/source-code.ts';
import type { StageGraph } from './code/stage-code.ts';
import type { ColumnBatch } from './column-batch.ts';
import type { StreamJobOptions } from './job-options.ts';
import { SourceWatermarks } from './source-watermarks.ts';
import type { Clock } from './state/state-table.ts';

interface SourceSetup {
  readonly graph: StageGraph;
  readonly index: number;
  readonly node: SourceNode & Pick<PlanNode, 'changelog'>;
  readonly options: StreamJobOptions;
  readonly idleTimeoutMs: number;
  readonly clock: Clock;
  /** The source's watermark may have moved (watermarks: 'record'). */
  moved(): void;
}

/** A source and what follows it without state: one generated loop for each shape of its batches. */
export class JobSource {
  readonly watermarks: SourceWatermarks;
  rowsIn = 0;
  private readonly setup: SourceSetup;
  private readonly loopOptions: Parameters<typeof rowLoop>[0];
  private readonly batchLoops = new Map<string, SourceLoop<ColumnBatch>>();
  private rowLoop: SourceLoop<readonly Row[]> | undefined;
  private partition = 0;

  constructor(setup: SourceSetup) {
    this.setup = setup;
    this.watermarks = new SourceWatermarks(setup.idleTimeoutMs);
    const { graph, index, node, options } = setup;
    const context = { ...graph.context, watermarkMs: () => this.watermarks.currentMs };
    this.loopOptions = {
      graph: { ...graph, context },
      node: index,
      source: node,
      perRecord: options.watermarks === 'record',
      hooks: { bad: this.bad.bind(this), record: this.record.bind(this) },
    };
  }

  onBatch(partition: number, batch: ColumnBatch): void {
    const shape = batchShape(batch);
    let loop = this.batchLoops.get(shape);
    if (loop === undefined) this.batchLoops.set(shape, (loop = batchLoop(this.loopOptions, batch)));
    this.take(partition, batch, loop, batch.kinds ?? null);
  }

  onRows(partition: number, rows: readonly Row[], kinds: Uint8Array | null): void {
    this.take(partition, rows, (this.rowLoop ??= rowLoop(this.loopOptions)), kinds);
  }

  private take<B extends { readonly length: number }>(
    partition: number,
    batch: B,
    loop: SourceLoop<B>,
    kinds: Uint8Array | null,
  ): void {
    this.partition = partition;
    this.rowsIn += batch.length;
    this.moveTo(loop(batch, kinds));
  }

  private moveTo(watermarkMs: number): void {
    // Flink's WatermarkAssignerOperator starts at 0: record by record it says no watermark that is not after 1970.
    const said = this.loopOptions.perRecord && watermarkMs <= 0 ? Number.NEGATIVE_INFINITY : watermarkMs;
    this.watermarks.onRecords(this.partition, said, this.setup.clock.nowMs);
    this.watermarks.advance(this.setup.clock.nowMs);
  }

  private record(watermarkMs: number): void {
    this.moveTo(watermarkMs);
    this.setup.moved();
  }

  private bad(row: number, error: unknown): void {
    const { options, index } = this.setup;
    if (!(error instanceof EvaluationError) || options.badRows === 'fail') throw error;
    options.onBadRow?.({ source: index, partition: this.partition, row, code: error.code, reason: error.message });
  }
}
