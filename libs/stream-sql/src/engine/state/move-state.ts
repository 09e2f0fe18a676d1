import type { JobState } from './job-state.ts';
import { StateReader, StateWriter } from './state-codec.ts';

/** Moves what nodes of one job keep to nodes of another: tables as they are, the small rest as bytes. `nodes`: to -> from. */
export function moveState(from: JobState, to: JobState, nodes: ReadonlyMap<number, number>): void {
  for (const [index, old] of nodes) {
    to.graph.rowsOut[index] = from.graph.rowsOut[old]!;
    to.watermarks.takeOver(index, from.watermarks, old);
    const source = to.sources.get(index);
    if (source !== undefined) {
      const before = from.sources.get(old)!;
      source.rowsIn = before.rowsIn;
      copy(before.watermarks, source.watermarks);
      continue;
    }
    const [operator, before] = [to.graph.operators[index], from.graph.operators[old]];
    if (!operator || !before) continue;
    if (operator.tables.length !== before.tables.length || operator.constructor !== before.constructor)
      throw new RangeError(`the state of node ${old} is of another kind than that of node ${index}`);
    operator.tables.forEach((table, i) => table.takeOver(before.tables[i]!));
    copy(before, operator);
  }
}

interface Written {
  write?(writer: StateWriter): void;
  read?(reader: StateReader): void;
}

function copy(from: Written, to: Written): void {
  if (from.write === undefined || to.read === undefined) return;
  const writer = new StateWriter();
  from.write(writer);
  const reader = new StateReader(writer.finish());
  to.read(reader);
  reader.finish();
}
