import { OUTBOX_HEADERS } from './event.ts';

/** Which record of which outbox a record is. An outbox sends again after a crash: a place may stand in a partition repeatedly. */
export interface OutboxPlace {
  /** `<job>/<project>/<origin partition>/<incarnation of its state>` */
  readonly origin: string;
  /** From 1. */
  readonly sequence: number;
}

/**
 * Reads the outbox's headers. Undefined for a record that no outbox has sent (headers missing, or a sequence that is none): it
 * cannot be told from its repeat, so a reader takes it.
 */
export function outboxPlaceOf(headers: Readonly<Record<string, Buffer | undefined>>): OutboxPlace | undefined {
  const origin = headers[OUTBOX_HEADERS.origin]?.toString();
  if (origin === undefined) return undefined;
  const sequence = Number(headers[OUTBOX_HEADERS.sequence]?.toString());
  return Number.isSafeInteger(sequence) && sequence > 0 ? { origin, sequence } : undefined;
}

/**
 * Whether a reader of one partition has seen the record before. In every partition the first copies of an origin's records stand in
 * the order of their sequences (argument: stream-runtime's README), so the highest one is all that a reader must remember.
 *
 * @param highest - the highest sequence seen of the place's origin in this partition; undefined when none was
 */
export function isRepeat({ sequence }: OutboxPlace, highest: number | undefined): boolean {
  return highest !== undefined && sequence <= highest;
}
