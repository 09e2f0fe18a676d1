import { expect, test } from 'vitest';
import { readEvent } from './read-event.ts';

const event = {
  specversion: '1.0',
  id: 'e-1',
  source: '/s',
  type: 'deal.signed',
  subject: 'broker:b-17',
  time: '2026-01-02T03:04:05.678Z',
  project: 'demo',
  receivedat: '2026-01-02T03:04:05.679Z',
  data: { price: 1 },
};
const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

test('an event comes back as it was sent', () => expect(readEvent(bytes(event))).toEqual({ kind: 'ok', event }));

test.each([
  ['no value', null, 'not-an-event', 'no value'],
  ['cut JSON', Buffer.from('{"id":'), 'not-json', 'not JSON'],
  ['a list', bytes([event]), 'not-an-event', 'at /'],
  ['no subject', bytes({ ...event, subject: undefined }), 'not-an-event', '/subject'],
  ['a local time', bytes({ ...event, time: '2026-01-02 03:04:05' }), 'not-an-event', '/time'],
])('%s is dead, with the reason', (_, value, code, reason) => {
  const read = readEvent(value);
  expect(read).toMatchObject({ kind: 'dead', code });
  expect(read.kind === 'dead' && read.reason).toContain(reason);
});
