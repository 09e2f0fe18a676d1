/** Whatever is larger has memory of its own: in a slab it would leave too much of it over. */
const LARGEST_SHARE = 1 / 8;
/** V8 keeps so few bytes inside of the object that shows them: there is no memory beside it that could be shared. */
const INSIDE_BYTES = 64;

/** A piece of memory that many values share, filled from its front and never written twice. */
export interface Slab<O> {
  readonly memory: Buffer;
  /** How much of it has been given away, and how much of that is still in use. */
  usedBytes: number;
  liveBytes: number;
  /** Whoever was given some of it, in that order; most have let go of it since. */
  readonly owners: O[];
  isSparse: boolean;
}

/**
 * Memory for values that live long and change often. Each with a buffer of its own would be an object of the operating system's allocator that V8
 * frees one by one while everything waits: an eighth of a second for what 100,000 profiles leave behind in a minute. Slabs of which
 * less than half is in use are emptied by moving what is left, and collected as one (the cleaning of a log-structured memory:
 * Rumble et al., FAST 2014). Pure.
 */
export class Slabs<O> {
  readonly #slabBytes: number;
  #open: Slab<O> | undefined;
  #sparse: Slab<O>[] = [];

  constructor(slabBytes = 256 * 1_024) {
    this.#slabBytes = slabBytes;
  }

  /**
   * Memory that nobody else has, with what was there before in it. It is in use from `retain` to `release`.
   *
   * @returns `slab` null: it is of its own
   */
  allocate(owner: O, bytes: number): { readonly memory: Buffer; readonly slab: Slab<O> | null } {
    if (bytes <= INSIDE_BYTES || bytes > this.#slabBytes * LARGEST_SHARE)
      return { memory: Buffer.allocUnsafeSlow(bytes), slab: null };
    const slab = this.#withRoom(bytes);
    const from = slab.usedBytes;
    slab.usedBytes += bytes;
    slab.owners.push(owner);
    return { memory: slab.memory.subarray(from, from + bytes), slab };
  }

  retain(slab: Slab<O>, bytes: number): void {
    slab.liveBytes += bytes;
  }

  release(slab: Slab<O>, bytes: number): void {
    slab.liveBytes -= bytes;
    this.#notice(slab);
  }

  /** A slab whose owners should move to another place; each slab once. */
  nextSparse(): Slab<O> | undefined {
    return this.#sparse.pop();
  }

  #withRoom(bytes: number): Slab<O> {
    const open = this.#open;
    if (open !== undefined && open.usedBytes + bytes <= open.memory.length) return open;
    const slab = {
      memory: Buffer.allocUnsafeSlow(this.#slabBytes),
      usedBytes: 0,
      liveBytes: 0,
      owners: [],
      isSparse: false,
    };
    this.#open = slab;
    if (open !== undefined) this.#notice(open);
    return slab;
  }

  #notice(slab: Slab<O>): void {
    if (slab.isSparse || slab === this.#open || slab.liveBytes * 2 >= slab.memory.length) return;
    slab.isSparse = true;
    this.#sparse.push(slab);
  }
}
