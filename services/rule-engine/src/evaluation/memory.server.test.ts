/** Guards on real servers: facts with a memory decide exactly, by their timers too, through kill -9, an outage and an erasure. */
import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import type { HermesEvent } from '@hermes/contracts/event';
import { RuleTemplates } from '@hermes/contracts/rule-template';
import { followReports, requestErasure } from '@hermes/service-kit/testing/erasure-records';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import {
  buildService,
  endServices,
  eventually,
  type ServiceProcess,
  serverUrl,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';
import { makeTestProject, type TestProject } from '@hermes/service-kit/testing/test-project';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DecisionLog } from '../testing/decision-log.ts';

const folder = new URL('../..', import.meta.url);
const SUBJECTS = 40;

const sequence = {
  name: 'Signed unseen',
  eventTypes: ['deal.signed'],
  conditions: {
    all: [
      {
        fact: 'sequence',
        params: {
          first: { type: 'appointment.created' },
          then: { type: 'deal.signed' },
          without: { type: 'showing.held' },
          within: { hours: 2 },
          same: ['$.data.appointmentId'],
        },
        operator: 'equal',
        value: true,
      },
    ],
  },
  event: { type: 'signed-unseen' },
  severity: 'info',
  alert: false,
  tests: [
    {
      name: 'signed within two hours, and not seen',
      earlier: [{ type: 'appointment.created', before: { minutes: 90 }, data: { appointmentId: 'a-1' } }],
      event: { data: { appointmentId: 'a-1' } },
      fires: true,
    },
    {
      name: 'seen',
      earlier: [
        { type: 'appointment.created', before: { minutes: 90 }, data: { appointmentId: 'a-1' } },
        { type: 'showing.held', before: { minutes: 30 }, data: { appointmentId: 'a-1' } },
      ],
      event: { data: { appointmentId: 'a-1' } },
      fires: false,
    },
  ],
};
const absence = (seconds: number) => ({
  name: 'Not visited',
  eventTypes: ['customer.called'],
  conditions: {
    all: [
      {
        fact: 'absence',
        params: { after: { type: 'customer.called' }, no: { type: 'customer.visited' }, within: { seconds } },
        operator: 'equal',
        value: true,
      },
    ],
  },
  event: { type: 'not-visited' },
  severity: 'info',
  alert: false,
  tests: [{ name: 'nobody comes', event: { data: {} }, waits: { seconds }, fires: true }],
});

