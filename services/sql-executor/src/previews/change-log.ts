import type { PreviewLimits, RowChange } from '@hermes/contracts/sql-preview';
import { RowKind } from '@hermes/stream-sql/engine/operator';
import type { Column } from '@hermes/stream-sql/planner/plan';
import type { Row } from '@hermes/stream-sql/values/data-type';
import { shownValue } from './shown-value.ts';

const CHANGES: Readonly<Record<RowKind, RowChange>> = {
  [RowKind.insert]: '+I',
  [RowKind.updateBefore]: '-U',
  [RowKind.updateAfter]: '+U',
  [RowKind.delete]: '-D',
};

/** Characters of JSON that a preview tells at most: who looks at it holds it all. */
export const MOST_CHARACTERS = 16_000_000;

/** The changes of a preview as JSON, up to its limits. */
export class ChangeLog {
  /** Told and waiting. */
  count = 0;
  /** The limit that was reached: what comes after it is not told. */
  reached: 'rows' | 'size' | undefined;
  private readonly shown: readonly ((value: Row[number]) => unknown)[];
  private readonly mostRows: number;
  private characters = 0;
  private waiting: string[] = [];

  constructor(columns: readonly Pick<Column, 'type'>[], { rows }: Pick<PreviewLimits, 'rows'>) {
    this.shown = columns.map(({ type }) => shownValue(type));
    this.mostRows = rows;
  }

  push(kind: RowKind, row: Row): void {
    if (this.reached !== undefined) return;
    // An update's two rows are told both or not at all.
    const needed = kind === RowKind.updateBefore ? 2 : 1;
    if (this.count + needed > this.mostRows) {
      this.reached = 'rows';
      return;
    }
    const text = JSON.stringify({ kind: CHANGES[kind], row: this.shown.map((show, i) => show(row[i]!)) });
    if (this.characters + text.length > MOST_CHARACTERS) {
      this.reached = 'size';
      return;
    }
    this.characters += text.length;
    this.count++;
    this.waiting.push(text);
    if (this.count === this.mostRows) this.reached = 'rows';
  }

  /** Takes out what was not told yet. */
  take(): readonly string[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }
}
