import type { StateCodec } from '@hermes/stream-runtime/logic';

/** What ingest's processor did with the events of one source in one partition. */
export interface SourceCounts {
  readonly kind: 'counts';
  readonly accepted: number;
  readonly duplicates: number;
  readonly deadLettered: number;
}

/** A state value: the mark of an event that was seen, or a source's counts. */
export type IngestState = { readonly kind: 'seen' } | SourceCounts;

export const SEEN: IngestState = { kind: 'seen' };
export const NO_COUNTS: SourceCounts = { kind: 'counts', accepted: 0, duplicates: 0, deadLettered: 0 };

/** The first byte says what a value is and in which version. */
const SEEN_V1 = 1;
const COUNTS_V1 = 2;

/** Seen: one byte. Counts: a byte and three float64, exact up to 2^53. */
export const ingestCodec: StateCodec<IngestState> = {
  encode(value) {
    if (value.kind === 'seen') return Buffer.of(SEEN_V1);
    const bytes = Buffer.alloc(25);
    bytes[0] = COUNTS_V1;
    bytes.writeDoubleLE(value.accepted, 1);
    bytes.writeDoubleLE(value.duplicates, 9);
    bytes.writeDoubleLE(value.deadLettered, 17);
    return bytes;
  },
  decode(bytes) {
    if (bytes[0] === SEEN_V1) return SEEN;
    if (bytes[0] === COUNTS_V1) {
      return {
        kind: 'counts',
        accepted: bytes.readDoubleLE(1),
        duplicates: bytes.readDoubleLE(9),
        deadLettered: bytes.readDoubleLE(17),
      };
    }
    throw new Error(
      `state of ingest in version ${String(bytes[0])}: this process is older than the state that it reads`,
    );
  },
};
