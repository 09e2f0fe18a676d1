/** Guards: rules that go by another key than the subject see features of others exactly, from history on, on two partitions and through kill -9. */
import type { Decision } from '@hermes/contracts/decision';
import type { Feature } from '@hermes/contracts/feature';
import type { HermesEvent } from '@hermes/contracts/event';
import { featureOf } from '@hermes/profiles/testing/features';
import { followReports, requestErasure } from '@hermes/service-kit/testing/erasure-records';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asking, FeaturesRoom } from '../testing/features-room.ts';

const FEATURES: readonly Feature[] = [
  featureOf({ compute: { kind: 'count' } }, 'mine', 1),
  featureOf(
    { compute: { kind: 'count' }, key: { kind: 'field', entity: 'listing', path: '$.data.listing' } },
    'of_listing',
    2,
  ),
  featureOf(
    { compute: { kind: 'count' }, key: { kind: 'field', entity: 'customer', path: '$.data.customer' }, group: 'apart' },
    'of_customer',
    3,
  ),
];
const LISTINGS = 5;
const CUSTOMERS = 3;

let room: FeaturesRoom;
/** In the order of their writing. */
const written: HermesEvent[] = [];

beforeAll(async () => {
  room = await FeaturesRoom.open(2, FEATURES);
  await room.start();
  await room.start();
  await room.known();
}, 120_000);
afterAll(() => room.close());

async function write(count: number): Promise<void> {
  const now = new Date().toISOString();
  const events = Array.from({ length: count }, (_, i) => {
    const n = written.length + i;
    return room.ingest.event({
      type: 'a',
      subject: `broker:b-${n % 7}`,
      time: now,
      receivedat: now,
      data: { device: `d-${n % 4}`, listing: `l-${n % LISTINGS}`, customer: `c-${n % CUSTOMERS}` },
    });
  });
  await room.ingest.write(events);
  written.push(...events);
}

const valueOf = (feature: { readonly value?: unknown } | undefined): number => Number(feature?.value);

test('each event is decided once, and is one of those that it is counted among', async () => {
  await write(200);
  const rule = { ...asking('mine', 'of_listing', 'of_customer'), key: { entity: 'device', path: '$.data.device' } };
  let flows = true;
  const flowing = (async () => {
    while (flows) {
      await write(20);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  })();
  await room.put('by-device', rule);
  await room.inForce('by-device');
  const goesOn = (): Promise<true> => {
    const { length } = room.decisionsOf('by-device');
    return eventually('more decisions', () => room.decisionsOf('by-device').length > length + 20 || undefined, 40_000);
  };
  await goesOn();
  await room.kill9();
  await goesOn();
  await room.start();
  await room.kill9();
  await goesOn();
  flows = false;
  await flowing;

  const decisions = await eventually(
    'every event since the rule came into force is decided',
    () => {
      const made = room.decisionsOf('by-device');
      const decided = new Set(made.map(({ event }) => event.id));
      const seen = new Set<string>();
      for (const { id, subject } of written) {
        if (decided.has(id)) seen.add(subject);
        else if (seen.has(subject)) return undefined;
      }
      return seen.size === 7 ? made : undefined;
    },
    60_000,
  );
  expect(new Set(decisions.map(({ event }) => event.id)).size).toBe(decisions.length);
  expect(decisions.length).toBeGreaterThan(50);
  for (const { event, key, features } of decisions) {
    const { device, listing, customer } = event.data;
    expect(key).toBe(`device:${String(device)}`);
    expect(features?.['of_listing']?.key).toBe(`listing:${String(listing)}`);
    expect(features?.['of_customer']?.key).toBe(`customer:${String(customer)}`);
    const at = written.findIndex(({ id }) => id === event.id);
    const { subject } = written[at]!;
    const mine = written.slice(0, at + 1).filter((one) => one.subject === subject);
    expect([event.id, features?.['mine']?.value]).toEqual([event.id, mine.length]);
  }
  const [one] = decisions as [Decision];
  const kept = await eventually('a decision in ClickHouse', async () => {
    const answer = await room.call('GET', `decisions/${one.id}`);
    return answer.ok ? ((await answer.json()) as Decision) : undefined;
  });
  expect([kept.key, kept.features]).toEqual([one.key, one.features]);
  // All events of a listing are decided or came before the first that is: so the counts that they saw are all different, up to the last.
  for (const [id, field] of [
    ['of_listing', 'listing'],
    ['of_customer', 'customer'],
  ] as const) {
    for (const value of new Set(written.map(({ data }) => data[field]))) {
      const all = written.filter(({ data }) => data[field] === value).length;
      const seen = decisions
        .filter(({ event }) => event.data[field] === value)
        .map(({ features }) => valueOf(features?.[id]))
        .sort((a, b) => a - b);
      expect([value, new Set(seen).size, seen.at(-1)]).toEqual([value, seen.length, all]);
    }
  }
}, 150_000);

test('what was counted of an erased key is gone, and its events from then on begin anew', async () => {
  const { kafka, project } = room.ingest;
  const reported = await followReports(kafka, project.id);
  const erasure = await requestErasure(kafka, project.id, 'listing:l-1');
  const report = await eventually(
    'the report',
    () => reported.reports.find((one) => one.erasureId === erasure.id && one.store === 'rule_features_keyed'),
    40_000,
  );
  expect(report).toMatchObject({ removed: 1, remaining: 0 });
  await reported.close();
  const later = new Date(Date.now() + 1_000).toISOString();
  const data = { device: 'd-2', listing: 'l-1', customer: 'c-1' };
  const after = room.ingest.event({ type: 'a', subject: 'broker:b-1', time: later, receivedat: later, data });
  await room.ingest.write([after]);
  const decision = await eventually('the next decision', () =>
    room.log.decisions.find(({ event }) => event.id === after.id),
  );
  expect(decision.features).toMatchObject({ of_listing: { value: 1, key: 'listing:l-1' } });
}, 60_000);

test('an erasure of the key that a rule goes by deletes what was decided by it, of whatever subject', async () => {
  const { kafka, project } = room.ingest;
  const keysOf = async (query: string): Promise<readonly unknown[]> => {
    const answer = await room.call('GET', `decisions?limit=1000&${query}`);
    const { decisions } = (await answer.json()) as { readonly decisions: readonly Decision[] };
    return [...new Set(decisions.map(({ key }) => key))].sort();
  };
  expect(await keysOf('key=device:d-1')).toEqual(['device:d-1']);
  const reported = await followReports(kafka, project.id);
  const erasure = await requestErasure(kafka, project.id, 'device:d-1');
  const report = await eventually(
    'the report',
    () => reported.reports.find((one) => one.erasureId === erasure.id && one.store === 'decisions'),
    40_000,
  );
  expect(report).toMatchObject({ remaining: 0 });
  expect(report.removed).toBeGreaterThan(0);
  await reported.close();
  expect(await keysOf('')).toEqual(['device:d-0', 'device:d-2', 'device:d-3']);
}, 60_000);
