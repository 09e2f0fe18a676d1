import { expect, test } from 'vitest';
import type { Receipt } from './receipt.ts';
import { readSegmentMessage, typeOfTrack } from './segment-message.ts';

const receipt: Receipt = { project: 'demo', receivedAt: '2026-03-01T02:00:00.123Z' };
const common = { messageId: 'm-1', userId: 'u-1', timestamp: '2026-03-01T02:00:00Z' };

test.each([
  ["Segment's Object Action becomes words joined by dots", 'Deal Signed', 'deal.signed'],
  ['a name that is an event type stays as it is', 'showing.checked_in', 'showing.checked_in'],
  ['runs of other characters become one dot', 'Order -- Completed!', 'order.completed'],
  ['a name of digits alone has no type', '123', undefined],
  ['a name of other scripts alone has no type', '签约', undefined],
])('%s', (_, name, type) => expect(typeOfTrack(name)).toBe(type));

test.each([
  ['track', { type: 'track', event: 'Deal Signed', properties: { price: 1 } }, 'deal.signed', { price: 1 }],
  ['identify', { type: 'identify', traits: { name: 'Li' } }, 'user.identified', { name: 'Li' }],
  ['page', { type: 'page', name: 'Home', properties: { url: '/' } }, 'page.viewed', { name: 'Home', url: '/' }],
  ['screen', { type: 'screen', name: 'Map' }, 'screen.viewed', { name: 'Map' }],
  ['group', { type: 'group', groupId: 'g-1', traits: { plan: 'x' } }, 'group.joined', { groupId: 'g-1', plan: 'x' }],
  ['alias', { type: 'alias', previousId: 'old' }, 'user.aliased', { previousId: 'old' }],
])('%s maps to a type and data of its own, under the message id', (_, message, type, data) => {
  expect(readSegmentMessage({ ...common, ...message }, receipt)).toEqual({
    kind: 'ok',
    value: {
      specversion: '1.0',
      id: 'm-1',
      source: 'segment',
      type,
      subject: 'user:u-1',
      time: '2026-03-01T02:00:00.000Z',
      project: 'demo',
      receivedat: receipt.receivedAt,
      data,
    },
  });
});

const track = { type: 'track', event: 'x', messageId: 'm-1' };
test.each([
  ['a user id that is a subject is one', { userId: 'broker:b-17' }, 'broker:b-17'],
  ['a number is a user id too', { userId: 17 }, 'user:17'],
  ['without a user the anonymous id', { anonymousId: 'a-1' }, 'anonymous:a-1'],
])('%s', (_, who, subject) =>
  expect(readSegmentMessage({ ...track, ...who }, receipt)).toMatchObject({ value: { subject } }),
);

test.each([
  ['a message about nobody', track, '/userId'],
  [
    'a message without an id, which could not be told from its repeat',
    { type: 'track', event: 'x', userId: 'u' },
    '/messageId',
  ],
  ['a kind that Segment does not have', { ...track, type: 'trak', userId: 'u' }, '/type'],
  ['a user id with a blank', { ...track, userId: 'a b' }, '/userId'],
])('%s is refused', (_, message, pointer) =>
  expect(readSegmentMessage(message, receipt)).toMatchObject({ kind: 'refused', refusal: { pointer } }),
);
