import type { KafkaMessage } from '@hermes/connectors/kafka/driver';
import { DEAD_LETTER_HEADERS, EVENT_HEADERS, type HermesEvent } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import { eventsDeadLetterTopic, inboxTopic } from '@hermes/contracts/topics';
import { MAX_EVENT_BYTES } from '../config.ts';
import type { Receipt } from './receipt.ts';
import { ok, type Read, refused, type Refusal } from './refusal.ts';

/** A refused item is kept as it came up to this size, cut beyond it. */
const MAX_DEAD_LETTER_BYTES = 8 * MAX_EVENT_BYTES;

/** An accepted event as a record of the inbox. */
export function inboxRecord(event: HermesEvent, partitions: number): Read<KafkaMessage> {
  const value = Buffer.from(JSON.stringify(event));
  if (value.length > MAX_EVENT_BYTES) {
    return refused(
      'event-too-large',
      '',
      `The event has ${value.length} bytes, ${MAX_EVENT_BYTES} are allowed; send less in 'data', or a reference to it.`,
    );
  }
  return ok({
    topic: inboxTopic(event.project),
    partition: partitionOf(event.subject, partitions),
    key: event.subject,
    value,
    headers: {
      [EVENT_HEADERS.type]: event.type,
      [EVENT_HEADERS.source]: event.source,
      [EVENT_HEADERS.id]: event.id,
      [EVENT_HEADERS.receivedAt]: event.receivedat,
    },
    timestampMs: Date.parse(event.receivedat),
  });
}

/** An item that was refused at the door, as a dead letter. */
export function refusedRecord(item: unknown, refusal: Refusal, receipt: Receipt): KafkaMessage {
  const text = Buffer.from(JSON.stringify(item) ?? 'null');
  const cut = text.length > MAX_DEAD_LETTER_BYTES;
  const subject =
    typeof item === 'object' && item !== null && 'subject' in item && typeof item.subject === 'string'
      ? item.subject
      : null;
  return {
    topic: eventsDeadLetterTopic(receipt.project),
    partition: 0,
    key: subject,
    value: cut ? text.subarray(0, MAX_DEAD_LETTER_BYTES) : text,
    headers: {
      [DEAD_LETTER_HEADERS.code]: refusal.code,
      [DEAD_LETTER_HEADERS.reason]: `${refusal.pointer}: ${refusal.message}${cut ? ` (kept: the first ${MAX_DEAD_LETTER_BYTES} bytes)` : ''}`,
      [DEAD_LETTER_HEADERS.from]: 'http',
      [DEAD_LETTER_HEADERS.at]: receipt.receivedAt,
    },
    timestampMs: Date.parse(receipt.receivedAt),
  };
}
