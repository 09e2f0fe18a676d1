/** Guards: rules see features of the subject exactly, from history on, on any number of partitions and processes, through kill -9. */
import { type Feature, FEATURE_STATUS_ID, type FeatureStatus } from '@hermes/contracts/feature';
import type { Decision } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import type { Rule } from '@hermes/contracts/rule';
import { featuresTopic } from '@hermes/contracts/topics';
import { featureOf } from '@hermes/profiles/testing/features';
import { type PlainEvent, recompute } from '@hermes/profiles/testing/recompute';
import { followReports, requestErasure } from '@hermes/service-kit/testing/erasure-records';
import { IngestRoom } from '@hermes/service-kit/testing/ingest-room';
import {
  buildService,
  endServices,
  eventually,
  type ServiceProcess,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';
import { publishDefinitionSet } from '@hermes/stream-runtime/publish-definitions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DecisionLog } from '../testing/decision-log.ts';

const FOLDER = new URL('../../', import.meta.url);
const SUBJECTS = 13;
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
  featureOf(
    { compute: { kind: 'count' }, key: { kind: 'field', path: '$.data.listing', entity: 'listing' } },
    'of_listing',
    6,
  ),
];

/** Fires on every event of type `a`, and asks for these features. */
const asking = (...ids: readonly string[]) => ({
  name: 'Asks',
  eventTypes: ['a'],
  conditions: {
    any: [
      { fact: 'event', path: '$.type', operator: 'equal', value: 'a' },
      ...ids.map((id) => ({ fact: 'feature', params: { id }, operator: 'equal', value: 0 })),
    ],
  },
  event: { type: 'asked' },
  severity: 'info',
  alert: false,
  tests: [{ name: 'any', event: { data: {} }, fires: true }],
});

