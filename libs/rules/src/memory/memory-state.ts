import type { KeptEvent } from './kept-event.ts';

/** First byte of what facts with a memory remember; nothing else that stands beside them in a partition's state begins so. */
export const MEMORY_STATE_VERSION = 0x4d;

/** How far a sequence has got for one set of values that its events have in common. */
export interface Chain {
  readonly same: string;
  /** For each step but the last the events up to it, of the chain that began last; null where none has got so far. */
  readonly upTo: readonly (readonly KeptEvent[] | null)[];
}

export interface SequenceState {
  readonly kind: 'sequence';
  readonly newestMs: number;
  readonly chains: readonly Chain[];
}

/** An event that waits for another. */
export interface Waiting {
  readonly same: string;
  readonly dueMs: number;
  readonly event: KeptEvent;
}

export interface AbsenceState {
  readonly kind: 'absence';
  readonly waiting: readonly Waiting[];
}

/** A check's own state for one of its keys. */
export interface CheckState {
  readonly key: string;
  /** Base64. */
  readonly bytes: string;
  readonly dueMs: number | null;
  /** The events on which the check may find something once time has passed, by their observations' ids. */
  readonly waiting: readonly { readonly id: string; readonly event: KeptEvent }[];
}

export interface ItineraryState {
  readonly kind: 'itinerary';
  /** The one that was used longest ago first. */
  readonly checks: readonly CheckState[];
  /** When what was found happened, earliest first; of facts that count. */
  readonly found: readonly number[];
  /** Where listings are, as appointments said: [listing, longitude, latitude]. */
  readonly places: readonly (readonly [string, number, number])[];
}

export type MemoryState = SequenceState | AbsenceState | ItineraryState;

/**
 * What one fact with a memory remembers of one key.
 *
 *   u8     0x4d
 *   JSON   {"atMs": when it changed last, by receipt, "timerMs": when it is to be asked again or null, "state": {...}}
 */
export class Remembered {
  readonly state: MemoryState;
  readonly timerMs: number | null;
  readonly atMs: number;

  constructor(state: MemoryState, timerMs: number | null, atMs = 0) {
    this.state = state;
    this.timerMs = timerMs;
    this.atMs = atMs;
  }

  /** @throws Error on another version */
  static decode(bytes: Buffer): Remembered {
    if (bytes[0] !== MEMORY_STATE_VERSION)
      throw new Error(`a memory of version ${String(bytes[0])}; this code reads ${MEMORY_STATE_VERSION}`);
    const { state, timerMs, atMs } = JSON.parse(bytes.toString('utf8', 1)) as Remembered;
    return new Remembered(state, timerMs, atMs);
  }

  encode(): Buffer {
    const json = JSON.stringify({ atMs: this.atMs, timerMs: this.timerMs, state: this.state });
    return Buffer.concat([Buffer.of(MEMORY_STATE_VERSION), Buffer.from(json)]);
  }
}
