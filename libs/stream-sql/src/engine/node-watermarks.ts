import type { JobGraph } from './job-graph.ts';
import type { JobSource } from './job-source.ts';
import type { StateReader, StateWriter } from './state/state-codec.ts';

/**
 * Takes the sources' watermarks through the graph, node by node in the plan's order: what a node hands out at a watermark reaches the nodes after it
 * before that watermark does. A node with several inputs has the least of those that are not idle.
 */
export class NodeWatermarks {
  private readonly graph: JobGraph;
  private readonly sources: ReadonlyMap<number, JobSource>;
  /** By node: at its inputs, and at its output. */
  private readonly seen: Float64Array;
  private readonly out: Float64Array;
  private readonly idle: boolean[];

  constructor(graph: JobGraph, sources: ReadonlyMap<number, JobSource>) {
    this.graph = graph;
    this.sources = sources;
    this.seen = new Float64Array(graph.nodes.length).fill(Number.NEGATIVE_INFINITY);
    this.out = new Float64Array(graph.nodes.length).fill(Number.NEGATIVE_INFINITY);
    this.idle = graph.nodes.map(() => false);
  }

  at(node: number): number {
    return this.out[node]!;
  }

  move(): void {
    const { nodes, operators } = this.graph;
    for (let index = 0; index < nodes.length; index++) {
      const source = this.sources.get(index);
      if (source !== undefined) {
        this.out[index] = source.watermarks.currentMs;
        this.idle[index] = source.watermarks.idle;
        continue;
      }
      const operator = operators[index];
      const watermarkMs = this.inputs(index);
      if (watermarkMs > this.seen[index]!) {
        this.seen[index] = watermarkMs;
        operator?.onWatermark?.(watermarkMs);
      }
      this.out[index] = operator?.watermark ?? this.seen[index]!;
    }
  }

  private inputs(index: number): number {
    let least = Number.POSITIVE_INFINITY;
    let idle = true;
    const { inputs } = this.graph.nodes[index]!;
    for (const input of inputs) {
      if (this.idle[input]) continue;
      idle = false;
      if (this.out[input]! < least) least = this.out[input]!;
    }
    this.idle[index] = idle && inputs.length > 0;
    return idle ? Number.NEGATIVE_INFINITY : least;
  }

  /** A node goes on where a node of another job stood. */
  takeOver(node: number, from: NodeWatermarks, fromNode: number): void {
    this.seen[node] = from.seen[fromNode]!;
    this.out[node] = from.out[fromNode]!;
  }

  write(writer: StateWriter): void {
    for (const values of [this.seen, this.out]) for (const value of values) writer.number(value);
  }

  read(reader: StateReader): void {
    for (const values of [this.seen, this.out]) for (let i = 0; i < values.length; i++) values[i] = reader.number();
  }
}
