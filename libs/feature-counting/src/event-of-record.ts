import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import type { HermesEvent } from '@hermes/contracts/event';
import { type ReadEvent, readEvent } from '@hermes/contracts/read-event';
import type { DeadLetterReason } from '@hermes/stream-runtime/logic';

export type EventOfRecord =
  { readonly kind: 'ok'; readonly event: HermesEvent } | { readonly kind: 'dead'; readonly why: DeadLetterReason };

/** A record of which the event was read already, as history gives it: it has bytes only when somebody asks for them. */
export class EventRecord implements KafkaRecord {
  readonly topic: string;
  readonly partition = 0;
  readonly offset: number;
  readonly key: Buffer;
  readonly headers: KafkaRecord['headers'];
  readonly timestampMs: number;
  readonly event: HermesEvent;
  private bytes: Buffer | undefined;

  constructor(given: Pick<EventRecord, 'topic' | 'offset' | 'key' | 'headers' | 'timestampMs' | 'event'>) {
    this.topic = given.topic;
    this.offset = given.offset;
    this.key = given.key;
    this.headers = given.headers;
    this.timestampMs = given.timestampMs;
    this.event = given.event;
  }

  get value(): Buffer {
    return (this.bytes ??= Buffer.from(JSON.stringify(this.event)));
  }
}

/** The event of a record of the project's topics, or why it is none of them. */
export function eventOfRecord(record: KafkaRecord, project: string): EventOfRecord {
  const read: ReadEvent = record instanceof EventRecord ? { kind: 'ok', event: record.event } : readEvent(record.value);
  if (read.kind === 'dead') return { kind: 'dead', why: { code: read.code, reason: read.reason } };
  const { event } = read;
  if (event.project === project) return { kind: 'ok', event };
  const reason = `an event of project "${event.project}" in a topic of "${project}"`;
  return { kind: 'dead', why: { code: 'wrong-project', reason } };
}
