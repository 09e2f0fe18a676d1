import { HermesEvent } from './event.ts';

/** A record's value as an event, or why it is none. */
export type ReadEvent =
  | { readonly kind: 'ok'; readonly event: HermesEvent }
  | { readonly kind: 'dead'; readonly code: 'not-json' | 'not-an-event'; readonly reason: string };

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
    json = JSON.parse(new TextDecoder().decode(value));
  } catch (error) {
    return { kind: 'dead', code: 'not-json', reason: `the value is not JSON: ${(error as Error).message}` };
  }
  const parsed = HermesEvent.safeParse(json);
  if (parsed.success) return { kind: 'ok', event: parsed.data };
  const issue = parsed.error.issues[0];
  return {
    kind: 'dead',
    code: 'not-an-event',
    reason: `not an event at /${issue?.path.join('/') ?? ''}: ${issue?.message ?? 'invalid'}`,
  };
}