describe.each([1, 8])('facts with a memory on %i partitions', (partitions) => {
  let kafka: KafkaDriver;
  let producer: KafkaProducer;
  let database: TestDatabase;
  let project: TestProject;
  let log: DecisionLog;
  let token: string;
  const services: ServiceProcess[] = [];
  let sent = 0;

  const start = async (): Promise<void> => {
    services.push(await startService(folder, { DATABASE_URL: database.url, KAFKA_SESSION_TIMEOUT_MS: '6000' }));
  };
  const kill9 = (): Promise<unknown> => services.shift()!.kill('SIGKILL');
  beforeAll(async () => {
    buildService(folder);
    kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'rule-memory-test' });
    producer = await kafka.producer();
    database = await makeTestDatabase();
    project = await makeTestProject(kafka, partitions);
    token = await project.token('editor');
    log = await DecisionLog.open(kafka, project.id);
    await start();
    await start();
  }, 120_000);
  afterAll(async () => {
    await endServices();
    await log.close();
    await project.remove();
    await kafka.close();
    await database.drop();
  });

  const put = async (id: string, draft: unknown): Promise<void> => {
    const response = await fetch(`${services.at(-1)!.url}/v1/projects/${project.id}/rules/${id}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(draft),
    });
    if (!response.ok) throw new Error(await response.text());
  };
  const event = (
    type: string,
    subject: string,
    data: Record<string, unknown> = {},
    receivedMs = Date.now(),
  ): HermesEvent => {
    const instant = new Date(receivedMs).toISOString();
    return sampleEvent(project.id, { id: `e-${sent++}`, type, subject, data, time: instant, receivedat: instant });
  };
  const send = (...events: readonly HermesEvent[]): Promise<unknown> =>
    producer.send(events.map((one) => ({ ...eventRecord(one), timestampMs: Date.parse(one.receivedat) })));
  const decidedOf = (ruleId: string): readonly string[] =>
    log.decisions.filter((decision) => decision.ruleId === ruleId).map((decision) => decision.event.id);
  /** Sends probes of many subjects until one of each is decided on. */
  const untilInForce = async (ruleId: string, probe: (subject: string) => readonly HermesEvent[]): Promise<void> => {
    const subjects = Array.from({ length: SUBJECTS }, (_, i) => `probe:${ruleId}-${sent}-${i}`);
    let nextMs = 0;
    await eventually(
      `${ruleId} is in force on every partition`,
      async () => {
        const decided = new Set(log.decisions.filter((one) => one.ruleId === ruleId).map(({ subject }) => subject));
        const left = subjects.filter((subject) => !decided.has(subject));
        if (left.length === 0) return true;
        if (Date.now() > nextMs) await send(...left.flatMap(probe));
        if (Date.now() > nextMs) nextMs = Date.now() + 5_000;
        return undefined;
      },
      60_000,
    );
  };

  test('a sequence fires on exactly the events that complete it, through kill -9 of one of two processes', async () => {
    await put('signed-unseen', sequence);
    await untilInForce('signed-unseen', (subject) => [
      event('appointment.created', subject, { appointmentId: 'p' }),
      event('deal.signed', subject, { appointmentId: 'p' }),
    ]);
    const expected: string[] = [];
    const stories = Array.from({ length: 600 }, (_, i) => {
      const subject = `broker:b-${i % SUBJECTS}`;
      const data = { appointmentId: `a-${i}` };
      const signed = event('deal.signed', subject, data);
      const seen = event('showing.held', subject, data);
      if (i % 3 !== 0) expected.push(signed.id);
      return [event('appointment.created', subject, data), ...(i % 3 === 0 ? [seen] : []), signed];
    });
    for (let at = 0; at < stories.length; at += 60) {
      const some = stories.slice(at, at + 60);
      // What belongs together is far apart in the log.
      for (const place of [0, 1, 2]) await send(...some.flatMap((story) => story[place] ?? []));
      if (at === 180 || at === 420) {
        await kill9();
        await start();
      }
    }
    await eventually(
      'all are decided',
      () =>
        decidedOf('signed-unseen').filter((id) => expected.includes(id)).length >= expected.length ? true : undefined,
      60_000,
    );
    const own = log.decisions.filter(
      ({ ruleId, subject }) => ruleId === 'signed-unseen' && subject.startsWith('broker:'),
    );
    expect(own.map(({ event: of }) => of.id).sort()).toEqual(expected.toSorted());
  }, 150_000);

  test('an absence fires within 2 s on an idle partition, and once', { retry: 2, timeout: 100_000 }, async () => {
    await put('not-visited', absence(3));
    await untilInForce('not-visited', (subject) => [event('customer.called', subject)]);
    const waits = event('customer.called', `customer:idle-${sent}`);
    await send(waits);
    const decision = await eventually(
      'the decision',
      () => log.decisions.find((one) => one.event.id === waits.id),
      20_000,
    );
    const dueMs = Date.parse(waits.receivedat) + 3_000;
    expect(decision.receivedAt).toBe(new Date(dueMs).toISOString());
    expect(log.seenAtMs.get(decision.id)! - dueMs).toBeLessThan(2_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(decidedOf('not-visited').filter((id) => id === waits.id)).toHaveLength(1);
  });

  test(
    'after an outage with what was waited for in the backlog there is no false absence',
    { timeout: 150_000 },
    async () => {
      await put('not-visited', absence(8));
      await untilInForce('not-visited', (subject) => [event('customer.called', subject)]);
      const subjects = Array.from({ length: 12 }, (_, i) => `customer:out-${i}`);
      const waiting = subjects.map((subject) => event('customer.called', subject));
      // What is decided on behind them in the log says that they are remembered.
      const marks = Array.from({ length: SUBJECTS }, (_, i) => `mark:m-${i}`).flatMap((subject) => [
        event('appointment.created', subject, { appointmentId: 'm' }),
        event('deal.signed', subject, { appointmentId: 'm' }),
      ]);
      await send(...waiting, ...marks);
      await eventually('all is remembered', () =>
        marks.filter(({ type }) => type === 'deal.signed').every(({ id }) => decidedOf('signed-unseen').includes(id))
          ? true
          : undefined,
      );
      while (services.length > 0) await kill9();
      const dueMs = Date.parse(waiting.at(-1)!.receivedat) + 8_000;
      const visited = subjects.slice(0, 6).map((subject) => event('customer.visited', subject));
      await send(...visited);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs + 1_500 - Date.now())));
      await start();
      await start();
      const expected = waiting.slice(6).map(({ id }) => id);
      await eventually(
        'those that nobody came for are decided',
        () => (expected.every((id) => decidedOf('not-visited').includes(id)) ? true : undefined),
        40_000,
      );
      const own = log.decisions.filter(({ subject }) => subject.startsWith('customer:out-'));
      expect(own.map(({ event: of }) => of.id).sort()).toEqual(expected.toSorted());
    },
  );

  test('what is remembered of a subject is erased with its timer', { timeout: 60_000 }, async () => {
    const reported = await followReports(kafka, project.id);
    const [erased, other] = ['customer:erased', 'customer:kept'].map((subject) => event('customer.called', subject));
    const marks = ['appointment.created', 'deal.signed'].map((type) =>
      event(type, 'customer:erased', { appointmentId: 'm' }),
    );
    await send(erased!, other!, ...marks);
    await eventually('it is remembered', () => log.decisions.find((one) => one.event.id === marks[1]!.id));
    const erasure = await requestErasure(kafka, project.id, 'customer:erased');
    const report = await eventually(
      'the report',
      () => reported.reports.find((one) => one.erasureId === erasure.id && one.store === 'rule_features'),
      20_000,
    );
    // The waiting of the absence, and the beginning of the sequence.
    expect(report).toMatchObject({ remaining: 0, removed: 2 });
    await eventually('the other is decided', () => log.decisions.find((one) => one.event.id === other!.id), 30_000);
    expect(decidedOf('not-visited')).not.toContain(erased!.id);
    await reported.close();
  });

  test('a rule from a template fires on positions, and its decision is read back with what was found', async () => {
    const call = (path: string, body?: unknown): Promise<Response> =>
      fetch(`${services.at(-1)!.url}/v1/projects/${project.id}/${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'accept-language': 'zh' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const listed = RuleTemplates.parse(await (await call('rule-templates')).json());
    expect(listed.templates.map(({ kind }) => kind)).toContain('impossible-travel');
    const wrong = await call('rule-templates/impossible-travel', { parameters: { leastDistanceKm: 0 } });
    expect([wrong.status, await wrong.json()]).toMatchObject([
      400,
      { code: 'invalid-template', errors: [{ pointer: '/parameters/leastDistanceKm' }] },
    ]);
    expect((await call('rule-templates/no-such', {})).status).toBe(404);
    const draft: unknown = await (await call('rule-templates/impossible-travel', { severity: 'critical' })).json();
    await put('travel', draft);
    const found = await eventually(
      'a decision',
      async () => {
        const subject = `broker:far-${sent}`;
        const fix = (seconds: number, latitude: number): HermesEvent => ({
          ...event('broker.location', subject, { longitude: 120.2, latitude, accuracyM: 8 }),
          time: new Date(Date.now() - 200_000 + seconds * 1_000).toISOString(),
        });
        await send(fix(0, 30.2), fix(60, 30.2), fix(120, 31.2), fix(180, 31.2));
        await new Promise((resolve) => setTimeout(resolve, 300));
        return log.decisions.find(({ ruleId }) => ruleId === 'travel');
      },
      30_000,
    );
    expect(found).toMatchObject({ severity: 'critical', findings: [{ kind: 'impossible-travel' }] });
    const kept = await eventually('the decision in ClickHouse', async () => {
      const answer = await call(`decisions/${found.id}`);
      return answer.ok ? ((await answer.json()) as typeof found) : undefined;
    });
    expect(kept.findings).toEqual(found.findings);
  }, 60_000);

  test.runIf(partitions === 1)(
    'a rule that was archived and put in force again fires for nothing that it did not see the end of',
    async () => {
      const call = (method: string, path: string): Promise<Response> =>
        fetch(`${services.at(-1)!.url}/v1/projects/${project.id}/rules/again${path}`, {
          method,
          headers: { authorization: `Bearer ${token}` },
        });
      await put('again', absence(15));
      const early = event('customer.called', 'customer:early');
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      await send(early);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      expect((await call('DELETE', '')).status).toBe(204);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      // Nobody sees that somebody came.
      await send(event('customer.visited', 'customer:early'));
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect((await call('POST', '/versions/1/roll-back')).status).toBeLessThan(300);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const late = event('customer.called', 'customer:late');
      await send(late);
      await eventually(
        'what came after it is decided',
        () => log.decisions.find((one) => one.event.id === late.id && one.ruleId === 'again'),
        40_000,
      );
      expect(decidedOf('again')).not.toContain(early.id);
    },
    90_000,
  );
});
