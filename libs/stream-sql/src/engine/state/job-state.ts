import type { JobGraph } from '../job-graph.ts';
import type { JobSource } from '../job-source.ts';
import type { NodeWatermarks } from '../node-watermarks.ts';
import { StateReader, StateWriter } from './state-codec.ts';

const FORMAT = 3;

/** Everything of a job that is saved. */
export interface JobState {
  readonly graph: JobGraph;
  readonly sources: ReadonlyMap<number, JobSource>;
  readonly watermarks: NodeWatermarks;
}

/** Watermarks, figures and what operators keep beside their tables are written whole; tables whole or by their changes. */
export function writeState({ graph, sources, watermarks }: JobState, all: boolean): Uint8Array {
  const writer = new StateWriter();
  writer.byte(FORMAT);
  writer.byte(all ? 1 : 0);
  writer.value(shapeOf(graph));
  for (const count of graph.rowsOut) writer.count(count);
  watermarks.write(writer);
  for (const source of sources.values()) {
    writer.count(source.rowsIn);
    source.watermarks.write(writer);
  }
  for (const operator of graph.operators) {
    if (operator === null) continue;
    for (const table of operator.tables) table.write(writer, all);
    operator.write?.(writer);
  }
  return writer.finish();
}

/** Applies what `writeState` wrote of the same plan. */
export function applyState({ graph, sources, watermarks }: JobState, bytes: Uint8Array): void {
  const reader = new StateReader(bytes);
  const format = reader.byte();
  if (format !== FORMAT) throw new RangeError(`the state has format ${format}; this engine reads ${FORMAT}`);
  reader.byte();
  const shape = reader.value();
  if (shape !== shapeOf(graph))
    throw new RangeError(`the state is of another plan: ${String(shape)}, not ${shapeOf(graph)}`);
  for (let i = 0; i < graph.rowsOut.length; i++) graph.rowsOut[i] = reader.count();
  watermarks.read(reader);
  for (const source of sources.values()) {
    source.rowsIn = reader.count();
    source.watermarks.read(reader);
  }
  for (const operator of graph.operators) {
    if (operator === null) continue;
    for (const table of operator.tables) table.apply(reader);
    operator.read?.(reader);
  }
  reader.finish();
}

const shapeOf = ({ nodes }: JobGraph): string => nodes.map(({ kind }) => kind).join(' ');
