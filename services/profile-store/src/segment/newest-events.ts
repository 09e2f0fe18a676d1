import type { HermesEvent } from '@hermes/contracts/event';

const HOUR_MS = 3_600_000;
/** Segment's own reach. */
export const REACH_MS = 14 * 24 * HOUR_MS;
/** History is read in order of time: from a little back to further back, so that a busy subject costs no more than what it shows. */
const SPANS_MS = [HOUR_MS, 24 * HOUR_MS, REACH_MS];

/** Where a list of events goes on: after this event, newest first. */
export interface EventPlace {
  readonly time: string;
  readonly source: string;
  readonly id: string;
}

const textOf = ({ time, source, id }: EventPlace): string => `${time}\n${source}\n${id}`;

/** A place as the text of a cursor. */
export const cursorOfPlace = ({ time, source, id }: EventPlace): string =>
  Buffer.from(JSON.stringify([time, source, id])).toString('base64url');

/** The place that a cursor says; undefined for a text that is none. */
export function placeOfCursor(cursor: string): EventPlace | undefined {
  try {
    const place = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
    if (!Array.isArray(place) || place.length !== 3 || place.some((part) => typeof part !== 'string')) return undefined;
    const [time, source, id] = place as [string, string, string];
    return Number.isNaN(Date.parse(time)) ? undefined : { time: new Date(time).toISOString(), source, id };
  } catch {
    return undefined;
  }
}

/** A subject's events with `from <= time < to`, by time, source, id. */
export type EventsBetween = (from: string, to: string | undefined) => AsyncIterable<HermesEvent>;

/**
 * The newest events of the last 14 days, newest first: `limit`, and one more when there is one.
 *
 * @param after - only those that come after it in that order
 */
export async function newestEvents(
  read: EventsBetween,
  limit: number,
  after: EventPlace | undefined,
  nowMs: number,
): Promise<readonly HermesEvent[]> {
  const startMs = nowMs - REACH_MS;
  // Others of the same instant may come after it.
  const to = after === undefined ? undefined : new Date(Date.parse(after.time) + 1).toISOString();
  const endMs = after === undefined ? nowMs : Date.parse(after.time);
  for (const spanMs of SPANS_MS) {
    const fromMs = Math.max(startMs, endMs - spanMs);
    const newest: HermesEvent[] = [];
    for await (const event of read(new Date(fromMs).toISOString(), to)) {
      if (after !== undefined && textOf(event) >= textOf(after)) continue;
      newest.push(event);
      if (newest.length > 2 * limit + 2) newest.splice(0, newest.length - limit - 1);
    }
    if (newest.length > limit || fromMs === startMs) return newest.slice(-limit - 1).reverse();
  }
  return [];
}
