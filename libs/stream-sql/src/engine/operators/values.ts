import type { PlanNode, ValuesNode } from '../../planner/plan.ts';
import type { Row } from '../../values/data-type.ts';
import { CodeWriter } from '../code/code-writer.ts';
import { ExpressionCode } from '../code/expression-code.ts';
import { rowInput } from '../code/input.ts';
import { RowKind, type Output } from '../operator.ts';
import type { StateReader, StateWriter } from '../state/state-codec.ts';
import type { Operator, OperatorSetup } from './operator-setup.ts';

/** The rows of VALUES, once. */
export class Values implements Operator {
  readonly inputs: readonly Output[] = [];
  readonly tables = [];
  readonly watermark = Number.POSITIVE_INFINITY;
  private readonly rows: () => readonly Row[];
  private readonly output: Output;
  private done = false;

  constructor(node: ValuesNode & PlanNode, { functions, context, output }: OperatorSetup) {
    const writer = new CodeWriter();
    writer.line('function rows() {');
    const expressions = new ExpressionCode(writer, functions, context);
    const input = rowInput('none');
    const rows = node.rows.map((row) => `[${row.map((value) => expressions.atom(value, input).code).join(', ')}]`);
    writer.line(`return [${rows.join(', ')}];`);
    writer.line('}');
    this.rows = writer.build('rows');
    this.output = output;
  }

  /** The first call hands the rows out. */
  start(): void {
    if (this.done) return;
    this.done = true;
    for (const row of this.rows()) this.output.push(RowKind.insert, row);
  }

  write(writer: StateWriter): void {
    writer.byte(this.done ? 1 : 0);
  }

  read(reader: StateReader): void {
    this.done = reader.byte() === 1;
  }
}
