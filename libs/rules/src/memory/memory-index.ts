/** First byte of an index; nothing else that stands beside it in a partition's state begins so. */
export const MEMORY_INDEX_VERSION = 0x49;

/** An event that was on its way while its subject was erased comes within this time. */
const ERASED_KEPT_MS = 2 * 86_400_000;
/** So much longer than they are kept memories are listed, so that the list need not be written with each of them. */
const LISTED_ON_MS = 86_400_000;
/** What is listed is on the clock of receipts, and expires by wall time, which may be as much ahead as a partition is behind. */
const SPARE_MS = 2 * 86_400_000;

/**
 * Which facts with a memory remember something of a key, so that it can be forgotten whatever rules are in force then; and when the key was erased.
 *
 *   u8     0x49
 *   JSON   {"erasedAtMs": or null, "untilMs": {"<definition>": when its memory is over, ms}}
 */
export class MemoryIndex {
  readonly erasedAtMs: number | null;
  readonly untilMs: Readonly<Record<string, number>>;

  constructor(erasedAtMs: number | null = null, untilMs: Readonly<Record<string, number>> = {}) {
    this.erasedAtMs = erasedAtMs;
    this.untilMs = untilMs;
  }

  /** @throws Error on another version */
  static decode(bytes: Buffer): MemoryIndex {
    if (bytes[0] !== MEMORY_INDEX_VERSION)
      throw new Error(`an index of memories of version ${String(bytes[0])}; this code reads ${MEMORY_INDEX_VERSION}`);
    const { erasedAtMs, untilMs } = JSON.parse(bytes.toString('utf8', 1)) as MemoryIndex;
    return new MemoryIndex(erasedAtMs, untilMs);
  }

  encode(): Buffer {
    const json = JSON.stringify({ erasedAtMs: this.erasedAtMs, untilMs: this.untilMs });
    return Buffer.concat([Buffer.of(MEMORY_INDEX_VERSION), Buffer.from(json)]);
  }

  /** The facts that may remember something. */
  get definitions(): readonly string[] {
    return Object.keys(this.untilMs);
  }

  /** Whether what happened at `timeMs` is not to be remembered. */
  isErased(timeMs: number): boolean {
    return this.erasedAtMs !== null && timeMs <= this.erasedAtMs;
  }

  /** The list in which a memory stands at least as long as it is kept; itself where it stands there already. */
  with(definition: string, atMs: number, keepMs: number): MemoryIndex {
    if ((this.untilMs[definition] ?? 0) >= atMs + keepMs) return this;
    const living = Object.entries(this.untilMs).filter(([, until]) => until >= atMs);
    return new MemoryIndex(this.erasedAtMs, {
      ...Object.fromEntries(living),
      [definition]: atMs + keepMs + LISTED_ON_MS,
    });
  }

  /** In the place of all that was remembered until then. */
  static erased(atMs: number): MemoryIndex {
    return new MemoryIndex(atMs);
  }

  /** So long the list has to be kept. */
  keepMs(atMs: number): number {
    const last = Math.max(0, ...Object.values(this.untilMs).map((until) => until - atMs));
    return Math.max(last, this.erasedAtMs === null ? 0 : ERASED_KEPT_MS) + SPARE_MS;
  }
}
