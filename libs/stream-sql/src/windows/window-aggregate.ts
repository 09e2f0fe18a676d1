import { EvaluationError } from '../functions/signature.ts';
import type { Emit, Operator } from '../operators/operator.ts';
import type { WindowAggregatePlan } from '../plan/job-plan.ts';
import type { StateReader, StateWriter } from '../state/codec.ts';
import type { Row, Value } from '../types/data-type.ts';
import type { Zone } from '../types/zone.ts';
import { aggregateFunction, type Accumulator, type AggregateFunction } from './accumulators.ts';
import { tumble, windowClock, type WindowClock } from './tumble.ts';

interface Group {
  readonly key: readonly Value[];
  readonly accumulators: readonly Accumulator[];
}

/**
 * Aggregates by window and key. A window's rows come out, keys in the order of their first row, when the watermark reaches
 * its end less 1 ms; a row of a window that is out already is late: counted, and no part of any result (Flink's answer).
 */
export class WindowAggregate implements Operator {
  private readonly plan: WindowAggregatePlan;
  private readonly functions: readonly AggregateFunction[];
  private readonly clock: WindowClock;
  private readonly windows = new Map<number, Map<string, Group>>();
  private watermarkMs = Number.NEGATIVE_INFINITY;
  private late = 0;

  constructor(plan: WindowAggregatePlan, zone: Zone) {
    this.plan = plan;
    this.functions = plan.aggregates.map(aggregateFunction);
    this.clock = windowClock(plan.timeKind, zone);
  }

  get lateRows(): number {
    return this.late;
  }

  onRow(row: Row): void {
    const time = row[this.plan.time]!;
    if (time === null)
      throw new EvaluationError(
        'null-time',
        'the time attribute of the window is NULL: filter such rows out, or repair the event',
      );
    const { end } = tumble(this.clock.toLocal(time as number), this.plan.window.sizeMs, this.plan.window.offsetMs);
    if (this.clock.completeAt(end) <= this.watermarkMs) {
      this.late++;
      return;
    }
    let groups = this.windows.get(end);
    if (groups === undefined) this.windows.set(end, (groups = new Map<string, Group>()));
    const key = this.plan.keys.map(({ index }) => row[index]!);
    const name = groupName(key);
    let group = groups.get(name);
    if (group === undefined) groups.set(name, (group = { key, accumulators: this.functions.map((fn) => fn.create()) }));
    this.plan.aggregates.forEach((aggregate, i) => {
      if (aggregate.filter !== null && row[aggregate.filter] !== true) return;
      const value = aggregate.argument === null ? null : row[aggregate.argument]!;
      if (value !== null || aggregate.argument === null) this.functions[i]!.add(group.accumulators[i]!, value);
    });
  }

  onWatermark(watermarkMs: number, emit: Emit): void {
    if (watermarkMs <= this.watermarkMs) return;
    this.watermarkMs = watermarkMs;
    const complete = [...this.windows.keys()]
      .filter((end) => this.clock.completeAt(end) <= watermarkMs)
      .sort((a, b) => a - b);
    for (const end of complete) {
      const groups = this.windows.get(end)!;
      this.windows.delete(end);
      const window = [end - this.plan.window.sizeMs, end, this.clock.completeAt(end)];
      for (const { key, accumulators } of groups.values())
        emit([...window, ...key, ...accumulators.map((accumulator, i) => this.functions[i]!.result(accumulator))]);
    }
  }

  snapshot(writer: StateWriter): void {
    writer.number(this.watermarkMs);
    writer.number(this.late);
    writer.count(this.windows.size);
    for (const [end, groups] of this.windows) {
      writer.number(end);
      writer.count(groups.size);
      for (const { key, accumulators } of groups.values()) {
        writer.values(key);
        for (const accumulator of accumulators) writer.values(accumulator);
      }
    }
  }

  restore(reader: StateReader): void {
    this.watermarkMs = reader.number();
    this.late = reader.number();
    this.windows.clear();
    for (let windows = reader.count(); windows > 0; windows--) {
      const groups = new Map<string, Group>();
      this.windows.set(reader.number(), groups);
      for (let size = reader.count(); size > 0; size--) {
        const key = reader.values();
        groups.set(groupName(key), { key, accumulators: this.functions.map(() => reader.values()) });
      }
    }
  }
}

/** Keys of one plan have one list of types, so lengths and texts tell them apart. NULL is a key of its own. */
function groupName(key: readonly Value[]): string {
  let name = '';
  for (const value of key) {
    const text = value === null ? '' : String(value);
    name += value === null ? 'n' : `${text.length}:${text}`;
  }
  return name;
}
