import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { DEAD_LETTER_HEADERS, OUTBOX_HEADERS } from '@hermes/contracts/event';
import type { DeadLetterReason, Timer } from './logic.ts';
import type { OutboxMessage } from './outbox-entry.ts';

/** Kafka's default limit of a record batch is 1,048,588 bytes; the rest is for headers. */
export const MAX_OUTPUT_BYTES = 900_000;
const MAX_REASON_CHARACTERS = 1_000;

export type UnsentMessage = Omit<OutboxMessage, 'sequence'>;

/** The record as it came, with the reason in headers; one too large to carry is named by its position instead. */
export function deadLetterOfRecord(
  record: KafkaRecord,
  why: DeadLetterReason,
  topic: string,
  atMs: number,
): UnsentMessage {
  const from = `${record.topic}/${record.partition}/${record.offset}`;
  const headers: Record<string, Buffer | string> = {};
  for (const [name, value] of Object.entries(record.headers)) if (value !== undefined) headers[name] = value;
  const headerBytes = Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  const fits = (record.value?.length ?? 0) + (record.key?.length ?? 0) + headerBytes <= MAX_OUTPUT_BYTES;
  const reason = fits
    ? why.reason
    : `${why.reason} (the value of ${record.value?.length ?? 0} bytes is left out: read it at ${from})`;
  return {
    topic,
    key: record.key,
    value: fits ? record.value : null,
    headers: { ...headers, ...reasonHeaders(why.code, reason, from, atMs) },
    timestampMs: atMs,
  };
}

/** A timer that could not be fired: its payload, under its id. */
export function deadLetterOfTimer(
  timer: Timer,
  why: DeadLetterReason,
  from: string,
  topic: string,
  atMs: number,
): UnsentMessage {
  return {
    topic,
    key: timer.id,
    value: JSON.stringify({ timer }),
    headers: reasonHeaders(why.code, why.reason, from, atMs),
    timestampMs: atMs,
  };
}

const reasonHeaders = (code: string, reason: string, from: string, atMs: number): Record<string, string> => ({
  [DEAD_LETTER_HEADERS.code]: code,
  [DEAD_LETTER_HEADERS.reason]: reason.slice(0, MAX_REASON_CHARACTERS),
  [DEAD_LETTER_HEADERS.from]: from,
  [DEAD_LETTER_HEADERS.at]: new Date(atMs).toISOString(),
});

const OURS: ReadonlySet<string> = new Set([...Object.values(DEAD_LETTER_HEADERS), ...Object.values(OUTBOX_HEADERS)]);

/** What to write to the input topic again: the record without the headers that its way to the dead-letter topic added. */
export function replayOf(deadLetter: KafkaRecord): Pick<KafkaRecord, 'key' | 'value' | 'headers'> {
  const headers = Object.fromEntries(Object.entries(deadLetter.headers).filter(([name]) => !OURS.has(name)));
  return { key: deadLetter.key, value: deadLetter.value, headers };
}
