import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import type { Decision } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import { serviceToken } from '@hermes/service-kit/service-token';
import { followReports, requestErasure } from '@hermes/service-kit/testing/erasure-records';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import {
  buildService,
  endServices,
  eventually,
  type ServiceProcess,
  serverUrl,
  startService,
  TEST_SERVICE_SECRET,
} from '@hermes/service-kit/testing/service-process';
import { makeTestProject, type TestProject } from '@hermes/service-kit/testing/test-project';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DecisionLog } from '../testing/decision-log.ts';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';

const folder = new URL('../..', import.meta.url);
const ERASED = 'broker:b-17';
const OTHER = 'broker:b-18';
const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString();

let kafka: KafkaDriver;
let producer: KafkaProducer;
let database: TestDatabase;
let project: TestProject;
let service: ServiceProcess;
let log: DecisionLog;
let reported: Awaited<ReturnType<typeof followReports>>;

const start = (): Promise<ServiceProcess> => startService(folder, { DATABASE_URL: database.url });
beforeAll(async () => {
  buildService(folder);
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'rule-engine-erasure-test' });
  producer = await kafka.producer();
  database = await makeTestDatabase();
  project = await makeTestProject(kafka, 2);
  log = await DecisionLog.open(kafka, project.id);
  reported = await followReports(kafka, project.id);
  service = await start();
});
afterAll(async () => {
  await endServices();
  await Promise.all([log.close(), reported.close()]);
  await project.remove();
  await kafka.close();
  await database.drop();
});

const send = (id: string, subject: string, more: Partial<HermesEvent> = {}): Promise<unknown> =>
  producer.send([
    eventRecord(sampleEvent(project.id, { id, subject, time: YESTERDAY, data: { secret: subject }, ...more })),
  ]);
const decided = (eventId: string): Promise<Decision> =>
  eventually(`the decision on ${eventId}`, () => log.decisions.find((decision) => decision.event.id === eventId));

/** The ids of the events that decisions about the subject are about, as a service reads them. */
async function landed(subject: string): Promise<readonly string[]> {
  const token = await serviceToken(TEST_SERVICE_SECRET, 'profile-store');
  const response = await fetch(`${service.url}/v1/projects/${project.id}/decisions?subject=${subject}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const { decisions } = (await response.json()) as { decisions: readonly Decision[] };
  return decisions.map(({ event }) => event.id).sort();
}

async function rowsAbout(subject: string): Promise<number> {
  const clickhouse = openClickHouse(serverUrl('CLICKHOUSE_URL'));
  const result = await clickhouse.query({
    query: `SELECT count() AS rows FROM rule_engine.decisions
            WHERE project = {project:String} AND position(concat(subject, event_data, trace, outcome), {subject:String}) > 0`,
    query_params: { project: project.id, subject },
    format: 'JSONEachRow',
  });
  const rows = Number((await result.json<{ rows: string }>())[0]?.rows);
  await clickhouse.close();
  return rows;
}

/** Other services on the same servers may take up the project too, and do and report work. */
const reportOf = (erasureId: string, removed: number, sinceMs = 0) =>
  eventually(
    'the report',
    () =>
      reported.reports.find(
        (one) =>
          one.erasureId === erasureId &&
          one.store === 'decisions' &&
          one.removed === removed &&
          Date.parse(one.at) >= sinceMs,
      ),
    40_000,
  );

test('an erasure deletes decisions on what happened until it, and neither a replay nor a restart brings them back', async () => {
  const rule = await fetch(`${service.url}/v1/projects/${project.id}/rules/every-deal`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${await project.token('editor')}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Every deal',
      eventTypes: ['deal.signed'],
      conditions: { all: [{ fact: 'event', path: '$.data.secret', operator: 'notEqual', value: '' }] },
      event: { type: 'seen' },
      severity: 'info',
      alert: false,
      tests: [{ name: 'a deal', event: { data: { secret: 's' } }, fires: true }],
    }),
  });
  expect(rule.status).toBe(201);
  await eventually('the rule is in force', async () => {
    await send(`probe-${Date.now()}`, 'broker:probe');
    return log.decisions[0];
  });
  await send('e-1', ERASED);
  await send('e-2', ERASED);
  await send('o-1', OTHER);
  await eventually('decisions in ClickHouse', async () =>
    (await landed(ERASED)).length + (await landed(OTHER)).length === 3 ? true : undefined,
  );

  const erasure = await requestErasure(kafka, project.id, ERASED);
  expect(await reportOf(erasure.id, 2)).toMatchObject({ store: 'decisions', removed: 2, remaining: 0 });
  expect([await rowsAbout(ERASED), await landed(OTHER)]).toEqual([0, ['o-1']]);

  // A replay that got past ingest: it is decided, but what is decided does not land.
  await send('e-3', ERASED);
  await send('e-4', ERASED, { time: new Date().toISOString() });
  await decided('e-3');
  await decided('e-4');
  await eventually('the newer decision', async () => ((await landed(ERASED)).length > 0 ? true : undefined));
  expect(await landed(ERASED)).toEqual(['e-4']);

  // Open still, so it is done again at the next start: newer data stays.
  await service.kill('SIGKILL');
  const restartedMs = Date.now();
  service = await start();
  expect(await reportOf(erasure.id, 0, restartedMs)).toMatchObject({ store: 'decisions', remaining: 0 });
  expect([await landed(ERASED), await landed(OTHER)]).toEqual([['e-4'], ['o-1']]);
}, 120_000);
