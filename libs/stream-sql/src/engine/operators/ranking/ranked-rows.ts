import type { SortKey } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import { rowOrder } from '../../code/compare-values.ts';
import type { Key } from '../../code/key-code.ts';
import type { Entry } from '../../state/state-table.ts';

/** A row with what its partition's map knows it by, and when it came: equals stand in the order in which they came. */
export interface Ranked {
  readonly id: Key;
  readonly arrived: number;
  readonly row: Row;
}

/**
 * The rows of a partition in their order. They live in the entry's map (id to [arrived, row]), so that a checkpoint writes those that changed; the
 * sorted list beside it is made from the map when it is not there.
 */
export class RankedRows {
  private readonly order: (a: Row, b: Row) => number;

  private readonly newestFirst: boolean;

  /** `newestFirst`: of equals the one that came last stands first. */
  constructor(order: readonly SortKey[], newestFirst = false) {
    this.order = rowOrder(order);
    this.newestFirst = newestFirst;
  }

  list(entry: Entry): Ranked[] {
    if (entry.cache === undefined)
      entry.cache = [...entry.maps[0]!.entries()]
        .map(([id, item]): Ranked => {
          const [arrived, row] = item as readonly [number, Row];
          return { id, arrived, row };
        })
        .toSorted(
          (a, b) => this.order(a.row, b.row) || (this.newestFirst ? b.arrived - a.arrived : a.arrived - b.arrived),
        );
    return entry.cache as Ranked[];
  }

  /** Where a new row would stand: behind its equals, or before them. */
  place(list: readonly Ranked[], row: Row): number {
    const behind = this.newestFirst ? 0 : 1;
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.order(list[middle]!.row, row) < behind) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where the first row of this order stands that the test accepts; -1: nowhere. */
  find(list: readonly Ranked[], row: Row, test: (row: Row) => boolean): number {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.order(list[middle]!.row, row) < 0) low = middle + 1;
      else high = middle;
    }
    for (let at = low; at < list.length && this.order(list[at]!.row, row) === 0; at++)
      if (test(list[at]!.row)) return at;
    return -1;
  }

  insert(entry: Entry, at: number, ranked: Ranked): void {
    this.list(entry).splice(at, 0, ranked);
    entry.maps[0]!.set(ranked.id, [ranked.arrived, ranked.row as Value]);
  }

  remove(entry: Entry, at: number): void {
    const [ranked] = this.list(entry).splice(at, 1);
    entry.maps[0]!.delete(ranked!.id);
  }
}
