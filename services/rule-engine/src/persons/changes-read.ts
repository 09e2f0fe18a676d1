import { isRepeat, type OutboxPlace } from '@hermes/contracts/outbox-place';
import { z } from 'zod';

/** First byte; nothing else that stands beside it in a partition's state begins so. */
export const CHANGES_READ_VERSION = 0x43;

/** State key of how far a partition has read `<project>.profile-changes`. */
export const CHANGES_READ_KEY = '~changes-read';

const Stored = z.object({
  next: z.number().int().optional(),
  lost: z.number().int(),
  origins: z.record(z.string(), z.number()),
});

/**
 * How far a partition has taken what its partition of `<project>.profile-changes` tells.
 *
 *   u8     0x43
 *   JSON   {"next"?, "lost", "origins": {<origin>: <highest sequence>}}
 */
export class ChangesRead {
  /** Offset of the next change; undefined before the first. */
  next: number | undefined;
  /** How often retention has taken changes that were not read: what was told before may have changed unheard. */
  lost: number;
  private readonly origins: Map<string, number>;

  constructor(next?: number, lost = 0, origins = new Map<string, number>()) {
    this.next = next;
    this.lost = lost;
    this.origins = origins;
  }

  /** @throws Error on another version */
  static decode(bytes: Buffer): ChangesRead {
    if (bytes[0] !== CHANGES_READ_VERSION)
      throw new Error(
        `how far changes are read, of version ${String(bytes[0])}; this code reads ${CHANGES_READ_VERSION}`,
      );
    const { next, lost, origins } = Stored.parse(JSON.parse(bytes.toString('utf8', 1)));
    return new ChangesRead(next, lost, new Map(Object.entries(origins)));
  }

  encode(): Buffer {
    const stored: z.infer<typeof Stored> = {
      ...(this.next === undefined ? {} : { next: this.next }),
      lost: this.lost,
      origins: Object.fromEntries(this.origins),
    };
    return Buffer.concat([Buffer.of(CHANGES_READ_VERSION), Buffer.from(JSON.stringify(stored))]);
  }

  /** Whether a change that an outbox sends again was there before; from then on it was. */
  hasSeen(place: OutboxPlace): boolean {
    if (isRepeat(place, this.origins.get(place.origin))) return true;
    this.origins.set(place.origin, place.sequence);
    return false;
  }
}