describe.each([1, 8])('rules that ask for features, on %i partitions', (partitions) => {
  let room: IngestRoom;
  let database: TestDatabase;
  const services: ServiceProcess[] = [];
  let log: DecisionLog;
  let token: string;
  /** As they stand on their partitions. */
  const arrived: HermesEvent[] = [];

  const start = async (): Promise<void> => {
    const environment = { DATABASE_URL: database.url, INGEST_URL: room.ingest.url, KAFKA_SESSION_TIMEOUT_MS: '6000' };
    services.push(await startService(FOLDER, environment));
  };
  const publishFeatures = async (features: readonly Feature[]): Promise<void> => {
    const { id } = room.project;
    const status: FeatureStatus = {
      live: Object.fromEntries(features.map((feature) => [feature.id, feature.version])),
      subscribed: [],
    };
    await publishDefinitionSet(room.kafka, featuresTopic(id), {
      publishedAt: new Date().toISOString(),
      members: [
        ...features.map((feature) => ({
          id: feature.id,
          version: feature.version,
          value: JSON.stringify({ ...feature, project: id }),
        })),
        { id: FEATURE_STATUS_ID, version: features.length, value: JSON.stringify(status) },
      ],
    });
  };
  const call = (method: string, route: string, body?: unknown): Promise<Response> =>
    fetch(`${services.at(-1)!.url}/v1/projects/${room.project.id}/${route}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const put = async (id: string, draft: unknown): Promise<Rule> => {
    const response = await call('PUT', `rules/${id}`, draft);
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Rule;
  };
  const write = async (count: number): Promise<void> => {
    const now = Date.now();
    const events = Array.from({ length: count }, (_, i) => {
      const n = arrived.length + i;
      return room.event({
        type: n % 3 === 0 ? 'b' : 'a',
        subject: `broker:b-${(n * 7) % SUBJECTS}`,
        time: new Date(now - ((n * 7_919) % 300) * 3_600_000).toISOString(),
        receivedat: new Date(now).toISOString(),
        data: { price: (n * 31) % 97 },
      });
    });
    await room.write(events);
    arrived.push(...events);
  };
  const inForce = (id: string): Promise<true> =>
    eventually(
      `${id} is in force`,
      async () => {
        const answer = await call('GET', `rules/${id}/features`);
        const { inForce: is } = (await answer.json()) as { inForce: boolean };
        return is ? true : undefined;
      },
      40_000,
    );
  /** What the features were when the event had arrived, computed from all events in the plainest way. */
  const expectExact = (eventId: string, features: Readonly<Record<string, unknown>>): void => {
    const at = arrived.findIndex(({ id }) => id === eventId);
    const { subject, receivedat } = arrived[at]!;
    const mine = arrived
      .slice(0, at + 1)
      .filter((one) => one.subject === subject)
      .map(({ time, receivedat: received, ...one }): PlainEvent => ({
        ...one,
        timeMs: Date.parse(time),
        receivedAtMs: Date.parse(received),
      }));
    for (const [id, seen] of Object.entries(features)) {
      const feature = FEATURES.find((one) => one.id === id)!;
      const expected = recompute(feature, mine, Date.parse(receivedat));
      const { value, late = 0 } = seen as { value: unknown; late?: number };
      expect([eventId, id, value, late]).toEqual([eventId, id, expected.value, expected.late]);
    }
  };
  /** Since the rule's first decision on a subject, no event of it was left without one. */
  const everyEventDecided = (ruleId: string): Promise<true> =>
    eventually(
      `every event since "${ruleId}" came into force is decided`,
      () => {
        const decided = new Set(decisionsOf(ruleId).map(({ event }) => event.id));
        const firstOf = new Map<string, number>();
        for (const [i, { id, subject }] of arrived.entries())
          if (decided.has(id) && !firstOf.has(subject)) firstOf.set(subject, i);
        const isMissing = ({ id, subject, type }: HermesEvent, i: number): boolean =>
          type === 'a' && i >= (firstOf.get(subject) ?? Infinity) && !decided.has(id);
        return firstOf.size < SUBJECTS || arrived.some(isMissing) ? undefined : true;
      },
      40_000,
    );
  const decisionsOf = (ruleId: string) => log.decisions.filter((decision) => decision.ruleId === ruleId);

  beforeAll(async () => {
    buildService(FOLDER);
    room = await IngestRoom.open(partitions);
    database = await makeTestDatabase();
    await publishFeatures([...FEATURES, ...OTHERS]);
    token = await room.project.token('editor');
    log = await DecisionLog.open(room.kafka, room.project.id);
    await start();
    await start();
  }, 120_000);
  afterAll(async () => {
    await endServices();
    await log.close();
    await database.drop();
    await room.remove();
  });

  test.each([
    ['valu_7d', 'did you mean "value_7d"?'],
    ['share', 'is a ratio'],
    ['of_listing', 'belongs to another key'],
  ])('one that asks for "%s" is refused: %s', async (id, message) => {
    const answer = await eventually('the features are known', async () => {
      const response = await call('PUT', 'rules/unfit', asking(id));
      return response.status === 503 ? undefined : response;
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'invalid-rule', detail: expect.stringContaining(message) });
  });

  test('one that is published while events flow sees every feature from history on, exactly, though a process is killed in the midst', async () => {
    await write(400);
    let flows = true;
    const flowing = (async () => {
      while (flows) {
        await write(20);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    })();
    const rule = await put('asks', asking('deals', 'value_7d', 'prices', 'last_b'));
    expect(rule.conditions).toMatchObject({ any: [{}, { params: { id: 'deals', version: 1 } }, {}, {}, {}] });
    await services.shift()!.kill('SIGKILL');
    await inForce('asks');
    await start();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await services.shift()!.kill('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 500));
    flows = false;
    await flowing;
    await everyEventDecided('asks');
    const decisions = decisionsOf('asks');
    expect(new Set(decisions.map(({ id }) => id)).size).toBe(decisions.length);
    for (const { event, features } of decisions) {
      expect(Object.keys(features ?? {}).sort()).toEqual(['deals', 'last_b', 'prices', 'value_7d']);
      expectExact(event.id, features!);
    }
    expect(decisions.length).toBeGreaterThan(50);
  }, 120_000);

  test('a version that asks for what is not filled leaves the one before in force until it is', async () => {
    await call('DELETE', 'rules/asks');
    await put('grows', { ...asking('deals'), event: { type: 'first' } });
    const decidesAs = (version: number): Promise<true> =>
      eventually(`a decision of version ${version}`, async () => {
        await write(30);
        return decisionsOf('grows').some(({ ruleVersion }) => ruleVersion === version) || undefined;
      });
    await decidesAs(1);
    await put('grows', { ...asking('deals', 'prices'), event: { type: 'second' } });
    await decidesAs(2);
    await everyEventDecided('grows');
    for (const { event, features } of decisionsOf('grows')) expectExact(event.id, features!);
    expect(new Set(decisionsOf('grows').map(({ ruleVersion }) => ruleVersion))).toEqual(new Set([1, 2]));
  }, 90_000);

  test('a decision is read back with what the features were', async () => {
    const [{ id, features }] = decisionsOf('grows') as [Decision];
    const kept = await eventually('the decision in ClickHouse', async () => {
      const answer = await call('GET', `decisions/${id}`);
      return answer.ok ? ((await answer.json()) as Decision) : undefined;
    });
    expect(kept.features).toEqual(features);
  });

  test('what was counted of an erased subject is gone, and its events from then on begin anew', async () => {
    const subject = 'broker:b-1';
    const reported = await followReports(room.kafka, room.project.id);
    const erasure = await requestErasure(room.kafka, room.project.id, subject);
    const report = await eventually(
      'the report',
      () => reported.reports.find((one) => one.erasureId === erasure.id && one.store === 'rule_features'),
      40_000,
    );
    expect(report).toMatchObject({ remaining: 0 });
    expect(report.removed).toBeGreaterThan(0);
    await reported.close();
    const later = new Date(Date.now() + 1_000).toISOString();
    const after = room.event({ type: 'a', subject, time: later, receivedat: later, data: { price: 5 } });
    await room.write([after]);
    const decision = await eventually('the next decision', () =>
      log.decisions.find(({ event }) => event.id === after.id),
    );
    expect(decision.features).toMatchObject({ deals: { value: 1 }, prices: { value: 1 } });
  }, 60_000);
});
