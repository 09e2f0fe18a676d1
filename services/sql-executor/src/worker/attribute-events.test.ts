import { AttributesSet } from '@hermes/contracts/attributes';
import { HermesEvent } from '@hermes/contracts/event';
import { expect, test } from 'vitest';
import { attributeEvents } from './attribute-events.ts';
import { type Checkpoint, decodeManifest, encodeManifest } from './manifest.ts';

const line = (subject: string, attributes: unknown): string => `${JSON.stringify([subject, attributes])}\n`;
const checkpoint: Checkpoint = {
  run: 'j-1-v2',
  epoch: 3,
  number: 7,
  at: '2026-01-01T00:00:00.123Z',
  topic: 'demo.events',
  topicId: 'id',
  offsets: new Map(),
  origins: new Map(),
  rowsWritten: 12,
  state: Uint8Array.of(),
  blocks: [
    { rows: 1, bytes: Buffer.from(line('customer:c-1', { tier: 'gold' })) },
    {
      rows: 11,
      bytes: Buffer.from(
        Array.from({ length: 11 }, (_, i) => line(`customer:c-${i}`, { tier: null, note: 'a\nb 金' })).join(''),
      ),
    },
  ],
};
const writer = { project: 'demo', job: 'j-1' };

test('each row is an event as the inbox takes it, at the instant of its checkpoint', () => {
  const [event] = attributeEvents(checkpoint, 0, writer);
  expect(HermesEvent.parse(event)).toEqual(event);
  expect(AttributesSet.parse(event!.data)).toEqual({ attributes: { tier: 'gold' }, by: 'sql:j-1' });
  expect(event).toMatchObject({
    source: '/sql/j-1',
    id: 'j-1-v2/0000000007/0000/00000',
    type: 'hermes.attributes_set',
    subject: 'customer:c-1',
    time: checkpoint.at,
    receivedat: checkpoint.at,
  });
});

test('another process makes the same bytes of the checkpoint that it finds on disk', () => {
  const found = decodeManifest(encodeManifest(checkpoint));
  const bytes = (from: Checkpoint): string =>
    JSON.stringify([0, 1].map((index) => attributeEvents(from, index, writer)));
  expect(bytes({ ...found, epoch: 4 })).toBe(bytes(checkpoint));
});

test('ids are different for each row, and sort as the rows do', () => {
  const next = { ...checkpoint, number: 10 };
  const ids = [checkpoint, next].flatMap((each) =>
    [0, 1].flatMap((index) => attributeEvents(each, index, writer).map(({ id }) => id)),
  );
  expect(new Set(ids).size).toBe(24);
  expect([...ids].sort()).toEqual(ids);
});
