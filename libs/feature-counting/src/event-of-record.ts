import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import type { HermesEvent } from '@hermes/contracts/event';
import { readEvent } from '@hermes/contracts/read-event';
import type { DeadLetterReason } from '@hermes/stream-runtime/logic';

export type EventOfRecord =
  { readonly kind: 'ok'; readonly event: HermesEvent } | { readonly kind: 'dead'; readonly why: DeadLetterReason };

/** The event of a record of the project's topics, or why it is none of them. */
export function eventOfRecord(record: KafkaRecord, project: string): EventOfRecord {
  const read = readEvent(record.value);
  if (read.kind === 'dead') return { kind: 'dead', why: { code: read.code, reason: read.reason } };
  const { event } = read;
  if (event.project === project) return { kind: 'ok', event };
  const reason = `an event of project "${event.project}" in a topic of "${project}"`;
  return { kind: 'dead', why: { code: 'wrong-project', reason } };
}
