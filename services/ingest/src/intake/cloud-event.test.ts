import { expect, test } from 'vitest';
import { readCloudEvent } from './cloud-event.ts';
import type { Receipt } from './receipt.ts';

const receipt: Receipt = { project: 'demo', receivedAt: '2026-03-01T02:00:00.123Z' };
const event = {
  specversion: '1.0',
  id: 'e-1',
  source: 'app:android',
  type: 'deal.signed',
  subject: 'broker:b-17',
  time: '2026-03-01T10:00:00.5+08:00',
  data: { dealId: 'd-1' },
};
const without = (name: string): unknown => Object.fromEntries(Object.entries(event).filter(([key]) => key !== name));

test('an event gets its project and receipt, and its time becomes UTC with milliseconds', () => {
  expect(readCloudEvent(event, receipt)).toEqual({
    kind: 'ok',
    value: { ...event, time: '2026-03-01T02:00:00.500Z', project: 'demo', receivedat: receipt.receivedAt },
  });
});

test('an event without a time happened when it was received', () => {
  expect(readCloudEvent(without('time'), receipt)).toMatchObject({ value: { time: receipt.receivedAt } });
});

test('what a client claims about receipt is overwritten, and extensions that Hermes does not know are dropped', () => {
  const read = readCloudEvent({ ...event, receivedat: '1999-01-01T00:00:00Z', traceparent: 'x' }, receipt);
  expect(read).toMatchObject({ value: { receivedat: receipt.receivedAt } });
  expect(read).not.toHaveProperty('value.traceparent');
});

test.each([
  ['a text is no event', 'hello', '', 'CloudEvents'],
  ['a missing id is named', without('id'), '/id', "'id' is missing"],
  ['a missing specversion comes with what to add', without('specversion'), '/specversion', '"specversion": "1.0"'],
  ['a subject with a blank is refused with an example', { ...event, subject: 'broker: 17' }, '/subject', 'broker:b-17'],
  ['a type in capitals is refused with an example', { ...event, type: 'Deal Signed' }, '/type', 'deal.signed'],
  ['data that is no object is refused', { ...event, data: [1] }, '/data', "'data'"],
  ['a day that does not exist is refused', { ...event, time: '2026-02-30T00:00:00Z' }, '/time', "'time'"],
  ['an event of another project is refused, not moved', { ...event, project: 'other' }, '/project', "'demo'"],
])('%s', (_, item, pointer, message) => {
  const read = readCloudEvent(item, receipt);
  expect(read).toMatchObject({ kind: 'refused', refusal: { pointer } });
  expect(read.kind === 'refused' && read.refusal.message).toContain(message);
});
