import { PersonValue } from '@hermes/contracts/person';
import { z } from 'zod';

/** First byte; nothing else that stands beside it in a partition's state begins so. */
export const TOLD_VERSION = 0x50;

/** State key of what was told of a subject. */
export const toldKey = (subject: string): string => `~person:${subject}`;

/** As it is kept: with how often changes had been lost by then. */
const KeptValue = PersonValue.extend({ lost: z.number().int().optional() });
type KeptValue = z.infer<typeof KeptValue>;

const Stored = z.object({ values: z.record(z.string(), KeptValue), erasedAtMs: z.number().optional() });

/** Something told that no rule asks for is kept so long: it may be told before the partition is at the rules that ask for it. */
const UNASKED_KEPT_MS = 3_600_000;

/**
 * What profile-store last told of one subject, by `personName`.
 *
 *   u8     0x50
 *   JSON   {"values": {"person feature showings_7d": {value, cause, ...}}, "erasedAtMs"?}
 */
export class Told {
  /** Nothing that an event up to then has caused is taken any more. */
  readonly erasedAtMs: number | undefined;
  private readonly values: Map<string, KeptValue>;

  constructor(values = new Map<string, KeptValue>(), erasedAtMs?: number) {
    this.values = values;
    this.erasedAtMs = erasedAtMs;
  }

  /** @throws Error on another version */
  static decode(bytes: Buffer): Told {
    if (bytes[0] !== TOLD_VERSION)
      throw new Error(`what was told of a person, of version ${String(bytes[0])}; this code reads ${TOLD_VERSION}`);
    const { values, erasedAtMs } = Stored.parse(JSON.parse(bytes.toString('utf8', 1)));
    return new Told(new Map(Object.entries(values)), erasedAtMs);
  }

  encode(): Buffer {
    const stored: z.infer<typeof Stored> = {
      values: Object.fromEntries(this.values),
      ...(this.erasedAtMs === undefined ? {} : { erasedAtMs: this.erasedAtMs }),
    };
    return Buffer.concat([Buffer.of(TOLD_VERSION), Buffer.from(JSON.stringify(stored))]);
  }

  get size(): number {
    return this.values.size;
  }

  /** Takes a value in the place of the one before. @param lost - how often changes of the partition have been lost by now */
  take(name: string, value: PersonValue, lost: number, isAsked: (name: string) => boolean): void {
    const causedMs = Date.parse(value.cause.receivedAt);
    if (this.erasedAtMs !== undefined && causedMs <= this.erasedAtMs) return;
    for (const [other, { cause }] of this.values)
      if (!isAsked(other) && Date.parse(cause.receivedAt) < causedMs - UNASKED_KEPT_MS) this.values.delete(other);
    this.values.set(name, lost === 0 ? value : { ...value, lost });
  }

  /**
   * What was last told; undefined where that was before rules have asked for it without a break, or changes have been lost since: then it may
   * not be so any more.
   */
  valueOf(name: string, sinceMs: number, lost: number): PersonValue | undefined {
    const kept = this.values.get(name);
    if (kept === undefined || (kept.lost ?? 0) !== lost || Date.parse(kept.cause.receivedAt) < sinceMs)
      return undefined;
    const { lost: _, ...value } = kept;
    return value;
  }
}
