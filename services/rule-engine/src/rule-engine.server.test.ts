import type { KafkaDriver, KafkaProducer, KafkaRecord } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { Decision } from '@hermes/contracts/decision';
import { DEAD_LETTER_HEADERS, type HermesEvent } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import type { Rule, RuleDraft } from '@hermes/contracts/rule';
import { processorDeadLetterTopic } from '@hermes/contracts/topics';
import { decisionId } from '@hermes/rules/decision-id';
import { BreakableProxy } from '@hermes/service-kit/testing/breakable-proxy';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import {
  buildService,
  endServices,
  eventually,
  type ServiceProcess,
  serverUrl,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { makeTestProject, type TestProject } from '@hermes/service-kit/testing/test-project';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RulesRepository } from './rules/rules.repository.ts';
import { DecisionLog } from './testing/decision-log.ts';
import { ruleOver as over } from './testing/rules-room.ts';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';

const folder = new URL('..', import.meta.url);

describe.each([1, 8])('rule-engine on a project with %i partitions', (partitions) => {
  let kafka: KafkaDriver;
  let producer: KafkaProducer;
  let database: TestDatabase;
  let postgres: BreakableProxy;
  let project: TestProject;
  let service: ServiceProcess;
  let log: DecisionLog;
  const tokens: Record<'viewer' | 'editor', string> = { viewer: '', editor: '' };

  const start = (): Promise<ServiceProcess> =>
    startService(folder, {
      DATABASE_URL: postgres.url,
      KAFKA_SESSION_TIMEOUT_MS: '6000',
      RULE_ENGINE_REFERENCE_EVERY: '1',
    });
  beforeAll(async () => {
    buildService(folder);
    kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'rule-engine-test' });
    producer = await kafka.producer();
    database = await makeTestDatabase();
    postgres = await BreakableProxy.open(database.url);
    project = await makeTestProject(kafka, partitions);
    tokens.viewer = await project.token('viewer');
    tokens.editor = await project.token('editor');
    log = await DecisionLog.open(kafka, project.id);
    service = await start();
  });
  afterAll(async () => {
    await endServices();
    await log.close();
    await project.remove();
    await kafka.close();
    await postgres.close();
    await database.drop();
  });

  const call = (
    path: string,
    role: 'viewer' | 'editor' = 'editor',
    method = 'GET',
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    fetch(`${service.url}/v1/projects/${project.id}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tokens[role]}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const put = (id: string, draft: unknown): Promise<Response> => call(`rules/${id}`, 'editor', 'PUT', draft);
  const event = (id: string, price: number, more: Partial<HermesEvent> = {}): HermesEvent =>
    sampleEvent(project.id, { id, data: { price }, ...more });
  const send = (events: readonly HermesEvent[]) => producer.send(events.map(eventRecord));
  const idOf = (ruleId: string, ruleVersion: number, eventId: string): string =>
    decisionId({ project: project.id, ruleId, ruleVersion, eventSource: '/test', eventId });
  const seen = (id: string): Promise<Decision> =>
    eventually(`decision ${id}`, () => log.decisions.find((decision) => decision.id === id));

  test('a rule is in force on the next events within a second of its PUT, and each decision names its version', async () => {
    const created = await put('live', over(100));
    expect(created.status).toBe(201);
    expect(await created.json()).toMatchObject({ id: 'live', version: 1 });
    // The group is joined before the clock starts: this is about rules, not about the first start.
    await send([event('live-0', 101)]);
    await seen(idOf('live', 1, 'live-0'));

    const changed = await put('live', over(200));
    const publishedAtMs = Date.now();
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    let n = 0;
    const first = await eventually('a decision of version 2', async () => {
      await send([event(`live-2-${n++}`, 201)]);
      return log.decisions.find((decision) => decision.ruleId === 'live' && decision.ruleVersion === 2);
    });
    expect(log.seenAtMs.get(first.id)! - publishedAtMs).toBeLessThan(1_000);
    expect(first.trace[1]).toMatchObject({ factPath: '$.data.price', actual: 201, expected: 200, outcome: 'true' });

    expect((await call('rules/live', 'editor', 'DELETE')).status).toBe(204);
    expect((await call('rules/live')).status).toBe(404);
  });

  test('every event that a rule fires on gives one decision, through kill -9 of one of two processes', async () => {
    const second = await start();
    await put('exact', over(500));
    await eventually('the rule is in force', async () => {
      await send([event(`probe-${log.decisions.length}-${Date.now()}`, 501)]);
      return log.decisions.find((decision) => decision.ruleId === 'exact');
    });
    const events = Array.from({ length: 3_000 }, (_, i) =>
      event(`exact-${i}`, i % 2 === 0 ? 600 : 400, { subject: `broker:b-${i % 97}` }),
    );
    const expected = events.filter((_, i) => i % 2 === 0).map((one) => idOf('exact', 1, one.id));
    for (let at = 0; at < events.length; at += 300) {
      await send(events.slice(at, at + 300));
      if (at === 900 || at === 2_100) {
        await service.kill('SIGKILL');
        service = await start();
      }
    }
    // Decisions of a partition come in order: when each partition's marker is seen, so is all before it.
    const markers = Array.from({ length: 97 }, (_, i) => event(`marker-${i}`, 501, { subject: `broker:b-${i}` }));
    await send(markers);
    const awaited = new Set(markers.map((one) => idOf('exact', 1, one.id)));
    await eventually(
      'all markers',
      () => (log.ids().filter((id) => awaited.has(id)).length >= awaited.size ? true : undefined),
      100_000,
    );
    const wanted = new Set(expected);
    expect(log.ids().filter((id) => wanted.has(id))).toEqual(expected.sort());
    await second.kill('SIGTERM');
  }, 150_000);

  test('a rule with a suppression fires once for a subject in its period, over a kill -9, and says what it left out', async () => {
    await put('once', { ...over(800), suppression: { seconds: 6 } });
    const isOf =
      (subject: string) =>
      (decision: Decision): boolean =>
        decision.ruleId === 'once' && decision.subject === subject;
    // Another subject, to know that the rule is in force.
    let n = 0;
    await eventually('the rule is in force', async () => {
      await send([event(`once-probe-${n++}`, 801, { subject: 'broker:probe' })]);
      return log.decisions.find(isOf('broker:probe'));
    });
    const subject = 'broker:once';
    const burst = (name: string): Promise<unknown> =>
      send(Array.from({ length: 40 }, (_, i) => event(`${name}-${i}`, 801, { subject })));
    await burst('once-first');
    await eventually('its first decision', () => log.decisions.find(isOf(subject)));
    await service.kill('SIGKILL');
    await burst('once-killed');
    service = await start();
    let m = 0;
    const later = await eventually(
      'its decision after the period',
      async () => {
        await send([event(`once-later-${m++}`, 801, { subject })]);
        return log.decisions.filter(isOf(subject))[1];
      },
      40_000,
    );
    const [first] = log.decisions.filter(isOf(subject));
    expect(first).toMatchObject({ event: { id: 'once-first-0' } });
    expect(first).not.toHaveProperty('suppressed');
    // By receipt all but the two decisions were left out, and none of them twice.
    const at = Number(/later-(\d+)$/u.exec(later.event.id)?.[1] ?? Number.NaN);
    expect(later.suppressed).toBe(79 + at);
    const kept = await eventually('it is kept with its count', async () => {
      const answer = await call(`decisions/${later.id}`);
      return answer.status === 200 ? Decision.parse(await answer.json()) : undefined;
    });
    expect(kept).toEqual(later);
  }, 100_000);

  test('decisions are read back with their trace, by rule and by subject', async () => {
    await put('kept', over(700));
    await eventually('the rule is in force', async () => {
      await send([event(`kept-${Date.now()}`, 701, { subject: 'broker:kept' })]);
      return log.decisions.find((decision) => decision.ruleId === 'kept');
    });
    const decision = log.decisions.find((one) => one.ruleId === 'kept')!;
    const read = await eventually('the decision in ClickHouse', async () => {
      const answer = await call(`decisions/${decision.id}`, 'viewer');
      return answer.status === 200 ? Decision.parse(await answer.json()) : undefined;
    });
    expect(read).toEqual(decision);
    const list = async (query: string): Promise<Decision[]> =>
      ((await (await call(`decisions?${query}`, 'viewer')).json()) as { decisions: Decision[] }).decisions;
    expect((await list('ruleId=kept&limit=1000')).map((one) => one.id)).toContain(decision.id);
    expect(new Set((await list('subject=broker:kept')).map((one) => one.subject))).toEqual(new Set(['broker:kept']));
    const newest = await list('limit=5');
    expect(newest).toHaveLength(5);
    expect(newest.map((one) => one.receivedAt)).toEqual(
      newest
        .map((one) => one.receivedAt)
        .sort()
        .reverse(),
    );
    const paged: string[] = [];
    for (let query = 'limit=2'; ;) {
      const page = (await (await call(`decisions?${query}`, 'viewer')).json()) as {
        decisions: Decision[];
        next: string | null;
      };
      paged.push(...page.decisions.map((one) => one.id));
      if (page.next === null || paged.length >= 6) break;
      query = `limit=2&before=${encodeURIComponent(page.next)}`;
    }
    expect(paged).toEqual((await list('limit=6')).map((one) => one.id));
    expect((await call('decisions?limit=0', 'viewer')).status).toBe(400);
    expect((await call('decisions?before=x', 'viewer')).status).toBe(400);
    expect((await call('decisions/none', 'viewer')).status).toBe(404);
  });

  test('a record that is no event becomes a dead letter with its reason, and holds up nothing behind it', async () => {
    await put('behind', over(800));
    const dead: KafkaRecord[] = [];
    const follower = await kafka.follow({
      topic: processorDeadLetterTopic(project.id, 'rule-engine'),
      onRecord: (record) => void dead.push(record),
    });
    const record = eventRecord(event('broken', 900));
    const home = partitionOf('broker:b-1', partitions);
    await producer.send([
      { ...record, value: '{"id":' },
      ...(partitions > 1 ? [{ ...record, partition: (home + 1) % partitions }] : []),
    ]);
    await send([event('behind', 900)]);
    await eventually('dead letters', () => (dead.length >= Math.min(partitions, 2) ? true : undefined));
    const codes = dead.map((one) => one.headers[DEAD_LETTER_HEADERS.code]?.toString());
    expect(codes.sort()).toEqual(partitions > 1 ? ['not-json', 'wrong-partition'] : ['not-json']);
    await eventually('the decision behind them', () => log.decisions.find((one) => one.event.id === 'behind'));
    await follower.close();
  });

  test('a change that was committed but not published before a crash is published at the next start', async () => {
    await service.kill('SIGKILL');
    const pool = openPostgres(database.url);
    await new RulesRepository(pool).save(project.id, 'crashed', over(1_000), 'test');
    await pool.end();
    service = await start();
    await eventually('a decision of the rule', async () => {
      await send([event(`crashed-${Date.now()}`, 1_001)]);
      return log.decisions.find((decision) => decision.ruleId === 'crashed');
    });
  });

  test('with PostgreSQL away events are evaluated, and people are told that rules cannot be changed', async () => {
    await put('away', over(1_200));
    await send([event('away-1', 1_201)]);
    await eventually('a decision', async () => {
      await send([event(`away-${Date.now()}`, 1_201)]);
      return log.decisions.find((decision) => decision.ruleId === 'away');
    });
    postgres.break();
    const refused = await put('away', over(1_300));
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([503, 'unavailable']);
    await send([event('meanwhile', 1_201)]);
    await eventually('a decision meanwhile', () => log.decisions.find((decision) => decision.event.id === 'meanwhile'));
    postgres.mend();
    await eventually('the database is back', async () =>
      (await put('away', over(1_300))).status === 200 ? true : undefined,
    );
  });

  test('the API tells people what they may not do, and what is wrong', async () => {
    expect((await call('rules', 'viewer', 'POST', over(1))).status).toBe(403);
    expect((await call('rules', 'viewer')).status).toBe(200);
    expect((await fetch(`${service.url}/v1/projects/${project.id}/rules`)).status).toBe(401);
    const key = await project.key(['profiles:read', 'events:write']);
    const asKey = await eventually('the key is known', async () => {
      const answer = await fetch(`${service.url}/v1/projects/${project.id}/rules`, {
        headers: { authorization: `Bearer ${key}` },
      });
      return answer.status === 401 ? undefined : answer;
    });
    expect(asKey.status).toBe(403);

    const wrong = await call('rules', 'editor', 'POST', {
      ...over(1),
      conditions: { all: [{ fact: 'event', operator: 'eqal', value: 1 }] },
    });
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({
      code: 'invalid-rule',
      errors: [
        {
          pointer: '/conditions/all/0/operator',
          code: 'unknown-operator',
          message: expect.stringContaining('did you mean "equal"') as string,
        },
      ],
    });
    expect((await put('Not-An-Id', over(1))).status).toBe(400);
    expect((await call('rules/none', 'viewer')).status).toBe(404);

    const posted = await call('rules', 'editor', 'POST', {
      ...over(1),
      name: 'Gro\u00dfer Deal!',
      eventTypes: ['never.seen'],
    });
    const rule = (await posted.json()) as Rule;
    expect([posted.status, rule.version, rule.alert]).toEqual([201, 1, true]);
    expect(rule.id).toMatch(/^gro-er-deal-[0-9a-f]{6}$/);
    const same = await put(rule.id, { ...over(1), name: 'Gro\u00dfer Deal!', eventTypes: ['never.seen'] });
    expect([same.status, same.headers.get('etag')]).toEqual([200, '"1"']);
    const conflict = await call(
      `rules/${rule.id}`,
      'editor',
      'PUT',
      { ...over(2), eventTypes: ['never.seen'] },
      { 'if-match': '"7"' },
    );
    expect(conflict.status).toBe(412);
  });

  test('json-rules-engine was asked about the events, and said the same', async () => {
    const figures = await (await fetch(`${service.url}/metrics`)).text();
    const figure = (name: string): number => Number(new RegExp(`^hermes_${name} (\\d+)$`, 'mu').exec(figures)?.[1]);
    // A service of another test file may have had the partition since this one was started anew: then this one has evaluated nothing.
    expect(figure('rules_reference_checks_total') > 0).toBe(figure('rules_evaluated_total') > 0);
    expect(figure('rules_reference_contradictions_total')).toBe(0);
  });

  test('a rule that does not pass its own tests is not published, and is told what its conditions saw', async () => {
    const tests = [{ name: 'cheap', event: { data: { price: 5 } }, fires: true }];
    const refused = await put('tested', { ...over(10), tests });
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      {
        code: 'failed-tests',
        errors: [{ pointer: '/tests/0', message: expect.stringContaining('data.price was 5') as unknown }],
      },
    ]);
    expect((await call('rules/tested')).status).toBe(404);
    const passed = [
      { ...tests[0], fires: false },
      { name: 'dear', event: { data: { price: 11 } }, fires: true },
    ];
    expect((await put('tested', { ...over(10), tests: passed })).status).toBe(201);
    expect((await call('rules/tested', 'editor', 'DELETE')).status).toBe(204);
  });

  test('dates in a rule are placed in the time zone of the project, here UTC', async () => {
    const before = (value: string): RuleDraft => ({
      ...over(0),
      conditions: { all: [{ fact: 'event', path: '$.time', operator: 'before', value }] },
      tests: [{ name: 'in time', event: { time: '2026-02-28T23:59:59Z', data: {} }, fires: true }],
    });
    const placed = { conditions: before('2026-03-01T00:00:00+00:00').conditions };
    expect(await (await put('dated', before('2026-03-01'))).json()).toMatchObject({ ...placed, version: 1 });
    expect(await (await put('dated', before('2026-03-01'))).json()).toMatchObject({ ...placed, version: 1 });
    expect((await call('rules/dated', 'editor', 'DELETE')).status).toBe(204);
  });

  test('a dry run shows each condition and writes nothing', async () => {
    await put('dry', { ...over(50), eventTypes: ['never.seen'] });
    const answer = await call('rules/dry/dry-run', 'viewer', 'POST', {
      event: { type: 'never.seen', data: { price: 51 } },
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      ruleId: 'dry',
      ruleVersion: 1,
      interested: true,
      outcome: 'fires',
      trace: [
        { path: '/conditions', outcome: 'true' },
        {
          path: '/conditions/all/0',
          fact: 'event',
          factPath: '$.data.price',
          operator: 'greaterThan',
          actual: 51,
          expected: 50,
          outcome: 'true',
        },
      ],
    });
    const large = { event: { type: 'never.seen', data: { price: 51, note: 'x'.repeat(32 * 1_024) } } };
    expect((await call('rules/dry/dry-run', 'viewer', 'POST', large)).status).toBe(400);
    expect(log.decisions.filter((decision) => decision.ruleId === 'dry')).toEqual([]);
  });
});
