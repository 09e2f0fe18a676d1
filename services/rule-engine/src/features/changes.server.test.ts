/** Guards: what was before a rule came into force is known to it, and is kept through a kill -9. */
import { partitionOf } from '@hermes/contracts/partitioning';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FeaturesRoom } from '../testing/features-room.ts';
import { ruleOver } from '../testing/rules-room.ts';

const path = '$.data.status';
const signs = ruleOver(0, {
  eventTypes: ['contract.changed'],
  conditions: { all: [{ fact: 'event', path, operator: 'became', value: 'signed' }] },
  tests: [
    { name: 'signs', event: { data: { status: 'signed' } }, previous: { [path]: 'viewed' }, fires: true },
    { name: 'again', event: { data: { status: 'signed' } }, previous: { [path]: 'signed' }, fires: false },
  ],
});

let room: FeaturesRoom;
let sent = 0;

beforeAll(async () => {
  room = await FeaturesRoom.open(2, []);
  await room.start();
}, 120_000);
afterAll(() => room.close());

async function change(subject: string, status: string): Promise<string> {
  const id = `change-${++sent}`;
  const at = new Date().toISOString();
  await room.ingest.write([
    room.ingest.event({ id, type: 'contract.changed', subject, time: at, receivedat: at, data: { status } }),
  ]);
  return id;
}
const decisions = () =>
  room
    .decisionsOf('signs')
    .filter(({ subject }) => !subject.startsWith('contract:probe'))
    .map(({ event, trace }) => [event.id, trace[1]?.previous]);

test('a rule fires once a value becomes another, history before it and a kill -9 included', async () => {
  await change('contract:1', 'signed');
  await change('contract:2', 'viewed');
  expect((await room.put('signs', signs)).conditions).toMatchObject({
    all: [{ operator: 'became', params: { previous: { version: 1 } } }],
  });
  await room.inForce('signs');
  await eventually('the version is in force on every partition', async () => {
    for (let i = 0; i < 8; i++) await change(`contract:probe-${++sent}`, 'signed');
    return new Set(room.decisionsOf('signs').map(({ subject }) => partitionOf(subject, 2))).size === 2 || undefined;
  });
  await change('contract:1', 'signed');
  const second = await change('contract:2', 'signed');
  const third = await change('contract:3', 'signed');
  const expected = new Map<string, unknown>([
    [second, 'viewed'],
    [third, undefined],
  ]);
  await eventually('both have fired', () => (decisions().length === expected.size ? true : undefined));
  expect(new Map(decisions() as [string, unknown][])).toEqual(expected);

  await room.start();
  await room.kill9();
  await change('contract:2', 'signed');
  await change('contract:3', 'viewed');
  expected.set(await change('contract:3', 'signed'), 'viewed');
  await eventually('it has fired again', () => (decisions().length === expected.size ? true : undefined), 60_000);
  expect(new Map(decisions() as [string, unknown][])).toEqual(expected);
}, 180_000);
