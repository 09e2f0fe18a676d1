import type { PlanNode } from '../../../planner/plan.ts';
import type { Row } from '../../../values/data-type.ts';
import { DueTimes } from '../../state/due-times.ts';
import type { StateReader, StateWriter } from '../../state/state-codec.ts';
import type { StateTable } from '../../state/state-table.ts';
import type { OperatorSetup } from '../operator-setup.ts';
import { windowClock, type WindowClock } from './window-clock.ts';
import { windowOrigin } from './window-origin.ts';

/** When windows that rows carry in their columns are complete: the same for aggregates, ranks, deduplication and joins of windows. */
export class WindowEnds {
  readonly clock: WindowClock;
  lateRows = 0;
  private readonly setup: OperatorSetup;
  private readonly due = new DueTimes();
  private progressMs = Number.NEGATIVE_INFINITY;

  constructor(input: PlanNode, setup: OperatorSetup) {
    this.setup = setup;
    const time = windowOrigin(setup.nodes, input);
    if (time === undefined) throw new Error('the plan has windows that come from no window function');
    this.clock = windowClock(time.type, time.attribute !== 'proctime', setup.zone, setup.settings.timeZone);
  }

  /** Whether a window is still to come; a row of one that is out is late. */
  open(end: number, row: Row): boolean {
    if (this.clock.completeAt(end) <= this.progressMs) {
      this.lateRows++;
      this.setup.late(row);
      return false;
    }
    this.due.add(end);
    return true;
  }

  onWatermark(watermarkMs: number, emit: (end: number) => void): void {
    if (this.clock.eventTime) this.fire(watermarkMs, emit);
  }

  get nextTimeMs(): number {
    return this.clock.eventTime || this.due.first === Number.POSITIVE_INFINITY
      ? Number.POSITIVE_INFINITY
      : this.clock.completeAt(this.due.first);
  }

  onTime(nowMs: number, emit: (end: number) => void): void {
    this.fire(nowMs, emit);
  }

  private fire(progressMs: number, emit: (end: number) => void): void {
    while (this.due.first !== Number.POSITIVE_INFINITY && this.clock.completeAt(this.due.first) <= progressMs)
      emit(this.due.take());
    if (progressMs > this.progressMs) this.progressMs = progressMs;
  }

  write(writer: StateWriter): void {
    writer.number(this.progressMs);
    writer.count(this.lateRows);
  }

  read(reader: StateReader): void {
    this.progressMs = reader.number();
    this.lateRows = reader.count();
  }

  /** The windows that these tables hold state of. */
  restored(...tables: readonly StateTable[]): void {
    this.due.clear();
    for (const table of tables) for (const end of table.groups.keys()) this.due.add(end as number);
  }
}
