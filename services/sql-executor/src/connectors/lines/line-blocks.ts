import { RowKind } from '@hermes/stream-sql/engine/operator';
import type { Row } from '@hermes/stream-sql/values/data-type';
import type { Block } from '../connector.ts';

/** One request: large enough to be cheap, small enough that ClickHouse takes it as one block. */
export const BLOCK_ROWS = 10_000;
export const BLOCK_BYTES = 1_000_000;

/** Output rows that wait for the next checkpoint as lines, already cut into blocks. */
export class LineBlocks {
  private readonly line: (row: Row, kind: RowKind) => string;
  private finished: Block[] = [];
  private lines: string[] = [];
  private lineBytes = 0;
  private rowCount = 0;
  private byteCount = 0;

  constructor(line: (row: Row, kind: RowKind) => string) {
    this.line = line;
  }

  get waiting(): { readonly rows: number; readonly bytes: number } {
    return { rows: this.rowCount, bytes: this.byteCount };
  }

  add(row: Row, kind: RowKind = RowKind.insert): void {
    const line = this.line(row, kind);
    this.lines.push(line);
    this.lineBytes += line.length;
    this.byteCount += line.length;
    this.rowCount++;
    if (this.lines.length >= BLOCK_ROWS || this.lineBytes >= BLOCK_BYTES) this.close();
  }

  /** Takes everything out. */
  cut(): readonly Block[] {
    this.close();
    const blocks = this.finished;
    this.finished = [];
    this.rowCount = 0;
    this.byteCount = 0;
    return blocks;
  }

  private close(): void {
    if (this.lines.length === 0) return;
    this.finished.push({ rows: this.lines.length, bytes: Buffer.from(this.lines.join('')) });
    this.lines = [];
    this.lineBytes = 0;
  }
}
