import type { SpanRecords } from '@hermes/connectors/kafka/fetched-piece';
import { OUTBOX_HEADERS } from '@hermes/contracts/event';
import { isRepeat } from '@hermes/contracts/outbox-place';
import { PASSED_OVER } from '@hermes/stream-sql/json/json-column-reader';

const ORIGIN = Buffer.from(OUTBOX_HEADERS.origin);
const SEQUENCE = Buffer.from(OUTBOX_HEADERS.sequence);

/**
 * An upstream partition has one origin for as long as its state lives, and a project has at most 256 partitions. More origins than this
 * in one partition come from a writer gone wrong; then the one that has been silent longest is forgotten.
 */
const MAX_ORIGINS = 1_024;

/** Pairs and no object: an origin is any text that somebody wrote into a header. */
export type OriginSequences = readonly (readonly [origin: string, sequence: number])[];

/** The highest sequence seen of each outbox origin in one partition; who was heard last stands last. */
export class FirstCopiesOfSpans {
  private readonly highest: Map<string, number>;
  private readonly maxOrigins: number;

  constructor(restored: OriginSequences = [], maxOrigins = MAX_ORIGINS) {
    this.highest = new Map(restored);
    this.maxOrigins = maxOrigins;
  }

  get sequences(): OriginSequences {
    return [...this.highest];
  }

  /** Marks records `[from, to)` of a chunk that an outbox has sent again as passed over; answers how many. */
  passOverRepeats(records: SpanRecords, chunk: number, from: number, to: number): number {
    const { starts, headers } = records.spans[chunk]!;
    if (!headers) return 0;
    let repeats = 0;
    for (let i = from; i < to; i++) {
      const origin = records.header(chunk, i, ORIGIN)?.toString();
      if (origin === undefined) continue;
      const sequence = Number(records.header(chunk, i, SEQUENCE)?.toString());
      if (!Number.isSafeInteger(sequence) || sequence <= 0) continue;
      const highest = this.highest.get(origin);
      const repeat = isRepeat({ origin, sequence }, highest);
      if (repeat) {
        starts[i] = PASSED_OVER;
        repeats++;
      }
      this.heard(origin, repeat ? highest! : sequence);
    }
    return repeats;
  }

  private heard(origin: string, sequence: number): void {
    // A Map keeps the order of insertion: taken out and put in again, the origin is the one heard last.
    this.highest.delete(origin);
    this.highest.set(origin, sequence);
    if (this.highest.size <= this.maxOrigins) return;
    const [silent] = this.highest.keys();
    this.highest.delete(silent!);
  }
}
