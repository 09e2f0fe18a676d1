/** Guards: what a rule does inside of Hermes happens once, also through kill -9, and rules that feed each other come to an end. */
import { HermesEvent } from '@hermes/contracts/event';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ActionsRoom } from '../testing/actions-room.ts';
import { ruleOver } from '../testing/rules-room.ts';

let room: ActionsRoom;
beforeAll(async () => {
  room = await ActionsRoom.open(2);
  await room.restart();
}, 120_000);
afterAll(() => room.close());

const price = { fact: 'event', path: '$.data.price' } as const;
const flags = ruleOver(100, {
  actions: [
    { kind: 'emit-event', type: 'deal.flagged', subject: { entity: 'lot', id: price }, data: { price } },
    { kind: 'set-attribute', attribute: 'last_big', value: price },
    { kind: 'emit-event', type: 'deal.flagged', data: { price: { fact: 'event', path: '$.data.nowhere' } } },
  ],
});

test('every deal that fires emits its events once, though the processor is killed before and after it sent them', async () => {
  await room.publish({ flags });
  const prices: number[] = [];
  const write = async (count: number): Promise<void> => {
    const events = Array.from({ length: count }, (_, i) => {
      prices.push(101 + prices.length);
      return room.ingest.event({ subject: `broker:b-${i % 7}`, data: { price: prices.at(-1) } });
    });
    await room.ingest.write(events);
  };
  // The rule comes into force a moment after it was published.
  await eventually('the first decision', async () => {
    await write(1);
    return room.log.decisions.length > 0 ? true : undefined;
  });
  const before = prices.length;
  const writes: Promise<void>[] = [];
  for (const point of ['after-step-before-send:2', 'after-send-before-trim:2', 'before-step:2']) {
    await room.restart(point);
    const writing = setInterval(() => writes.push(write(9)), 50);
    await room.died().finally(() => clearInterval(writing));
  }
  await room.restart();
  await write(9);
  await Promise.all(writes);
  const firedFor = () => room.log.decisions.map(({ event }) => Number(event.data['price'])).sort((a, b) => a - b);
  await eventually(
    'all is decided',
    () => {
      const decided = new Set(firedFor());
      return prices.slice(before).every((one) => decided.has(one)) ? true : undefined;
    },
    40_000,
  );
  await eventually(
    'all has arrived',
    () => (room.emitted('flags').length >= 2 * firedFor().length ? true : undefined),
    40_000,
  );
  // What would be there twice has had the time to come.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const emitted = room.emitted('flags');
  expect(new Set(emitted.map(({ id }) => id)).size).toBe(emitted.length);
  const pricesOf = (type: string, of: (data: Record<string, unknown>) => unknown) =>
    emitted
      .filter((event) => event.type === type)
      .map(({ data }) => Number(of(data)))
      .sort((a, b) => a - b);
  expect(pricesOf('deal.flagged', (data) => data['price'])).toEqual(firedFor());
  const written = (data: Record<string, unknown>): unknown =>
    (data['attributes'] as Record<string, unknown>)['last_big'];
  expect(pricesOf('hermes.attributes_set', written)).toEqual(firedFor());
  for (const { type, subject, hermesdepth, data } of emitted) {
    expect(hermesdepth).toBe(1);
    if (type === 'deal.flagged') expect(subject).toBe(`lot:${Number(data['price'])}`);
  }
  expect(room.dead).toEqual([]);
}, 180_000);

test('what an action could not do stands in the decision, as it is read back', async () => {
  const { id } = room.log.decisions[0]!;
  const kept = await eventually('the decision in ClickHouse', async () => {
    const answer = await room.call('viewer', 'GET', `decisions/${id}`);
    return answer.http === 200 ? answer : undefined;
  });
  expect(kept['actions']).toEqual(room.log.decisions[0]!.actions);
  expect(kept['actions']).toMatchObject([
    { kind: 'emit-event' },
    { kind: 'set-attribute' },
    { kind: 'skipped', action: 'emit-event', code: 'missing-value' },
  ]);
});

test('rules that feed each other end in a dead letter at depth 6', async () => {
  const feeding = (on: string, type: string) => ({
    ...ruleOver(0),
    name: `${on} to ${type}`,
    eventTypes: [on],
    conditions: { all: [{ fact: 'event', path: '$.type', operator: 'equal', value: on }] },
    actions: [
      {
        kind: 'emit-event',
        type,
        subject: { fact: 'event', path: '$.data.next' },
        data: { next: { fact: 'event', path: '$.subject' } },
      },
    ],
    alert: false,
    tests: [{ name: 'any', event: { data: {} }, fires: true }],
  });
  await room.publish({ ping: feeding('ball.ping', 'ball.pong'), pong: feeding('ball.pong', 'ball.ping') });
  // Two subjects in two partitions.
  await eventually('the chain has ended', async () => {
    if (room.emitted('ping').length === 0)
      await room.ingest.write([room.ingest.event({ type: 'ball.ping', subject: 'side:a', data: { next: 'side:b' } })]);
    return room.dead.length > 0 ? true : undefined;
  });
  const { code, event } = room.dead[0]!;
  expect([code, event.type, event.source, event.hermesdepth]).toEqual([
    'too-deep',
    'ball.ping',
    'hermes/rules/pong',
    6,
  ]);
  const depths = new Set([...room.emitted('ping'), ...room.emitted('pong')].map(({ hermesdepth }) => hermesdepth));
  expect([...depths].sort()).toEqual([1, 2, 3, 4, 5]);
  const { ingest } = room;
  const answer = await fetch(
    `${ingest.ingest.url}/v1/projects/${ingest.project.id}/events?type=ball.pong&complete=true`,
    {
      headers: { authorization: `Bearer ${await ingest.project.token('viewer')}` },
    },
  );
  const kept = (await answer.text())
    .trim()
    .split('\n')
    .map((line) => HermesEvent.parse(JSON.parse(line)));
  // The ball may have been thrown more than once before the first was caught.
  expect([...new Set(kept.map(({ hermesdepth }) => hermesdepth))].sort()).toEqual([1, 3, 5]);
}, 60_000);
