import type { StateCodec } from '../logic.ts';

/** Where a run in memory keeps its state. */
export interface MemoryState<S> {
  readonly size: number;
  /** Outside of the heap, where values are kept as bytes. */
  readonly bytes: number;
  get(key: string, nowMs: number): S | undefined;
  set(key: string, value: S, expiresAtMs: number): void;
  /** As `StepContext.append`. */
  append(key: string, value: S, bytes: Buffer): Buffer | undefined;
  delete(key: string): void;
  /** Begins what `undo` takes back. */
  begin(): void;
  /** Back to what it was at `begin`. */
  undo(): void;
  /** The item that began is over. */
  end(): void;
  clear(): void;
}

interface HeldValue<S> {
  value: S;
  bytes: Buffer | undefined;
  expiresAtMs: number;
}

/** The item in hand has changed what cannot be changed back: a defect of the logic, which has to refuse a record before it changes anything. */
export class CannotUndoError extends Error {
  override readonly name = 'CannotUndoError';
}

/**
 * Values as the logic left them, never encoded: for speed. What an item changed cannot be taken back, so it is for logics that refuse a record before
 * they change anything.
 */
export class ValueState<S> implements MemoryState<S> {
  private readonly held = new Map<string, HeldValue<S>>();
  private readonly codec: StateCodec<S>;
  private readonly restsOnBytes: (value: S) => boolean;
  private isChanged = false;
  private heldBytes = 0;

  /** @param restsOnBytes - of values that are their bytes, and are asked for these when they grow */
  constructor(codec: StateCodec<S>, restsOnBytes: (value: S) => boolean = () => false) {
    this.codec = codec;
    this.restsOnBytes = restsOnBytes;
  }

  get size(): number {
    return this.held.size;
  }

  get bytes(): number {
    return this.heldBytes;
  }

  get(key: string, nowMs: number): S | undefined {
    const held = this.held.get(key);
    if (held === undefined || held.expiresAtMs > nowMs) return held?.value;
    this.drop(key);
    return undefined;
  }

  set(key: string, value: S, expiresAtMs: number): void {
    this.isChanged = true;
    this.hold(key, value, this.restsOnBytes(value) ? this.codec.encode(value) : undefined, expiresAtMs);
  }

  append(key: string, value: S, bytes: Buffer): Buffer | undefined {
    this.isChanged = true;
    const { bytes: before, expiresAtMs = Number.POSITIVE_INFINITY } = this.held.get(key) ?? {};
    const grown = this.restsOnBytes(value) ? Buffer.concat([before ?? Buffer.alloc(0), bytes]) : undefined;
    this.hold(key, value, grown, expiresAtMs);
    return grown;
  }

  delete(key: string): void {
    this.isChanged = true;
    this.drop(key);
  }

  begin(): void {
    this.isChanged = false;
  }

  undo(): void {
    if (this.isChanged) throw new CannotUndoError('a record was refused after it had changed state');
  }

  end(): void {
    // Values are kept as they are.
  }

  clear(): void {
    this.held.clear();
    this.heldBytes = 0;
  }

  private hold(key: string, value: S, bytes: Buffer | undefined, expiresAtMs: number): void {
    const held = this.held.get(key);
    this.heldBytes += (bytes?.length ?? 0) - (held?.bytes?.length ?? 0);
    if (held === undefined) this.held.set(key, { value, bytes, expiresAtMs });
    else {
      held.value = value;
      held.bytes = bytes;
      held.expiresAtMs = expiresAtMs;
    }
  }

  private drop(key: string): void {
    this.heldBytes -= this.held.get(key)?.bytes?.length ?? 0;
    this.held.delete(key);
  }
}

interface HeldBytes {
  readonly bytes: Buffer;
  readonly expiresAtMs: number;
}

/** State as its bytes, decoded for each item anew: as slow, and as exact, as a processor that has just started. */
export class ByteState<S> implements MemoryState<S> {
  readonly stored = new Map<string, HeldBytes>();
  private readonly codec: StateCodec<S>;
  private readonly before = new Map<string, HeldBytes | undefined>();
  private readonly values = new Map<string, S>();
  /** Set by the item in hand: encoded when it ends, with whatever was done to them in place until then. */
  private readonly sets = new Map<string, number>();

  constructor(codec: StateCodec<S>) {
    this.codec = codec;
  }

  get size(): number {
    return this.stored.size;
  }

  get bytes(): number {
    let bytes = 0;
    for (const held of this.stored.values()) bytes += held.bytes.length;
    return bytes;
  }

  get(key: string, nowMs: number): S | undefined {
    const known = this.values.get(key);
    if (known !== undefined) return known;
    const held = this.stored.get(key);
    if (held === undefined) return undefined;
    if (held.expiresAtMs <= nowMs) {
      this.stored.delete(key);
      return undefined;
    }
    const value = this.codec.decode(held.bytes);
    this.values.set(key, value);
    return value;
  }

  set(key: string, value: S, expiresAtMs: number): void {
    this.touch(key);
    this.values.set(key, value);
    this.sets.set(key, expiresAtMs);
  }

  append(key: string, value: S, bytes: Buffer): Buffer | undefined {
    this.touch(key);
    this.values.set(key, value);
    if (this.sets.has(key)) return undefined;
    const held = this.stored.get(key);
    const grown = Buffer.concat([held?.bytes ?? Buffer.alloc(0), bytes]);
    this.stored.set(key, { bytes: grown, expiresAtMs: held?.expiresAtMs ?? Infinity });
    return grown;
  }

  delete(key: string): void {
    this.touch(key);
    this.values.delete(key);
    this.sets.delete(key);
    this.stored.delete(key);
  }

  begin(): void {
    this.before.clear();
    this.values.clear();
  }

  undo(): void {
    this.sets.clear();
    this.values.clear();
    for (const [key, held] of this.before) {
      if (held === undefined) this.stored.delete(key);
      else this.stored.set(key, held);
    }
  }

  end(): void {
    for (const [key, expiresAtMs] of this.sets) {
      const bytes = Buffer.from(this.codec.encode(this.values.get(key)!));
      this.stored.set(key, { bytes, expiresAtMs });
    }
    this.sets.clear();
  }

  clear(): void {
    this.before.clear();
    this.values.clear();
    this.sets.clear();
    this.stored.clear();
  }

  private touch(key: string): void {
    if (!this.before.has(key)) this.before.set(key, this.stored.get(key));
  }
}
