import type { StateCodec } from './logic.ts';
import { type Slab, Slabs } from './slabs.ts';
import { StoppingError } from './stopping-error.ts';

/** The bytes of a state value. Bytes that were once part of it are never overwritten, so a copy of this object can be restored. */
export interface HotBytes {
  /** null: known to be absent. */
  readonly bytes: Buffer | null;
  /** The memory that `bytes` is the front of, with room for appends; null: none. */
  readonly room: Buffer | null;
  /** Where the room, or without one the bytes, are; null: in memory of their own. */
  readonly slab: Slab<HotEntry<unknown>> | null;
  /** Wall time; Infinity without a time to live. */
  readonly expiresAtMs: number;
}

/** A state value in memory: its committed or pending bytes, and, once asked for, its decoded form. */
export interface HotEntry<S> extends HotBytes {
  bytes: Buffer | null;
  room: Buffer | null;
  slab: Slab<HotEntry<unknown>> | null;
  expiresAtMs: number;
  value: S | undefined;
  decoded: boolean;
  /** Since `shrink` last came by. */
  used: boolean;
}

/** A stored value that this build cannot read: the partition stops, since going on would throw the value away. */
export class StateDecodeError extends StoppingError {
  override readonly name = 'StateDecodeError';
}

const PER_ENTRY_BYTES = 100;
const ABSENT: HotBytes = { bytes: null, room: null, slab: null, expiresAtMs: Number.POSITIVE_INFINITY };

const heldBytes = ({ bytes, room }: HotBytes): number => (room ?? bytes)?.length ?? 0;

/**
 * A partition's state values in memory, those not used for long first to go. Pure: wall time is an argument.
 * Bytes are kept beside the decoded value, so that whatever a failed record did to the value can be undone.
 */
export class HotState<S> {
  readonly #codec: StateCodec<S>;
  readonly #maxKeys: number;
  readonly #maxBytes: number;
  readonly #entries = new Map<string, HotEntry<S>>();
  readonly #slabs = new Slabs<HotEntry<unknown>>();
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
    const entry: HotEntry<S> = { ...ABSENT, expiresAtMs, value: undefined, decoded: false, used: false };
    this.#bytes += key.length + PER_ENTRY_BYTES;
    this.#entries.set(key, entry);
    // The client's buffer is a window on a whole read of the socket, which a value that is kept would keep alive.
    if (bytes !== null) this.#keep(entry, bytes, expiresAtMs);
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

  /** The bytes of a value that was just set; answers them as they are kept. */
  written(entry: HotEntry<S>, bytes: Buffer, expiresAtMs: number): Buffer {
    const kept = this.#keep(entry, bytes, expiresAtMs);
    this.#codec.moved?.(entry.value as S, kept);
    return kept;
  }

  /** The bytes behind those that the value has. A large value is copied only when its room is used up, a quarter larger each time. */
  appended(entry: HotEntry<S>, bytes: Buffer): Buffer {
    const length = entry.bytes?.length ?? 0;
    const needed = length + bytes.length;
    const before = entry.room;
    let { room, slab } = entry;
    if (room === null || room.length < needed) {
      ({ memory: room, slab } = this.#slabs.allocate(entry, needed + (needed >>> 2) + bytes.length));
      entry.bytes?.copy(room);
    }
    bytes.copy(room, length);
    const after = room.subarray(0, needed);
    this.#hold(entry, { bytes: after, room, slab, expiresAtMs: entry.expiresAtMs });
    if (room !== before && entry.value !== undefined) this.#codec.moved?.(entry.value, after);
    return after;
  }

  /** What `restore` takes to undo everything done to the entry from here on. */
  saved({ bytes, room, slab, expiresAtMs }: HotEntry<S>): HotBytes {
    return { bytes, room, slab, expiresAtMs };
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
   * would have to be kept with each use. And moves what is left in memory that is hardly used any more.
   */
  shrink(): void {
    this.#clean();
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= this.#maxKeys && this.#bytes <= this.#maxBytes) return;
      this.#entries.delete(key);
      if (entry.used) {
        entry.used = false;
        this.#entries.set(key, entry);
        continue;
      }
      this.#bytes -= key.length + PER_ENTRY_BYTES;
      // Slabs still know it as an owner: it must hold on to nothing.
      this.forget(entry);
    }
  }

  #clean(): void {
    for (let slab = this.#slabs.nextSparse(); slab !== undefined; slab = this.#slabs.nextSparse()) {
      for (const owner of slab.owners) if (owner.slab === slab) this.#move(owner as HotEntry<S>);
    }
  }

  #move(entry: HotEntry<S>): void {
    const { bytes, expiresAtMs } = entry;
    const { memory, slab } = this.#slabs.allocate(entry, heldBytes(entry));
    bytes!.copy(memory);
    const moved = memory.subarray(0, bytes!.length);
    this.#hold(entry, { bytes: moved, room: entry.room === null ? null : memory, slab, expiresAtMs });
    if (entry.value !== undefined) this.#codec.moved?.(entry.value, moved);
  }

  #keep(entry: HotEntry<S>, bytes: Buffer, expiresAtMs: number): Buffer {
    const { memory, slab } = this.#slabs.allocate(entry, bytes.length);
    bytes.copy(memory);
    this.#hold(entry, { bytes: memory, room: null, slab, expiresAtMs });
    return memory;
  }

  #hold(entry: HotEntry<S>, held: HotBytes): void {
    const before = heldBytes(entry);
    const after = heldBytes(held);
    this.#bytes += after - before;
    if (held.slab !== null) this.#slabs.retain(held.slab, after);
    if (entry.slab !== null) this.#slabs.release(entry.slab, before);
    entry.bytes = held.bytes;
    entry.room = held.room;
    entry.slab = held.slab;
    entry.expiresAtMs = held.expiresAtMs;
  }
}
