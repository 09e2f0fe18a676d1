import type { StateCodec } from './logic.ts';

/** The bytes of a state value. Bytes that were once part of it are never overwritten, so a copy of this object can be restored. */
export interface HotBytes {
  /** null: known to be absent. */
  readonly bytes: Buffer | null;
  /** The larger buffer that `bytes` is the front of, with room for appends; null: none. */
  readonly room: Buffer | null;
  /** Wall time; Infinity without a time to live. */
  readonly expiresAtMs: number;
}

/** A state value in memory: its committed or pending bytes, and, once asked for, its decoded form. */
export interface HotEntry<S> extends HotBytes {
  bytes: Buffer | null;
  room: Buffer | null;
  expiresAtMs: number;
  value: S | undefined;
  decoded: boolean;
  /** Since `shrink` last came by. */
  used: boolean;
}

/** A stored value that this build cannot read: the partition stops, since going on would throw the value away. */
export class StateDecodeError extends Error {
  override readonly name = 'StateDecodeError';
}

const PER_ENTRY_BYTES = 100;
const ABSENT: HotBytes = { bytes: null, room: null, expiresAtMs: Number.POSITIVE_INFINITY };

const heldBytes = ({ bytes, room }: HotBytes): number => (room ?? bytes)?.length ?? 0;

/**
 * A copy in memory of its own: the client's buffer is a window on a whole read of the socket, and a buffer of Node's pool one on 64 kB, which a
 * value that is kept would keep alive.
 */
function ownCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

/**
 * A partition's state values in memory, those not used for long first to go. Pure: wall time is an argument.
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
    entry.used = true;
    if (entry.expiresAtMs <= nowMs) this.forget(entry);
    return entry;
  }

  /** The entry as it is, for use within a step whose keys were touched. */
  entry(key: string): HotEntry<S> | undefined {
    return this.#entries.get(key);
  }

  loaded(key: string, bytes: Buffer | null, expiresAtMs: number): void {
    this.#bytes += key.length + PER_ENTRY_BYTES + (bytes?.length ?? 0);
    this.#entries.set(key, {
      bytes: bytes === null ? null : ownCopy(bytes),
      room: null,
      expiresAtMs,
      value: undefined,
      decoded: false,
      used: false,
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
    this.#hold(entry, { bytes, room: null, expiresAtMs });
  }

  /** The bytes behind those that the value has. A large value is copied only when its room is used up, a quarter larger each time. */
  appended(entry: HotEntry<S>, bytes: Buffer): Buffer {
    const length = entry.bytes?.length ?? 0;
    const needed = length + bytes.length;
    let { room } = entry;
    if (room === null || room.length < needed) {
      room = Buffer.allocUnsafeSlow(needed + (needed >>> 2) + bytes.length);
      entry.bytes?.copy(room);
    }
    bytes.copy(room, length);
    const after = room.subarray(0, needed);
    this.#hold(entry, { bytes: after, room, expiresAtMs: entry.expiresAtMs });
    return after;
  }

  /** What `restore` takes to undo everything done to the entry from here on. */
  saved({ bytes, room, expiresAtMs }: HotEntry<S>): HotBytes {
    return { bytes, room, expiresAtMs };
  }

  /** Back to these bytes; the decoded value is made anew when asked for, since it may have been changed in place. */
  restore(entry: HotEntry<S>, saved: HotBytes): void {
    this.#hold(entry, saved);
    entry.value = undefined;
    entry.decoded = false;
  }

  /** The value is known to be absent. */
  forget(entry: HotEntry<S>): void {
    this.restore(entry, ABSENT);
  }

  encode(value: S): Buffer {
    return this.#codec.encode(value);
  }

  /**
   * Between steps: lets entries go that were not used since it last came by, the oldest first (second chance, or clock). An order of last use
   * would have to be kept with each use.
   */
  shrink(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= this.#maxKeys && this.#bytes <= this.#maxBytes) return;
      this.#entries.delete(key);
      if (entry.used) {
        entry.used = false;
        this.#entries.set(key, entry);
        continue;
      }
      this.#bytes -= key.length + PER_ENTRY_BYTES + heldBytes(entry);
    }
  }

  #hold(entry: HotEntry<S>, held: HotBytes): void {
    this.#bytes += heldBytes(held) - heldBytes(entry);
    entry.bytes = held.bytes;
    entry.room = held.room;
    entry.expiresAtMs = held.expiresAtMs;
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}
