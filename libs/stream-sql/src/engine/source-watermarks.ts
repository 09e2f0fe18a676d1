import type { StateReader, StateWriter } from './state/state-codec.ts';

interface Partition {
  watermarkMs: number;
  /** When its last record came, or when it was assigned. */
  activeMs: number;
  idle: boolean;
}

/**
 * The watermark of one source: the least of its partitions that are not idle, and never less than it was. A partition without records for the
 * idle timeout (0: never) is left out until its next record. Source: Flink's WatermarkOutputMultiplexer and WatermarksWithIdleness.
 */
export class SourceWatermarks {
  currentMs = Number.NEGATIVE_INFINITY;
  private readonly idleTimeoutMs: number;
  private readonly partitions = new Map<number, Partition>();
  private ended = false;

  constructor(idleTimeoutMs: number) {
    this.idleTimeoutMs = idleTimeoutMs;
  }

  /** Every partition is idle: readers with other inputs do not wait for this one. */
  get idle(): boolean {
    if (this.ended || this.partitions.size === 0) return false;
    for (const { idle } of this.partitions.values()) if (!idle) return false;
    return true;
  }

  /** Says which partitions there are; those that are known keep their watermark. */
  assign(partitions: readonly number[], nowMs: number): void {
    for (const partition of this.partitions.keys())
      if (!partitions.includes(partition)) this.partitions.delete(partition);
    for (const partition of partitions) this.at(partition, nowMs).activeMs = nowMs;
  }

  private at(partition: number, nowMs: number): Partition {
    let state = this.partitions.get(partition);
    if (state === undefined)
      this.partitions.set(partition, (state = { watermarkMs: Number.NEGATIVE_INFINITY, activeMs: nowMs, idle: false }));
    return state;
  }

  /** A batch (or a record) of a partition has been read; its largest watermark. */
  onRecords(partition: number, watermarkMs: number, nowMs: number): void {
    const state = this.at(partition, nowMs);
    state.activeMs = nowMs;
    state.idle = false;
    if (watermarkMs > state.watermarkMs) state.watermarkMs = watermarkMs;
  }

  /** A partition has given all its records: the others do not wait for it. */
  endPartition(partition: number): void {
    this.partitions.delete(partition);
  }

  /** No more records come: nothing waits for this source. */
  end(): void {
    this.ended = true;
    this.currentMs = Number.POSITIVE_INFINITY;
  }

  /** Moves the watermark to where it may be now. */
  advance(nowMs: number): void {
    if (this.ended) return;
    let least = Number.POSITIVE_INFINITY;
    for (const state of this.partitions.values()) {
      if (this.idleTimeoutMs > 0 && nowMs - state.activeMs >= this.idleTimeoutMs) state.idle = true;
      if (!state.idle && state.watermarkMs < least) least = state.watermarkMs;
    }
    if (least !== Number.POSITIVE_INFINITY && least > this.currentMs) this.currentMs = least;
  }

  write(writer: StateWriter): void {
    writer.number(this.currentMs);
    writer.byte(this.ended ? 1 : 0);
    writer.count(this.partitions.size);
    for (const [partition, { watermarkMs, activeMs, idle }] of this.partitions) {
      writer.count(partition);
      writer.number(watermarkMs);
      writer.number(activeMs);
      writer.byte(idle ? 1 : 0);
    }
  }

  read(reader: StateReader): void {
    this.currentMs = reader.number();
    this.ended = reader.byte() === 1;
    this.partitions.clear();
    for (let size = reader.count(); size > 0; size--)
      this.partitions.set(reader.count(), {
        watermarkMs: reader.number(),
        activeMs: reader.number(),
        idle: reader.byte() === 1,
      });
  }
}
