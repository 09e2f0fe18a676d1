import type { WindowAggregateNode } from '../../../planner/plan.ts';
import type { Value } from '../../../values/data-type.ts';
import type { WindowClock } from './window-clock.ts';

/** Appends the window's columns to a result. */
export function windowProperties(
  properties: WindowAggregateNode['properties'],
  clock: WindowClock,
): (row: Value[], start: number, end: number) => Value[] {
  return (row, start, end) => {
    for (const property of properties)
      row.push(property === 'window_start' ? start : property === 'window_end' ? end : clock.windowTime(end));
    return row;
  };
}
