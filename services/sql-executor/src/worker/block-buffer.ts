import type { Row } from '@hermes/stream-sql/types/data-type';
import type { Block } from './manifest.ts';

/** One insert: large enough to be cheap, small enough that ClickHouse takes it as one block. */
export const BLOCK_ROWS = 10_000;
export const BLOCK_BYTES = 1_000_000;

/** Output rows that wait for the next checkpoint, already cut into blocks. */
export class BlockBuffer {
  private readonly write: (row: Row) => string;
  private finished: Block[] = [];
  private lines: string[] = [];
  private lineBytes = 0;
  private rowCount = 0;
  private byteCount = 0;

  constructor(write: (row: Row) => string) {
    this.write = write;
  }

  get rows(): number {
    return this.rowCount;
  }

  get bytes(): number {
    return this.byteCount;
  }

  add(rows: readonly Row[]): void {
    for (const row of rows) {
      const line = this.write(row);
      this.lines.push(line);
      this.lineBytes += line.length;
      this.byteCount += line.length;
      this.rowCount++;
      if (this.lines.length >= BLOCK_ROWS || this.lineBytes >= BLOCK_BYTES) this.cut();
    }
  }

  /** Takes everything out. */
  take(): readonly Block[] {
    this.cut();
    const blocks = this.finished;
    this.finished = [];
    this.rowCount = 0;
    this.byteCount = 0;
    return blocks;
  }

  private cut(): void {
    if (this.lines.length === 0) return;
    this.finished.push({ rows: this.lines.length, bytes: Buffer.from(this.lines.join('')) });
    this.lines = [];
    this.lineBytes = 0;
  }
}
