/** Guards: rules see features of the subject exactly, from history on, on any number of partitions and processes, through kill -9. */
import type { Decision } from '@hermes/contracts/decision';
import type { Feature } from '@hermes/contracts/feature';
import { featureOf } from '@hermes/profiles/testing/features';
import { followReports, requestErasure } from '@hermes/service-kit/testing/erasure-records';
import { BreakableProxy } from '@hermes/service-kit/testing/breakable-proxy';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { KEPT_SETS } from '@hermes/stream-runtime/publish-definitions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asking, FeaturesRoom } from '../testing/features-room.ts';

const path = '$.data.price';
const FEATURES: readonly Feature[] = [
  featureOf({ compute: { kind: 'count' } }, 'deals', 1),
  featureOf({ compute: { kind: 'sum', path }, window: { kind: 'sliding', length: '7d' } }, 'value_7d', 2),
  featureOf({ compute: { kind: 'distinct-count', path }, group: 'apart' }, 'prices', 3),
  featureOf(
    { compute: { kind: 'last', path }, eventTypes: ['b'], window: { kind: 'sliding', length: '1h' } },
    'last_b',
    4,
  ),
];
const OTHERS: readonly Feature[] = [
  featureOf({ compute: { kind: 'ratio', numerator: 'deals', denominator: 'prices' }, eventTypes: [] }, 'share', 5),
];

describe.each([1, 8])('rules that ask for features, on %i partitions', (partitions) => {
  let room: FeaturesRoom;

  beforeAll(async () => {
    room = await FeaturesRoom.open(partitions, [...FEATURES, ...OTHERS]);
    await room.start();
    await room.start();
    await room.known();
  }, 120_000);
  afterAll(() => room.close());

  const expectExact = (ruleId: string): void => {
    for (const { seen, expected } of room.seenBy(ruleId)) expect(seen).toEqual(expected);
  };

  test('one that asks for a feature that is not there is refused, with what was probably meant', async () => {
    const answer = await room.call('PUT', 'rules/unfit', asking('valu_7d'));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: 'invalid-rule',
      detail: expect.stringContaining('did you mean "value_7d"?'),
    });
  });

  test('one that is published while events flow sees every feature from history on, exactly, though a process is killed in the midst', async () => {
    await room.write(400);
    await room.whileEventsFlow(async () => {
      const rule = await room.put('asks', asking('deals', 'value_7d', 'prices', 'last_b'));
      expect(rule.conditions).toMatchObject({ any: [{}, { params: { id: 'deals', version: 1 } }, {}, {}, {}] });
      await room.kill9();
      await room.inForce('asks');
      await room.start();
      await new Promise((resolve) => setTimeout(resolve, 500));
      await room.kill9();
      await new Promise((resolve) => setTimeout(resolve, 500));
    });
    await room.everyEventDecided('asks');
    const decisions = room.decisionsOf('asks');
    expect(new Set(decisions.map(({ id }) => id)).size).toBe(decisions.length);
    for (const { features } of decisions)
      expect(Object.keys(features ?? {}).sort()).toEqual(['deals', 'last_b', 'prices', 'value_7d']);
    expectExact('asks');
    expect(decisions.length).toBeGreaterThan(50);
  }, 120_000);

  test('a version that asks for what is not filled leaves the one before in force until it is', async () => {
    await room.call('DELETE', 'rules/asks');
    await room.put('grows', { ...asking('deals'), event: { type: 'first' } });
    const decidesAs = (version: number): Promise<true> =>
      eventually(`a decision of version ${version}`, async () => {
        await room.write(30);
        return room.decisionsOf('grows').some(({ ruleVersion }) => ruleVersion === version) || undefined;
      });
    await decidesAs(1);
    await room.put('grows', { ...asking('deals', 'prices'), event: { type: 'second' } });
    await decidesAs(2);
    await room.everyEventDecided('grows');
    expectExact('grows');
    expect(new Set(room.decisionsOf('grows').map(({ ruleVersion }) => ruleVersion))).toEqual(new Set([1, 2]));
  }, 90_000);

  test('a decision is read back with what the features were', async () => {
    const [{ id, features }] = room.decisionsOf('grows') as [Decision];
    const kept = await eventually('the decision in ClickHouse', async () => {
      const answer = await room.call('GET', `decisions/${id}`);
      return answer.ok ? ((await answer.json()) as Decision) : undefined;
    });
    expect(kept.features).toEqual(features);
  });

  test('a ratio is divided from its two features as the event leaves them', async () => {
    await room.put('divides', asking('share', 'deals', 'prices'));
    await room.inForce('divides');
    const decisions = await eventually('some decisions', async () => {
      await room.write(30);
      const made = room.decisionsOf('divides');
      return made.length > 20 ? made : undefined;
    });
    for (const { features } of decisions)
      expect(features?.['share']?.value).toBe(Number(features?.['deals']?.value) / Number(features?.['prices']?.value));
    await room.call('DELETE', 'rules/divides');
  }, 60_000);

  test('what was counted of an erased subject is gone, and its events from then on begin anew', async () => {
    const subject = 'broker:b-1';
    const reported = await followReports(room.ingest.kafka, room.ingest.project.id);
    const erasure = await requestErasure(room.ingest.kafka, room.ingest.project.id, subject);
    const report = await eventually(
      'the report',
      () => reported.reports.find((one) => one.erasureId === erasure.id && one.store === 'rule_features'),
      40_000,
    );
    expect(report).toMatchObject({ remaining: 0 });
    expect(report.removed).toBeGreaterThan(0);
    await reported.close();
    const later = new Date(Date.now() + 1_000).toISOString();
    const after = room.ingest.event({ type: 'a', subject, time: later, receivedat: later, data: { price: 5 } });
    await room.ingest.write([after]);
    const decision = await eventually('the next decision', () =>
      room.log.decisions.find(({ event }) => event.id === after.id),
    );
    expect(decision.features).toMatchObject({ deals: { value: 1 }, prices: { value: 1 } });
  }, 60_000);
});

test('where counting began is kept while fills hang and more changes are published than are remembered', async () => {
  const room = await FeaturesRoom.open(8, FEATURES);
  const ingest = await BreakableProxy.open(room.ingest.ingest.url);
  try {
    await room.start(ingest.url);
    await room.known();
    await room.write(200);
    ingest.hold();
    await room.whileEventsFlow(async () => {
      await room.put('first', asking('deals'));
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await room.put('second', asking('value_7d'));
      for (let i = 0; i < KEPT_SETS + 20; i++) await room.put('noise', { ...asking(), name: `Noise ${String(i)}` });
      ingest.release();
      await room.inForce('first');
      await room.inForce('second');
      await new Promise((resolve) => setTimeout(resolve, 500));
    });
    for (const id of ['first', 'second']) {
      await room.everyEventDecided(id);
      for (const { seen, expected } of room.seenBy(id)) expect(seen).toEqual(expected);
    }
  } finally {
    await ingest.close();
    await room.close();
  }
}, 120_000);
