import type { KafkaMessage } from '@hermes/connectors/kafka/driver';
import { DEAD_LETTER_HEADERS, type HermesEvent } from '@hermes/contracts/event';
import { inboxRecord, MAX_EVENT_BYTES } from '@hermes/contracts/inbox-record';
import { partitionOf } from '@hermes/contracts/partitioning';
import { eventsDeadLetterTopic } from '@hermes/contracts/topics';
import { cutBelow, isNestedDeeperThan, MAX_NESTING } from './nesting.ts';
import type { Receipt } from './receipt.ts';
import { ok, type Read, refused, type Refusal } from './refusal.ts';

/** A refused item is kept as it came up to this size, cut beyond it. */
const MAX_DEAD_LETTER_BYTES = 8 * MAX_EVENT_BYTES;

/** An accepted event as a record of the inbox, in the partition of its subject; refused when it is too large. Its data is not nested deeper than `MAX_NESTING`. */
export function acceptedRecord(event: HermesEvent, partitions: number): Read<KafkaMessage> {
  const record = inboxRecord(event);
  const value = Buffer.from(record.value);
  if (value.length > MAX_EVENT_BYTES) {
    return refused(
      'event-too-large',
      '',
      `The event has ${value.length} bytes, ${MAX_EVENT_BYTES} are allowed; send less in 'data', or a reference to it.`,
    );
  }
  return ok({ ...record, partition: partitionOf(event.subject, partitions), value });
}

/** Whom an item that was refused is about, and when it happened, as far as it can be read. */
export function aboutOf(
  item: unknown,
  event: HermesEvent | undefined,
  receipt: Receipt,
): { readonly subject: string | null; readonly timeMs: number } {
  if (event !== undefined) return { subject: event.subject, timeMs: Date.parse(event.time) };
  const textOf = (name: 'subject' | 'time'): string | undefined => {
    const value: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, name) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const timeMs = Date.parse(textOf('time') ?? receipt.receivedAt);
  return { subject: textOf('subject') ?? null, timeMs: Number.isNaN(timeMs) ? Date.parse(receipt.receivedAt) : timeMs };
}

/** An item that was refused at the door, as a dead letter; without what is nested too deep to be written. */
export function refusedRecord(item: unknown, subject: string | null, refusal: Refusal, receipt: Receipt): KafkaMessage {
  const written = isNestedDeeperThan(MAX_NESTING, item) ? cutBelow(MAX_NESTING, item) : item;
  const text = Buffer.from(JSON.stringify(written) ?? 'null');
  const cut = text.length > MAX_DEAD_LETTER_BYTES;
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
