import type { StateCodec } from './logic.ts';

/** A state value in memory: its committed or pending bytes, and, once asked for, its decoded form. */
export interface HotEntry<S> {
  /** null: known to be absent. */
  bytes: Buffer | null;
  /** Wall time; Infinity without a time to live. */
  expiresAtMs: number;
  value: S | undefined;
  decoded: boolean;
}

/** A stored value that this build cannot read: the partition stops, since going on would throw the value away. */
export class StateDecodeError extends Error {
  override readonly name = 'StateDecodeError';
}

const PER_ENTRY_BYTES = 100;

/**
 * A partition's state values in memory, least recently used first to go. Pure: wall time is an argument.
 * Bytes are kept beside the decoded value, so that whatever a failed record did to the value can be undone.
 */
export class HotState<S> {
  readonly #codec: StateCodec<S>;
  readonly #maxKeys: number;
  readonly #maxBytes: number;
  #entries = new Map<string, HotEntry<S>>();
  #bytes = 0;

  constructor(codec: StateCodec<S>, maxKeys: number, maxBytes: number) {
    this.#codec = codec;
    this.#maxKeys = maxKeys;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The entry, marked as just used; an expired one is known to be absent. */
  touch(key: string, nowMs: number): HotEntry<S> | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (entry.expiresAtMs <= nowMs) this.restore(entry, null, Number.POSITIVE_INFINITY);
    return entry;
  }

  /** The entry as it is, for use within a step whose keys were touched. */
  entry(key: string): HotEntry<S> | undefined {
    return this.#entries.get(key);
  }

  loaded(key: string, bytes: Buffer | null, expiresAtMs: number): void {
    this.#bytes += key.length + PER_ENTRY_BYTES + (bytes?.length ?? 0);
    // A copy: the client's buffer is a window on a whole read of the socket and would be kept alive by it.
    this.#entries.set(key, {
      bytes: bytes === null ? null : Buffer.from(bytes),
      expiresAtMs,
      value: undefined,
      decoded: false,
    });
  }

  valueOf(key: string, entry: HotEntry<S>): S | undefined {
    if (!entry.decoded) {
      try {
        entry.value = entry.bytes === null ? undefined : this.#codec.decode(entry.bytes);
      } catch (cause) {
        throw new StateDecodeError(`the stored value of "${key}" cannot be read: ${(cause as Error).message}`, {
          cause,
        });
      }
      entry.decoded = true;
    }
    return entry.value;
  }

  /** The bytes of a value that was just set. */
  written(entry: HotEntry<S>, bytes: Buffer | null, expiresAtMs: number): void {
    this.#bytes += (bytes?.length ?? 0) - (entry.bytes?.length ?? 0);
    entry.bytes = bytes;
    entry.expiresAtMs = expiresAtMs;
  }

  /** Back to these bytes; the decoded value is made anew when asked for, since it may have been changed in place. */
  restore(entry: HotEntry<S>, bytes: Buffer | null, expiresAtMs: number): void {
    this.written(entry, bytes, expiresAtMs);
    entry.value = undefined;
    entry.decoded = false;
  }

  encode(value: S): Buffer {
    return this.#codec.encode(value);
  }

  /** Between steps: lets the least recently used go. */
  shrink(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= this.#maxKeys && this.#bytes <= this.#maxBytes) return;
      this.#entries.delete(key);
      this.#bytes -= key.length + PER_ENTRY_BYTES + (entry.bytes?.length ?? 0);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}
