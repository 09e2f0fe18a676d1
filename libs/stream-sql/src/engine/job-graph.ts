import { type EvaluationContext, EvaluationError } from '../builtin/signature.ts';
import type { PlanNode, StreamPlan } from '../planner/plan.ts';
import { zoneOf, type Zone } from '../values/zone.ts';
import { pairStageOutput, stageOutput, type Reader, type StageGraph } from './code/stage-code.ts';
import type { StreamJobOptions } from './job-options.ts';
import type { SinkOutput } from './operator.ts';
import { makeOperator } from './operators/make-operator.ts';
import type { Operator } from './operators/operator-setup.ts';
import type { Clock } from './state/state-table.ts';

/** A plan's operators, wired. */
export interface JobGraph extends StageGraph {
  /** By node; null for sources and for nodes without an operator. */
  readonly operators: readonly (Operator | null)[];
}

/** Builds from the last node to the first, so that whoever a node's rows go to is there before it. */
export function jobGraph(plan: StreamPlan, options: StreamJobOptions, clock: Clock): JobGraph {
  const { nodes, settings } = plan;
  const zone: Zone = zoneOf(settings.timeZone);
  const context: EvaluationContext = {
    zone,
    zoneName: settings.timeZone,
    now: () => clock.nowMs,
    random: options.random,
  };
  const operators: (Operator | null)[] = nodes.map(() => null);
  const graph: JobGraph = {
    nodes,
    readers: readersOf(nodes),
    functions: options.functions,
    context,
    rowsOut: new Float64Array(nodes.length),
    operators,
    output: ({ node, input }) => operators[node]!.inputs[input]!,
    intake: ({ node }) => operators[node]!.intake,
    required: ({ node, input }) => operators[node]!.required?.[input] ?? [],
  };
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index]!;
    let output: SinkOutput | undefined;
    operators[index] = makeOperator(node, {
      index,
      nodes,
      inputs: node.inputs.map((input) => nodes[input]!),
      settings,
      functions: options.functions,
      context,
      clock,
      zone,
      get output() {
        return (output ??=
          node.kind === 'sink' ? counted(graph, index, options.sink(index)) : stageOutput(graph, index));
      },
      pairOutput: (leftWidth, bad) => pairStageOutput(graph, index, leftWidth, bad),
      bad: (error, row) => {
        if (!(error instanceof EvaluationError) || options.badRows === 'fail' || options.onBadLookup === undefined)
          throw error;
        options.onBadLookup({ node: index, row, code: error.code, reason: error.message });
      },
      late: (row) => {
        if (settings.keepLateRows) options.onLateRow?.(index, row);
      },
    });
  }
  return graph;
}

function counted({ rowsOut }: StageGraph, index: number, target: SinkOutput): SinkOutput {
  return {
    ...(target.check === undefined ? {} : { check: (row) => target.check!(row) }),
    push: (kind, row) => {
      rowsOut[index]!++;
      target.push(kind, row);
    },
  };
}

function readersOf(nodes: readonly PlanNode[]): readonly (readonly Reader[])[] {
  const readers: Reader[][] = nodes.map(() => []);
  nodes.forEach(({ inputs }, node) => inputs.forEach((from, input) => readers[from]!.push({ node, input })));
  return readers;
}
