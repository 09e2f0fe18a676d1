import type { EvaluationContext } from '../../builtin/signature.ts';
import type { PlanExpression } from '../../planner/expression.ts';
import type { PlanNode } from '../../planner/plan.ts';
import type { Row } from '../../values/data-type.ts';
import type { FunctionLibrary } from '../function-library.ts';
import type { Output } from '../operator.ts';
import type { Intake } from '../operators/operator-setup.ts';
import { failOnNullTime } from '../null-time.ts';
import { CodeWriter } from './code-writer.ts';
import { ExpressionCode } from './expression-code.ts';
import { pairInput, projectedInput, rowInput, type Input } from './input.ts';

/** Who reads a node's rows: input number `input` of node `node`. */
export interface Reader {
  readonly node: number;
  readonly input: number;
}

/** What stages are generated from. Operators of later nodes are there already. */
export interface StageGraph {
  readonly nodes: readonly PlanNode[];
  readonly readers: readonly (readonly Reader[])[];
  readonly functions: FunctionLibrary;
  readonly context: EvaluationContext;
  /** Rows that came out of each node. */
  readonly rowsOut: Float64Array;
  output(reader: Reader): Output;
  /** How a row can be checked before it is pushed, where that may fail. */
  intake(reader: Reader): Intake | undefined;
  /** Columns of that input that may not be NULL (time attributes of windows). */
  required(reader: Reader): readonly number[];
}

/** Rows of a join's two sides go on without being put together where a calc follows. */
export interface PairOutput {
  push(kind: number, left: readonly unknown[], right: readonly unknown[]): void;
}

interface Leaf {
  readonly reader: Reader;
  readonly name: string;
}

/**
 * Writes a stage: everything without state that follows a node (calcs, unions), as one function. Branches compute their rows first and push
 * them afterwards, so that a row that fails in one has not gone into another.
 */
export class StageCode {
  readonly writer = new CodeWriter();
  readonly expressions: ExpressionCode;
  readonly leaves: Leaf[] = [];
  private readonly graph: StageGraph;
  private readonly counts: string;
  private next = 0;
  /** Code of a row's kind where what readers ask of rows is asked here, before any is pushed: in the stages of sources and lookup joins. */
  private readonly checkedKind: string | null;

  constructor(graph: StageGraph, node: number, checkedKind: string | null) {
    this.graph = graph;
    this.checkedKind = checkedKind;
    this.expressions = new ExpressionCode(this.writer, graph.functions, graph.context);
    this.counts = this.writer.bind(graph.rowsOut, 'counts');
    this.collect(node);
  }

  private collect(node: number): void {
    for (const reader of this.graph.readers[node]!)
      if (isFused(this.graph.nodes[reader.node]!)) this.collect(reader.node);
      else this.leaves.push({ reader, name: this.writer.fresh('row') });
  }

  declareLeaves(): void {
    if (this.leaves.length > 0) this.writer.line(`let ${this.leaves.map(({ name }) => name).join(', ')};`);
  }

  pushLeaves(kind: string): void {
    for (const { reader, name } of this.leaves) {
      const intake = this.checkedKind === null ? undefined : this.graph.intake(reader);
      const output = this.writer.bind(intake?.checked ?? this.graph.output(reader), 'out');
      this.writer.line(`if (${name} !== undefined) ${output}.push(${kind}, ${name});`);
    }
  }

  /** Computes the rows of all leaves behind this node, whose output is `input`. */
  evaluate(node: number, input: Input): void {
    this.writer.line(`${this.counts}[${node}]++;`);
    const columns = this.graph.nodes[node]!.columns;
    for (const reader of this.graph.readers[node]!) {
      const next = this.graph.nodes[reader.node]!;
      if (next.kind === 'calc') this.calc(reader.node, next, input);
      else if (next.kind === 'union') this.evaluate(reader.node, input);
      else {
        const { name } = this.leaves[this.next++]!;
        if (this.checkedKind !== null)
          for (const index of this.graph.required(reader)) {
            const atom = this.expressions.column(input, index, columns[index]!.type);
            if (atom.nullable)
              this.writer.line(`if (${atom.code} === null) ${this.writer.bind(failOnNullTime, 'nullTime')}();`);
          }
        const row =
          input.whole ??
          `[${columns.map(({ type }, index) => this.expressions.column(input, index, type).code).join(', ')}]`;
        const intake = this.checkedKind === null ? undefined : this.graph.intake(reader);
        this.writer.line(
          `${name} = ${intake === undefined ? row : `${this.writer.bind(intake, 'intake')}.check(${this.checkedKind}, ${row})`};`,
        );
      }
    }
  }

  private calc(index: number, node: Extract<PlanNode, { kind: 'calc' }>, input: Input): void {
    const label = this.writer.fresh('calc');
    this.expressions.block(`${label}: {`, () => {
      if (node.condition !== null) this.expressions.guard(node.condition, input, `break ${label}`);
      // Evaluated once for all who read it.
      for (const projection of node.projections)
        if (this.isVolatile(projection)) this.expressions.atom(projection, input);
      this.evaluate(index, projectedInput(node.projections, input));
    });
  }

  private isVolatile(expression: PlanExpression): boolean {
    const { functions } = this.graph;
    return some(expression, (part) => part.kind === 'call' && functions.scalar(part.name)?.volatile === true);
  }
}

const isFused = (node: PlanNode): boolean => node.kind === 'calc' || node.kind === 'union';

function some(expression: PlanExpression, test: (part: PlanExpression) => boolean): boolean {
  if (test(expression)) return true;
  switch (expression.kind) {
    case 'input':
    case 'literal':
      return false;
    case 'field':
      return some(expression.of, test);
    case 'cast':
      return some(expression.operand, test);
    case 'call':
      return expression.arguments.some((argument) => some(argument, test));
    case 'case':
      return (
        some(expression.otherwise, test) ||
        expression.whens.some(({ when, then }) => some(when, test) || some(then, test))
      );
  }
}

/** Where an operator's rows go: through all that follows it without state. */
export function stageOutput(graph: StageGraph, node: number): Output {
  const stage = new StageCode(graph, node, null);
  const { writer } = stage;
  writer.line('function push(kind, r) {');
  stage.declareLeaves();
  stage.evaluate(node, rowInput('r'));
  stage.pushLeaves('kind');
  writer.line('}');
  return writer.build('{ push }');
}

/** The same for rows of two sides. `bad`: told of a pair that failed before anything was pushed; without it the failure goes on. */
export function pairStageOutput(
  graph: StageGraph,
  node: number,
  leftWidth: number,
  bad?: (error: unknown, left: Row) => void,
): PairOutput {
  const stage = new StageCode(graph, node, bad === undefined ? null : 'kind');
  const { writer } = stage;
  const evaluate = (): void => stage.evaluate(node, pairInput('l', 'r', leftWidth));
  writer.line('function push(kind, l, r) {');
  stage.declareLeaves();
  if (bad === undefined) evaluate();
  else {
    stage.expressions.block('try {', evaluate);
    writer.line(`catch (error) { ${writer.bind(bad, 'bad')}(error, l); return; }`);
  }
  stage.pushLeaves('kind');
  writer.line('}');
  return writer.build('{ push }');
}
