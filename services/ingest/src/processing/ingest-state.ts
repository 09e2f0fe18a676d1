import type { StateCodec } from '@hermes/stream-runtime/logic';

/** What ingest's processor did with the events of one source in one partition. */
export interface SourceCounts {
  readonly kind: 'counts';
  readonly accepted: number;
  readonly duplicates: number;
  readonly deadLettered: number;
  /** Of erased subjects, and dropped. */
  readonly erased: number;
}

/** A state value: the mark of an event that was seen, or a source's counts. */
export type IngestState = { readonly kind: 'seen' } | SourceCounts;

export const SEEN: IngestState = { kind: 'seen' };
export const NO_COUNTS: SourceCounts = { kind: 'counts', accepted: 0, duplicates: 0, deadLettered: 0, erased: 0 };

/** The first byte says what a value is and in which version. */
const SEEN_V1 = 1;
const COUNTS_V1 = 2;
/** With `erased`; written only where there is something to tell by it. */
const COUNTS_V2 = 3;

/** Seen: one byte. Counts: a byte and three or four float64, exact up to 2^53. */
export const ingestCodec: StateCodec<IngestState> = {
  encode(value) {
    if (value.kind === 'seen') return Buffer.of(SEEN_V1);
    const bytes = Buffer.alloc(value.erased === 0 ? 25 : 33);
    bytes[0] = value.erased === 0 ? COUNTS_V1 : COUNTS_V2;
    bytes.writeDoubleLE(value.accepted, 1);
    bytes.writeDoubleLE(value.duplicates, 9);
    bytes.writeDoubleLE(value.deadLettered, 17);
    if (value.erased !== 0) bytes.writeDoubleLE(value.erased, 25);
    return bytes;
  },
  decode(bytes) {
    if (bytes[0] === SEEN_V1) return SEEN;
    if (bytes[0] === COUNTS_V1 || bytes[0] === COUNTS_V2) {
      return {
        kind: 'counts',
        accepted: bytes.readDoubleLE(1),
        duplicates: bytes.readDoubleLE(9),
        deadLettered: bytes.readDoubleLE(17),
        erased: bytes[0] === COUNTS_V2 ? bytes.readDoubleLE(25) : 0,
      };
    }
    throw new Error(
      `state of ingest in version ${String(bytes[0])}: this process is older than the state that it reads`,
    );
  },
};
