import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HermesEvent } from './event.ts';
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

test('the depth of an event that a rule emitted comes back, too', () => {
  const emitted = { ...event, hermesdepth: 3 };
  expect(readEvent(bytes(emitted))).toEqual({ kind: 'ok', event: emitted });
});

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

const text = fc.constantFrom(
  '',
  'a',
  'deal.signed',
  'Deal',
  'broker:b-1',
  'broker',
  'a b:c',
  '1.0',
  'demo',
  'x'.repeat(300),
);
const instant = fc.constantFrom(
  '2026-01-02T03:04:05.678Z',
  '2026-02-29T03:04:05.678Z',
  '2026-02-30T00:00:00.000Z',
  '2026-01-31T23:59:59.999Z',
  '2026-01-02T03:04:05Z',
  '2026-01-02T03:04:05.678+08:00',
  '2026-13-01T00:00:00.000Z',
  '',
);
const anything = fc.oneof(text, instant, fc.constantFrom<unknown>(null, 1, true, [], {}, { x: 1 }));

test('what is read without the schema is what the schema takes, field by field', () => {
  fc.assert(
    fc.property(
      fc.record(
        {
          specversion: fc.oneof(fc.constant('1.0'), anything),
          id: anything,
          source: anything,
          type: fc.oneof(fc.constant('deal.signed'), anything),
          subject: fc.oneof(fc.constant('broker:b-17'), anything),
          time: fc.oneof(instant, anything),
          project: fc.oneof(fc.constant('demo'), anything),
          receivedat: fc.oneof(instant, anything),
          data: fc.oneof(fc.constant({ price: 1 }), anything),
          hermesdepth: fc.constantFrom<unknown>(undefined, 1, 6, 0, -1, 1.5, '1', null),
          extension: anything,
        },
        { requiredKeys: [] },
      ),
      (value) => {
        const expected = HermesEvent.safeParse(JSON.parse(JSON.stringify(value)));
        const read = readEvent(bytes(value));
        if (expected.success) expect(read).toEqual({ kind: 'ok', event: expected.data });
        else expect(read.kind).toBe('dead');
      },
    ),
    { seed: 1, numRuns: 3_000 },
  );
});
