import { z } from 'zod';

/** First byte; no other value of a partition that counts begins so. */
export const SEGMENTS_TOLD_VERSION = 0x53;

/** State key of what was told of a subject's segments. No group of features has such a name. */
export const segmentsKey = (subject: string): string => `${subject} ~segments`;

const Stored = z.object({ in: z.record(z.string(), z.number()), revision: z.string() });

/**
 * In which segments a subject was when that was last decided, which is what was told.
 *
 *   u8     0x53
 *   JSON   {"in": {"vip": 3}, "revision": "..."}
 */
export class SegmentsTold {
  /** With the version that said so. */
  readonly memberships: ReadonlyMap<string, number>;
  /** Of the segments by which it was decided. */
  readonly revision: string;

  constructor(memberships: ReadonlyMap<string, number>, revision: string) {
    this.memberships = memberships;
    this.revision = revision;
  }

  /** @throws Error on another version */
  static decode(bytes: Buffer): SegmentsTold {
    if (bytes[0] !== SEGMENTS_TOLD_VERSION)
      throw new Error(
        `what was told of segments, of version ${String(bytes[0])}; this code reads ${SEGMENTS_TOLD_VERSION}`,
      );
    const stored = Stored.parse(JSON.parse(bytes.toString('utf8', 1)));
    return new SegmentsTold(new Map(Object.entries(stored.in)), stored.revision);
  }

  encode(): Buffer {
    const stored: z.infer<typeof Stored> = { in: Object.fromEntries(this.memberships), revision: this.revision };
    return Buffer.concat([Buffer.of(SEGMENTS_TOLD_VERSION), Buffer.from(JSON.stringify(stored))]);
  }
}
