/** A partition may be behind by as much as its topic keeps; until then what was fired is remembered. */
const KEPT_MS = 24 * 3_600_000;

/** First byte of firings; nothing else that stands beside them in a partition's state begins so. */
export const FIRINGS_VERSION = 0x46;

/** What a rule may do on an event of a subject. */
export type Firing = { readonly kind: 'fires'; readonly suppressed: number } | { readonly kind: 'suppressed' };

interface Fired {
  /** Until then the rule does not fire again; ms since the epoch, by receipt. */
  untilMs: number;
  /** On how many events it would have fired meanwhile. */
  suppressed: number;
}

/**
 * Which rules have fired for one subject, and until when they do not fire again. By the events' receipt and by the rules' ids alone, so the answer is the same
 * however partitions are cut and processes share them, and a rule that was corrected does not begin again.
 *
 *   u8     0x46
 *   JSON   {"<rule id>": [untilMs, suppressed], ...}
 */
export class Firings {
  private readonly fired: Map<string, Fired>;

  constructor(fired = new Map<string, Fired>()) {
    this.fired = fired;
  }

  /** @throws Error on another version */
  static decode(bytes: Buffer): Firings {
    if (bytes[0] !== FIRINGS_VERSION)
      throw new Error(`firings of version ${String(bytes[0])}; this code reads ${FIRINGS_VERSION}`);
    const entries = Object.entries(JSON.parse(bytes.toString('utf8', 1)) as Record<string, [number, number]>);
    return new Firings(new Map(entries.map(([id, [untilMs, suppressed]]) => [id, { untilMs, suppressed }])));
  }

  encode(): Buffer {
    const json = JSON.stringify(
      Object.fromEntries([...this.fired].map(([id, { untilMs, suppressed }]) => [id, [untilMs, suppressed]])),
    );
    return Buffer.concat([Buffer.of(FIRINGS_VERSION), Buffer.from(json)]);
  }

  /** Notes that the rule would fire on an event received at `atMs`, and answers whether it does. */
  fire(ruleId: string, periodMs: number, atMs: number): Firing {
    const before = this.fired.get(ruleId);
    if (before !== undefined && atMs < before.untilMs) {
      // An event from long before, sent again: it fires for its own time, and begins nothing.
      if (atMs <= before.untilMs - 2 * periodMs) return { kind: 'fires', suppressed: 0 };
      before.suppressed += 1;
      return { kind: 'suppressed' };
    }
    this.fired.set(ruleId, { untilMs: atMs + periodMs, suppressed: 0 });
    return { kind: 'fires', suppressed: before?.suppressed ?? 0 };
  }

  /**
   * Forgets what no event received at `atMs` or later than a day before can ask for.
   *
   * @returns how long the rest has to be kept, in ms
   */
  prune(atMs: number): number {
    let keepMs = 0;
    for (const [id, { untilMs }] of this.fired) {
      if (untilMs + KEPT_MS < atMs) this.fired.delete(id);
      else keepMs = Math.max(keepMs, untilMs + KEPT_MS - atMs);
    }
    return keepMs;
  }
}
