import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { DEAD_LETTER_HEADERS, EVENT_HEADERS } from '@hermes/contracts/event';
import { expect, test } from 'vitest';
import { deadLetterRow, eventLogRow } from './event-log.row.ts';

const event = {
  specversion: '1.0',
  id: 'e-1',
  source: 'app',
  type: 'deal.signed',
  subject: 'broker:b-1',
  time: '2026-03-01T02:00:00.000Z',
  project: 'demo',
  receivedat: '2026-03-01T02:00:00.123Z',
  data: { note: '签约', price: '3350000.00' },
};
const record = (value: string, headers: Record<string, string> = {}): KafkaRecord => ({
  topic: 'demo.events',
  partition: 0,
  offset: 3,
  key: Buffer.from('broker:b-1'),
  value: Buffer.from(value),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
  timestampMs: 0,
});

test('an event goes into the log with its receipt, its acceptance and its place', () => {
  const row = eventLogRow(record(JSON.stringify(event), { [EVENT_HEADERS.acceptedAt]: '2026-03-01T02:00:00.130Z' }))!;
  expect(row).toMatchObject({
    received_at: event.receivedat,
    accepted_at: '2026-03-01T02:00:00.130Z',
    events_offset: 3,
  });
  expect(JSON.parse(row.data)).toEqual(event.data);
});

test('what is not an event is passed over', () => {
  expect(eventLogRow(record('{'))).toBeUndefined();
  expect(eventLogRow(record('{"id":"e-1"}'))).toBeUndefined();
});

test('a dead letter keeps the record as it came, with code, reason and where it was', () => {
  const headers = {
    [DEAD_LETTER_HEADERS.code]: 'schema-violation',
    [DEAD_LETTER_HEADERS.reason]: '/data: no',
    [DEAD_LETTER_HEADERS.from]: 'demo.inbox/1/7',
    [DEAD_LETTER_HEADERS.at]: '2026-03-01T02:00:00.200Z',
  };
  expect(deadLetterRow(record('{not json', headers), 'demo')).toEqual({
    project: 'demo',
    at: '2026-03-01T02:00:00.200Z',
    dlq_partition: 0,
    dlq_offset: 3,
    code: 'schema-violation',
    reason: '/data: no',
    came_from: 'demo.inbox/1/7',
    subject: 'broker:b-1',
    value: '{not json',
  });
});
