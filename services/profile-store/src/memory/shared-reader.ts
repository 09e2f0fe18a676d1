import { monotonicMs } from '@hermes/stream-runtime/state-mirror';
import { AT, hashOf, LANES, type SharedMemory, SharedView } from './shared-memory.ts';

/**
 * For so long after a partition was last known to be ours it is answered from memory: long enough for the time between two steps under load, and
 * as old as an answer may be when another process has taken the partition over from this one without this one's knowing.
 */
export const OURS_FOR_MS = 250;

/** The answering thread's end. */
export class SharedReader {
  private readonly view: SharedView;

  constructor(memory: SharedMemory) {
    this.view = new SharedView(memory);
  }

  /**
   * Values as they were committed last, all at one moment. A copy of them, so that they do not change any more.
   *
   * @param keys - with what stands before them in Redis
   * @returns undefined unless all of them are here and certain: then they have to be read in Redis
   */
  read(keys: readonly string[]): Buffer[] | undefined {
    const { state } = this.view;
    const before = Atomics.load(state, 0);
    if ((before & 1) === 1) return undefined;
    const oldestMs = monotonicMs() - OURS_FOR_MS;
    const values: Buffer[] = [];
    for (const key of keys) {
      const value = this.valueOf(key, oldestMs);
      if (value === undefined) return undefined;
      values.push(value);
    }
    // Writes nothing, but keeps the processor from reading the values after the counter.
    return Atomics.add(state, 0, 0) === before ? values : undefined;
  }

  /** What it reads may change meanwhile: nothing here is to be relied on before the counter was looked at again. */
  private valueOf(key: string, oldestMs: number): Buffer | undefined {
    const { view } = this;
    const place = view.find(hashOf(key), key);
    if (place < 0) return undefined;
    const unit = view.index[place + 1]! - 1;
    if (unit < 0) return undefined;
    const claim = view.headOf(unit, AT.claim);
    const lane = (claim % LANES) * 2;
    if (view.lanes[lane] !== claim || view.lanes[lane + 1]! < oldestMs) return undefined;
    const length = view.headOf(unit, AT.valueBytes);
    const at = view.valueAt(unit, key.length);
    if (length < 0 || at + length > view.bytes.length) return undefined;
    const value = Buffer.allocUnsafe(length);
    value.set(view.bytes.subarray(at, at + length));
    return value;
  }
}
