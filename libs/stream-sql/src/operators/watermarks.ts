import type { StateReader, StateWriter } from '../state/codec.ts';

interface PartitionWatermark {
  watermarkMs: number;
  /** Wall time of the last record, for idleness. */
  activeMs: number;
  idle: boolean;
}

/**
 * The source's watermark: the least over its partitions that are not idle, never going back. A partition without a record
 * holds it back until the idle timeout takes the partition out of the minimum (`table.exec.source.idle-timeout`; 0 = never).
 * When all partitions are idle the watermark stands still, as in Flink.
 */
export class SourceWatermarks {
  private readonly partitions = new Map<number, PartitionWatermark>();
  private readonly idleTimeoutMs: number;
  private combinedMs = Number.NEGATIVE_INFINITY;

  constructor(idleTimeoutMs: number) {
    this.idleTimeoutMs = idleTimeoutMs;
  }

  get current(): number {
    return this.combinedMs;
  }

  /** These partitions belong to the source; known ones keep their watermark. */
  assign(partitions: readonly number[], nowMs: number): void {
    for (const partition of partitions) {
      const known = this.partitions.get(partition);
      if (known === undefined)
        this.partitions.set(partition, { watermarkMs: Number.NEGATIVE_INFINITY, activeMs: nowMs, idle: false });
      else known.activeMs = nowMs;
    }
  }

  onRecord(partition: number, watermarkMs: number | null, nowMs: number): void {
    const state = this.partitions.get(partition);
    if (state === undefined) throw new Error(`partition ${partition} was not assigned`);
    state.activeMs = nowMs;
    state.idle = false;
    if (watermarkMs !== null && watermarkMs > state.watermarkMs) state.watermarkMs = watermarkMs;
  }

  /** Marks idle partitions and answers the watermark as of now. */
  advance(nowMs: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (const state of this.partitions.values()) {
      if (!state.idle && this.idleTimeoutMs > 0 && nowMs - state.activeMs >= this.idleTimeoutMs) state.idle = true;
      if (!state.idle) least = Math.min(least, state.watermarkMs);
    }
    if (least !== Number.POSITIVE_INFINITY && least > this.combinedMs) this.combinedMs = least;
    return this.combinedMs;
  }

  snapshot(writer: StateWriter): void {
    writer.number(this.combinedMs);
    writer.count(this.partitions.size);
    for (const [partition, { watermarkMs }] of this.partitions) {
      writer.count(partition);
      writer.number(watermarkMs);
    }
  }

  /** Idleness is not state: after a restart every partition has its timeout once more. */
  restore(reader: StateReader, nowMs: number): void {
    this.combinedMs = reader.number();
    this.partitions.clear();
    for (let size = reader.count(); size > 0; size--) {
      this.partitions.set(reader.count(), { watermarkMs: reader.number(), activeMs: nowMs, idle: false });
    }
  }
}
