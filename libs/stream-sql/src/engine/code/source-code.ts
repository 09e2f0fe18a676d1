import type { PlanNode, SourceNode } from '../../planner/plan.ts';
import type { DataType, Row } from '../../values/data-type.ts';
import type { ColumnBatch } from '../column-batch.ts';
import { BatchInput } from './batch-input.ts';
import type { CodeWriter } from './code-writer.ts';
import { mayBeNull, type Input, type Source } from './input.ts';
import { StageCode, type StageGraph } from './stage-code.ts';

/** What a source's loop reports while it runs. */
export interface SourceHooks {
  /** Row `row` of the batch failed before anything was pushed. Throws where the run is to fail. */
  bad(row: number, error: unknown): void;
  /** After each record (`watermarks: 'record'` only): the largest watermark of the batch so far. */
  record(watermarkMs: number): void;
}

/** Runs a batch through the stage (`kinds`: RowKinds of its rows; null: all +I) and answers the largest watermark of its rows (-Infinity when there is none). */
export type SourceLoop<B> = (batch: B, kinds: Uint8Array | null) => number;

/** The columns of a source: those of its records, and computed ones. */
class TableInput implements Input {
  private readonly node: SourceNode & Pick<PlanNode, 'changelog'>;
  private readonly records: Input;

  constructor(node: SourceNode & Pick<PlanNode, 'changelog'>, records: Input) {
    this.node = node;
    this.records = records;
  }

  column(index: number, type: DataType): Source {
    const column = this.node.table.columns[index]!;
    if (column.kind === 'computed') return { kind: 'expression', expression: column.expression, on: this };
    if (this.node.unread.includes(index)) return { kind: 'code', code: 'null', nullable: true };
    // A deleted row may come with its key alone.
    const hasAll = this.node.changelog !== 'upsert' || this.node.table.primaryKey.includes(index);
    return this.records.column(index, hasAll ? type : { ...type, nullable: true });
  }

  field(index: number, path: readonly number[], type: DataType): Source | undefined {
    const column = this.node.table.columns[index]!;
    if (column.kind !== 'computed') return this.records.field?.(index, path, type);
    return column.expression.kind === 'input' ? this.field(column.expression.index, path, type) : undefined;
  }

  isText(index: number, text: string): { readonly test: string; readonly isNull: string } | undefined {
    const column = this.node.table.columns[index]!;
    if (column.kind !== 'computed') return this.records.isText?.(index, text);
    return column.expression.kind === 'input' ? this.isText(column.expression.index, text) : undefined;
  }
}

/** The kind of the row that a loop is at. */
const KIND = 'kinds === null ? 0 : kinds[i]';

interface LoopOptions {
  readonly graph: StageGraph;
  readonly node: number;
  readonly source: SourceNode & Pick<PlanNode, 'changelog'>;
  readonly hooks: SourceHooks;
  readonly perRecord: boolean;
}

/** The loop for batches of this one's shape. */
export function batchLoop(options: LoopOptions, batch: ColumnBatch): SourceLoop<ColumnBatch> {
  const stage = new StageCode(options.graph, options.node, KIND);
  const input = new BatchInput(batch, stage.writer);
  return writeLoop(options, stage, input, input.prologue);
}

/** The loop for rows: one value for each column of the table. */
export function rowLoop(options: LoopOptions): SourceLoop<readonly Row[]> {
  const stage = new StageCode(options.graph, options.node, KIND);
  const input: Input = {
    column: (index, type) => ({ kind: 'code', code: `batch[i][${index}]`, nullable: mayBeNull(type) }),
  };
  return writeLoop(options, stage, input, []);
}

function writeLoop<B>(
  { node, source, hooks, perRecord }: LoopOptions,
  stage: StageCode,
  records: Input,
  prologue: readonly string[],
): SourceLoop<B> {
  const { writer, expressions } = stage;
  const input = new TableInput(source, records);
  const bound = writer.bind(hooks, 'hooks');
  // The body is written first: it decides which columns the prologue names.
  const mark = writer.mark();
  writer.line('let watermark = -Infinity;');
  writer.line('for (let i = 0, n = batch.length; i < n; i++) {');
  stage.declareLeaves();
  expressions.block('try {', () => {
    writeWatermark(source, input, stage, writer);
    stage.evaluate(node, input);
  });
  writer.line(`catch (error) { ${bound}.bad(i, error); continue; }`);
  stage.pushLeaves(KIND);
  if (perRecord) writer.line(`${bound}.record(watermark);`);
  writer.line('}');
  writer.line('return watermark;');
  writer.line('}');
  writer.insert(mark, ['function loop(batch, kinds) {', ...prologue]);
  return writer.build('loop');
}

/** Flink takes the watermark of every record, before any filter; NULL leaves it as it is. */
function writeWatermark(source: SourceNode, input: Input, stage: StageCode, writer: CodeWriter): void {
  const { watermark } = source.table;
  if (watermark === null) return;
  const { code, nullable } = stage.expressions.atom(watermark.expression, input);
  writer.line(`if (${nullable ? `${code} !== null && ` : ''}${code} > watermark) watermark = ${code};`);
}
