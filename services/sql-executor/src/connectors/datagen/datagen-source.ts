import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { jsonRowWriter } from '@hermes/stream-sql/json/write-json-value';
import type { SourceNode } from '@hermes/stream-sql/planner/plan';
import type { Row } from '@hermes/stream-sql/values/data-type';
import type { Position, Source, SourceHandlers } from '../connector.ts';
import { jsonWriteOptions } from '@hermes/stream-sql/json/json-options';
import { isWanted } from '../readiness.ts';
import { rowBatch } from '../rows/row-batch.ts';
import { type Generate, randomField, sequenceField } from '@hermes/stream-sql/datagen/field-generator';
import { seedOfRow, SeededRandom } from '@hermes/stream-sql/datagen/seeded-random';

const BATCH_ROWS = 1_000;
const LONGEST_SLEEP_MS = 50;
const SPLIT = 0;

interface DatagenPosition {
  readonly seed: number;
  /** The number of the next row. */
  readonly next: number;
}

/** Rows that are made up. A row depends on the run's seed and its own number alone (times apart), so that a restored run goes on as it would have. */
export class DatagenSource implements Source {
  private readonly node: SourceNode;
  private readonly fields: readonly Generate[];
  private readonly places: readonly (number | undefined)[];
  private readonly rows: number;
  private readonly rowsPerSecond: number;
  private readonly text: (row: Row) => string;
  private readonly closing = new AbortController();
  private position: DatagenPosition = { seed: 0, next: 0 };
  private running: Promise<void> = Promise.resolve();

  constructor(node: SourceNode) {
    this.node = node;
    const { columns, options } = node.table;
    const physical = columns.flatMap((column, at) => (column.kind === 'physical' ? [at] : []));
    let rows = Number(options['number-of-rows'] ?? Infinity);
    this.fields = physical.map((at) => {
      const { name, type } = columns[at]!;
      const option = (key: string): string | undefined => options[`fields.${name}.${key}`];
      if (option('kind') !== 'sequence') return randomField(type, option);
      const { generate, count } = sequenceField(type, option);
      rows = Math.min(rows, count);
      return generate;
    });
    this.places = columns.map((_, at) =>
      node.unread.includes(at) || !physical.includes(at) ? undefined : physical.indexOf(at),
    );
    this.rows = rows;
    this.rowsPerSecond = Number(options['rows-per-second']);
    this.text = jsonRowWriter(
      physical.map((at) => columns[at]!),
      jsonWriteOptions({ 'json.map-null-key.mode': 'LITERAL' }),
    );
  }

  async open(restored: ReadonlyMap<number, Position> | undefined): Promise<ReadonlyMap<number, Position>> {
    const position = restored?.get(SPLIT) as DatagenPosition | undefined;
    this.position = position ?? { seed: randomInt(2 ** 32), next: 0 };
    return this.positions();
  }

  positions(): ReadonlyMap<number, Position> {
    return new Map([[SPLIT, { ...this.position }]]);
  }

  start(handlers: SourceHandlers): void {
    this.running = this.read(handlers).catch((error: unknown) =>
      handlers.onFailed({
        code: 'source-failed',
        message: error instanceof Error ? error.message : String(error),
        final: false,
      }),
    );
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.running;
  }

  private async read(handlers: SourceHandlers): Promise<void> {
    const startedMs = performance.now();
    const first = this.position.next;
    while (this.position.next < this.rows) {
      if (!(await isWanted(handlers, this.closing.signal))) return;
      const { next } = this.position;
      const dueRows = first + ((performance.now() - startedMs) * this.rowsPerSecond) / 1_000;
      const count = Math.min(Math.floor(dueRows) - next, BATCH_ROWS, this.rows - next);
      if (count > 0) this.take(count, handlers);
      const waitMs = count >= BATCH_ROWS ? 0 : (1_000 * (next + Math.max(count, 0) + 1 - dueRows)) / this.rowsPerSecond;
      await sleep(Math.min(Math.max(waitMs, 0), LONGEST_SLEEP_MS), undefined, { signal: this.closing.signal }).catch(
        () => undefined,
      );
      if (this.closing.signal.aborted) return;
    }
    handlers.onEnd(SPLIT);
  }

  private take(count: number, handlers: SourceHandlers): void {
    const { seed, next } = this.position;
    const nowMs = Date.now();
    const rows = Array.from({ length: count }, (_, i) => {
      const context = { row: next + i, random: new SeededRandom(seedOfRow(seed, next + i)), nowMs };
      return this.fields.map((field) => field(context));
    });
    handlers.onBatch({
      split: SPLIT,
      rows: rowBatch(rows, this.places),
      bad: [],
      skipped: 0,
      records: count,
      original: (record) => ({
        topic: this.node.table.name,
        partition: SPLIT,
        offset: next + record,
        timestampMs: nowMs,
        key: null,
        value: Buffer.from(this.text(rows[record]!)),
        headers: {},
      }),
      lag: this.rows === Infinity ? undefined : this.rows - next - count,
      receivedMs: [],
    });
    this.position = { seed, next: next + count };
  }
}
