import { EVENT_HEADERS, HermesEvent } from './event.ts';

/** A record's value as an event, or why it is none. */
export type ReadEvent =
  | { readonly kind: 'ok'; readonly event: HermesEvent }
  | { readonly kind: 'dead'; readonly code: 'not-json' | 'not-an-event'; readonly reason: string };

const decoder = new TextDecoder();

/** Instants as ingest writes them, `2026-01-31T08:00:00.123Z`; the ranges are what a calendar has at most. */
const INSTANT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const TYPE = /^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*$/;
const SUBJECT = /^[a-z][a-z0-9_-]*:\S+$/;
const PROJECT = /^[a-z][a-z0-9-]{1,30}$/;

/**
 * The event of a value that is just as ingest writes it: some of what the schema takes, told without the schema, which costs more than
 * reading the JSON. undefined means only that the schema has to decide.
 */
function plainEvent(json: unknown): HermesEvent | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { specversion, id, source, type, subject, time, project, receivedat, hermesdepth, data } = json as Partial<
    Record<keyof HermesEvent, unknown>
  >;
  const isPlain =
    specversion === '1.0' &&
    typeof id === 'string' &&
    typeof source === 'string' &&
    typeof type === 'string' &&
    type.length <= 128 &&
    TYPE.test(type) &&
    typeof subject === 'string' &&
    subject.length <= 256 &&
    SUBJECT.test(subject) &&
    typeof time === 'string' &&
    INSTANT.test(time) &&
    typeof receivedat === 'string' &&
    INSTANT.test(receivedat) &&
    typeof project === 'string' &&
    PROJECT.test(project) &&
    (hermesdepth === undefined || (Number.isSafeInteger(hermesdepth) && (hermesdepth as number) > 0)) &&
    typeof data === 'object' &&
    data !== null &&
    !Array.isArray(data);
  if (!isPlain) return undefined;
  const fields = { id, source, type, subject, time, project, receivedat, data: data as HermesEvent['data'] };
  if (hermesdepth === undefined) return { specversion, ...fields };
  return { specversion, ...fields, hermesdepth: hermesdepth as number };
}

/** Reads the value of a record of `<project>.events` (structured CloudEvents JSON). Pure; never throws. */
export function readEvent(value: Uint8Array | null): ReadEvent {
  if (value === null)
    return {
      kind: 'dead',
      code: 'not-an-event',
      reason: 'the record has no value; events are never deleted by a tombstone',
    };
  let json: unknown;
  try {
    json = JSON.parse(decoder.decode(value));
  } catch (error) {
    return { kind: 'dead', code: 'not-json', reason: `the value is not JSON: ${(error as Error).message}` };
  }
  const plain = plainEvent(json);
  if (plain !== undefined) return { kind: 'ok', event: plain };
  const parsed = HermesEvent.safeParse(json);
  if (parsed.success) return { kind: 'ok', event: parsed.data };
  const issue = parsed.error.issues[0];
  return {
    kind: 'dead',
    code: 'not-an-event',
    reason: `not an event at /${issue?.path.join('/') ?? ''}: ${issue?.message ?? 'invalid'}`,
  };
}

/**
 * Why a record is not where its event belongs: readers go by the key and the header without reading the event.
 *
 * @param key - the record's, as text
 * @param type - what its header says, or the event's own type where that may be missing
 */
export function misplaced(
  key: string | undefined,
  type: string | undefined,
  event: HermesEvent,
): { readonly code: 'wrong-key' | 'wrong-header'; readonly reason: string } | undefined {
  if (key !== event.subject)
    return { code: 'wrong-key', reason: `the record's key is not the event's subject "${event.subject}"` };
  if (type === event.type) return undefined;
  return { code: 'wrong-header', reason: `the header ${EVENT_HEADERS.type} is not the event's type "${event.type}"` };
}
