import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { EVENT_HEADERS, HermesEvent } from '@hermes/contracts/event';
import { MAX_EVENT_DEPTH } from '@hermes/contracts/rule-action';
import { eventsTopic } from '@hermes/contracts/topics';
import type { ErasedSubjects } from '@hermes/service-kit/erasure-copy';
import type { DeadLetterReason, PartitionLogic, StepContext, StepView } from '@hermes/stream-runtime/logic';
import type { EventTypeSet } from '../catalogue/event-type-set.ts';
import { countsKey, seenKey } from './event-identity.ts';
import { type IngestState, NO_COUNTS, SEEN, type SourceCounts } from './ingest-state.ts';

type Context = StepContext<IngestState, EventTypeSet>;

interface StateKeys {
  readonly seen: string;
  readonly counts: string;
}

/**
 * inbox -> events: drops repeats of (source, id) within the window, checks the data against the event types in force, and
 * counts by source what became of each record, all in the step that moves the offset.
 *
 * What is dead-lettered is not remembered as seen: sent again after the event type was put right, it is accepted. What an erasure
 * covers is dropped and only counted: a dead letter would keep the data.
 */
export function acceptLogic(
  dedupWindowMs: number,
  erased: ErasedSubjects,
  onErased: () => void = () => undefined,
): PartitionLogic<IngestState, EventTypeSet> {
  // The runtime asks for a record's keys first and hands the same record over afterwards: hash it once.
  const keys = new WeakMap<KafkaRecord, StateKeys | undefined>();
  const keysOf = (record: KafkaRecord): StateKeys | undefined => {
    if (keys.has(record)) return keys.get(record);
    const source = record.headers[EVENT_HEADERS.source]?.toString();
    const id = record.headers[EVENT_HEADERS.id]?.toString();
    const found =
      source === undefined || id === undefined ? undefined : { seen: seenKey(source, id), counts: countsKey(source) };
    keys.set(record, found);
    return found;
  };

  return {
    keysOf(record) {
      const found = keysOf(record);
      return found === undefined ? [] : [found.seen, found.counts];
    },

    onRecord(record, context) {
      const found = keysOf(record);
      if (found === undefined) {
        if (isErased(record, undefined, erased)) return onErased();
        context.deadLetter({
          code: 'not-an-event',
          reason: `The record lacks the headers ${EVENT_HEADERS.source} and ${EVENT_HEADERS.id}; only ingest writes to the inbox.`,
        });
        return;
      }
      const counts = countsOf(context.get(found.counts));
      if (context.get(found.seen) !== undefined) {
        context.set(found.counts, { ...counts, duplicates: counts.duplicates + 1 });
        return;
      }
      const event = readEvent(record.value);
      if (isErased(record, event, erased)) {
        context.set(found.counts, { ...counts, erased: counts.erased + 1 });
        return onErased();
      }
      const fault = faultOf(record, event, context);
      if (fault !== undefined) {
        // First this one: it undoes what the record has changed so far, and the count of dead letters must stay.
        context.deadLetter(fault);
        context.set(found.counts, { ...counts, deadLettered: counts.deadLettered + 1 });
        return;
      }
      context.set(found.seen, SEEN, { ttlMs: dedupWindowMs });
      context.set(found.counts, { ...counts, accepted: counts.accepted + 1 });
      emitEvent(record, context);
    },
  };
}

const countsOf = (state: IngestState | undefined): SourceCounts => (state?.kind === 'counts' ? state : NO_COUNTS);

/** Whether an erasure covers the record: by the event's subject and time, and by the key and the receipt of what cannot be read. */
function isErased(record: KafkaRecord, event: HermesEvent | undefined, erased: ErasedSubjects): boolean {
  const key = record.key?.toString();
  const timeMs = event === undefined ? record.timestampMs : Date.parse(event.time);
  if (key !== undefined && erased.covers(key, timeMs)) return true;
  return event !== undefined && event.subject !== key && erased.covers(event.subject, timeMs);
}

function faultOf(
  record: KafkaRecord,
  event: HermesEvent | undefined,
  context: StepView<EventTypeSet>,
): DeadLetterReason | undefined {
  if (event === undefined)
    return {
      code: 'not-an-event',
      reason: 'The value is not an event as ingest writes it; only ingest writes to the inbox.',
    };
  if (record.key?.toString() !== event.subject)
    return {
      code: 'wrong-key',
      reason: `The record's key is not its subject '${event.subject}'; only ingest writes to the inbox.`,
    };
  if ((event.hermesdepth ?? 0) > MAX_EVENT_DEPTH) return tooDeep(event);
  const refusal = context.definitions.check(event.type, event.data);
  return refusal === undefined ? undefined : { code: refusal.code, reason: `${refusal.pointer}: ${refusal.message}` };
}

/** Sent again by a person it has no depth, and goes on. */
const tooDeep = ({ source, type }: HermesEvent): DeadLetterReason => ({
  code: 'too-deep',
  reason:
    `'${source}' emitted '${type}' on an event that rules had emitted ${MAX_EVENT_DEPTH} times, one on the other: ` +
    'do they feed each other? Change one of them, then send this again, with a source of your own.',
});

/** The door has checked the envelope already; here only what a foreign writer could get wrong in a harmful way. */
function readEvent(value: Buffer | null): HermesEvent | undefined {
  if (value === null) return undefined;
  try {
    const parsed: unknown = JSON.parse(value.toString());
    return HermesEvent.safeParse(parsed).data;
  } catch {
    return undefined;
  }
}

function emitEvent(record: KafkaRecord, context: Context): void {
  context.emit({
    topic: eventsTopic(context.project),
    partition: context.partition,
    key: record.key?.toString() ?? null,
    value: record.value ?? '',
    headers: { ...textHeaders(record), [EVENT_HEADERS.acceptedAt]: new Date(context.wallMs).toISOString() },
    // The receipt time: an old event that is replayed today must not fall to retention.
    timestampMs: record.timestampMs,
  });
}

const CARRIED = [EVENT_HEADERS.type, EVENT_HEADERS.source, EVENT_HEADERS.id, EVENT_HEADERS.receivedAt] as const;

function textHeaders(record: KafkaRecord): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of CARRIED) {
    const value = record.headers[name];
    if (value !== undefined) headers[name] = value.toString();
  }
  return headers;
}
