import { AttributesSet } from '@hermes/contracts/attributes';
import { HermesEvent } from '@hermes/contracts/event';
import { expect, test } from 'vitest';
import type { Block, CheckpointPlace } from '../connector.ts';
import { attributeEvents } from './profile-sink.ts';

const line = (subject: string, attributes: unknown): string => `${JSON.stringify([subject, attributes])}\n`;
const place: CheckpointPlace = { run: 'j-1-v2', sink: 3, checkpoint: 7, at: '2026-01-01T00:00:00.123Z' };
const blocks: readonly Block[] = [
  { rows: 1, bytes: Buffer.from(line('customer:c-1', { tier: 'gold' })) },
  {
    rows: 11,
    bytes: Buffer.from(
      Array.from({ length: 11 }, (_, i) => line(`customer:c-${i}`, { tier: null, note: 'a\nb 金' })).join(''),
    ),
  },
];
const writer = { project: 'demo', job: 'j-1' };

test('each row is an event as the inbox takes it, at the instant of its checkpoint', () => {
  const [event] = attributeEvents(place, 0, blocks[0]!, writer);
  expect(HermesEvent.parse(event)).toEqual(event);
  expect(AttributesSet.parse(event!.data)).toEqual({ attributes: { tier: 'gold' }, by: 'sql:j-1' });
  expect(event).toMatchObject({
    source: '/sql/j-1',
    id: 'j-1-v2/0000000007/3/0000/00000',
    type: 'hermes.attributes_set',
    subject: 'customer:c-1',
    time: place.at,
    receivedat: place.at,
  });
});

test('ids are different for each row, and sort as the rows do', () => {
  const ids = [place, { ...place, checkpoint: 10 }].flatMap((each) =>
    blocks.flatMap((block, index) => attributeEvents(each, index, block, writer).map(({ id }) => id)),
  );
  expect(new Set(ids).size).toBe(24);
  expect([...ids].sort()).toEqual(ids);
});
