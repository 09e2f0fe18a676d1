/** Guards on real servers: what a candidate remembers and counts is exact from its beginning, goes on when it is promoted, and is erased; through kill -9. */
import type { KafkaProducer } from '@hermes/connectors/kafka/driver';
import { RuleShadow, ShadowComparison } from '@hermes/contracts/rule-shadow';
import type { Feature } from '@hermes/contracts/feature';
import type { RuleDraft } from '@hermes/contracts/rule';
import { featureOf } from '@hermes/profiles/testing/features';
import { followReports, requestErasure } from '@hermes/service-kit/testing/erasure-records';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DecisionLog } from '../testing/decision-log.ts';
import { asking, FeaturesRoom } from '../testing/features-room.ts';
import { ruleOver, RulesRoom } from '../testing/rules-room.ts';

describe('a candidate that asks for features', () => {
  const FEATURES: readonly Feature[] = [featureOf({ compute: { kind: 'count' } }, 'deals', 1)];
  let room: FeaturesRoom;
  beforeAll(async () => {
    room = await FeaturesRoom.open(2, FEATURES);
    await room.start();
    await room.start();
    await room.known();
  }, 120_000);
  afterAll(() => room.close());

  test('runs once they are filled, and sees them exactly, while the version in force decides on every event', async () => {
    await room.write(400);
    await room.put('asks', asking());
    await eventually('it decides', async () => {
      await room.write(20);
      return room.decisionsOf('asks').length > 0 ? true : undefined;
    });
    expect((await room.call('PUT', 'rules/asks/draft', asking('deals'))).ok).toBe(true);
    await room.whileEventsFlow(async () => {
      const answer = await room.call('POST', 'rules/asks/shadow');
      const begun = RuleShadow.parse(await answer.json());
      expect(begun).toMatchObject({ version: 2, state: 'waiting', waitsFor: ['deals'], runningSince: null });
      const early = ShadowComparison.parse(await (await room.call('GET', 'rules/asks/shadow/comparison')).json());
      expect(early).toMatchObject({ candidate: { hits: 0 }, notes: [{ code: 'not-running' }] });
      await room.kill9();
      await eventually(
        'it runs',
        async () => {
          const { state } = RuleShadow.parse(await (await room.call('GET', 'rules/asks/shadow')).json());
          return state === 'running' ? true : undefined;
        },
        40_000,
      );
      await eventually('it decides', () =>
        room.decisionsOf('asks').some(({ ruleVersion }) => ruleVersion === 2) ? true : undefined,
      );
    });
    await room.write(100);
    await room.everyEventDecided('asks');
    await eventually('the last is decided by both', () => {
      const last = room.arrived.findLast(({ type }) => type === 'a');
      return room.decisionsOf('asks').filter(({ event }) => event.id === last?.id).length === 2 ? true : undefined;
    });
    const decisions = room.decisionsOf('asks');
    expect(new Set(decisions.map(({ id }) => id)).size).toBe(decisions.length);
    const seen = [...room.seenBy('asks')];
    expect(seen.length).toBeGreaterThan(50);
    for (const { seen: one, expected } of seen) expect(one).toEqual(expected);
    for (const { ruleVersion, shadow, features } of decisions)
      expect([shadow, features !== undefined]).toEqual(ruleVersion === 2 ? [true, true] : [undefined, false]);
  }, 120_000);
});

describe('a candidate that waits', () => {
  let room: RulesRoom;
  let producer: KafkaProducer;
  let log: DecisionLog;
  let sent = 0;
  beforeAll(async () => {
    room = await RulesRoom.open(2);
    producer = await room.kafka.producer();
    log = await DecisionLog.open(room.kafka, room.project.id);
  }, 120_000);
  afterAll(async () => {
    await producer.close();
    await log.close();
    await room.close();
  });

  const waiting = (seconds: number, name = 'Waits'): RuleDraft => ({
    ...ruleOver(0),
    name,
    conditions: {
      all: [
        {
          fact: 'absence',
          params: { after: { type: 'deal.signed' }, no: { type: 'deal.paid' }, within: { seconds } },
          operator: 'equal',
          value: true,
        },
      ],
    },
    tests: [{ name: 'nobody pays', event: { data: {} }, waits: { seconds }, fires: true }],
  });
  /** A deal of the subject at the price; answers its event's id. */
  async function deal(subject: string, price = 1): Promise<string> {
    const at = new Date().toISOString();
    const id = `deal-${++sent}`;
    const event = sampleEvent(room.project.id, { id, subject, time: at, receivedat: at, data: { price } });
    await producer.send([eventRecord(event)]);
    return id;
  }
  const decidedOn = (rule: string, id: string): readonly string[] =>
    log.decisions
      .filter(({ ruleId, event }) => ruleId === rule && event.id === id)
      .map(({ ruleVersion, shadow }) => `${ruleVersion}${shadow === true ? ' in the shadow' : ''}`);
  /** Version 1 in force, on prices, and the candidate beside it. */
  async function begin(rule: string, candidate: RuleDraft): Promise<void> {
    await room.call('editor', 'PUT', `rules/${rule}`, ruleOver(100));
    await room.draft(rule, candidate);
    expect((await room.call('editor', 'POST', `rules/${rule}/shadow`)).status).toBe(201);
    // It has been taken up: waits begin.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  }
  const says = (rule: string, id: string, what: readonly string[]): Promise<true> =>
    eventually(`${rule} on ${id} says ${what.join()}`, () =>
      JSON.stringify(decidedOn(rule, id)) === JSON.stringify(what) ? true : undefined,
    );

  test('goes on waiting when it is promoted, though a process is killed in between', async () => {
    await begin('promoted', waiting(6));
    const [before, during] = [await deal('deal:1'), await deal('deal:2')];
    await room.call('editor', 'POST', 'rules/promoted/shadow/promote', { version: 2 });
    await room.kill9(room.processes()[0]!);
    await room.start();
    await says('promoted', before, ['2']);
    await says('promoted', during, ['2']);
  }, 60_000);

  test('that ended has waited for nothing, and breaks no wait of the version in force', async () => {
    await room.call('editor', 'PUT', 'rules/ended', waiting(8));
    await room.draft('ended', waiting(3, 'Waits less'));
    await room.call('editor', 'POST', 'rules/ended/shadow');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const id = await deal('deal:3');
    await room.call('editor', 'DELETE', 'rules/ended/shadow');
    // The same wait, by the version after the one that only ran in the shadow.
    expect((await room.call('editor', 'PUT', 'rules/ended', waiting(8, 'Waits on'))).body).toMatchObject({
      version: 3,
    });
    await says('ended', id, ['3']);
  }, 60_000);

  test('is reached by an erasure', async () => {
    await begin('erased', waiting(8));
    const reported = await followReports(room.kafka, room.project.id);
    const [gone, kept] = [await deal('deal:erased'), await deal('deal:kept')];
    const mark = await deal('deal:erased', 101);
    await eventually('it has come', () => (decidedOn('erased', mark).length > 0 ? true : undefined));
    const erasure = await requestErasure(room.kafka, room.project.id, 'deal:erased');
    const report = await eventually(
      'the report',
      () => reported.reports.find(({ erasureId, store }) => erasureId === erasure.id && store === 'rule_features'),
      20_000,
    );
    expect(report).toMatchObject({ remaining: 0 });
    expect(report.removed).toBeGreaterThan(0);
    await says('erased', kept, ['2 in the shadow']);
    expect(decidedOn('erased', gone)).toEqual([]);
    await reported.close();
  }, 60_000);
});
