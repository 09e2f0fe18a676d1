import type { Follower, KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { Erasure, ERASURE_STORES, type ErasureReport } from '@hermes/contracts/erasure';
import type { ErasureView } from '@hermes/contracts/erasure-api';
import { subjectHash } from '@hermes/contracts/subject-hash';
import { erasureReportsTopic, erasuresTopic } from '@hermes/contracts/topics';
import { migrate } from '@hermes/service-kit/migrate';
import type { ProjectWorker } from '@hermes/service-kit/project-workers';
import { BreakableProxy } from '@hermes/service-kit/testing/breakable-proxy';
import { eventually, serverUrl } from '@hermes/service-kit/testing/service-process';
import { makeTestProject, type TestProject } from '@hermes/service-kit/testing/test-project';
import type { Pool } from 'pg';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';
import { ErasurePublisher } from './erasure-publisher.ts';
import { ErasuresRepository } from './erasures.repository.ts';
import { ErasuresService } from './erasures.service.ts';
import { startErasures } from './report-follower.ts';

const logger = pino({ level: process.env['HERMES_TEST_LOG'] ?? 'silent' });
const BY = 'owner@example.org';
const SUBJECT = 'customer:c-7';

/** One process of the service, as far as erasures go. */
interface Process {
  readonly service: ErasuresService;
  close(): Promise<void>;
}

let kafka: KafkaDriver;
let database: TestDatabase;
let proxy: BreakableProxy;
let pool: Pool;
let project: TestProject;
let follower: Follower;
let records: Erasure[];
let processes: Process[];

beforeAll(async () => {
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'erasures-test' });
  database = await makeTestDatabase();
  await migrate(database.url, 'profile_store', new URL('../../migrations', import.meta.url));
  proxy = await BreakableProxy.open(database.url);
  pool = openPostgres(proxy.url);
});
afterAll(async () => {
  await pool.end();
  await proxy.close();
  await kafka.close();
  await database.drop();
});

beforeEach(async () => {
  project = await makeTestProject(kafka, 1);
  records = [];
  processes = [];
  follower = await kafka.follow({
    topic: erasuresTopic(project.id),
    onRecord: ({ value }) => void records.push(Erasure.parse(JSON.parse(value?.toString() ?? ''))),
  });
});
afterEach(async () => {
  await Promise.all(processes.map((one) => one.close()));
  await follower.close();
  await project.remove();
});

async function start(): Promise<Process> {
  const erasures = new ErasuresRepository(pool);
  const publisher = new ErasurePublisher(erasures, kafka, logger);
  const record = { kind: 'project', id: project.id, name: project.id, timeZone: 'UTC', currency: 'CNY' } as const;
  const worker: ProjectWorker = await startErasures(
    { kafka, erasures, publisher, logger },
    { ...record, partitions: project.partitions, dedupWindowMs: 1, createdAt: '2026-01-01T00:00:00.000Z' },
  );
  const one: Process = {
    service: new ErasuresService(erasures, publisher),
    close: async () => {
      processes = processes.filter((other) => other !== one);
      await worker.close();
      await publisher.close();
    },
  };
  processes.push(one);
  return one;
}

async function report(
  erasure: Pick<ErasureView, 'id' | 'subjectHash'>,
  stores: readonly string[],
  given: Partial<ErasureReport> = {},
) {
  const producer = await kafka.producer();
  await producer.send(
    stores.map((store) => {
      const { id: erasureId, subjectHash: hash } = erasure;
      const one: ErasureReport = {
        erasureId,
        subjectHash: hash,
        store,
        removed: 3,
        remaining: 0,
        at: new Date().toISOString(),
        ...given,
      };
      return { topic: erasureReportsTopic(project.id), key: erasureId, value: JSON.stringify(one) };
    }),
  );
  await producer.close();
}
const complete = (service: ErasuresService, id: string): Promise<ErasureView> =>
  eventually('the erasure is complete', async () => {
    const view = await service.get(project.id, id);
    return view.status === 'complete' ? view : undefined;
  });
const announced = (id: string, subject: string | null): Promise<Erasure> =>
  eventually('the record', () => records.find((one) => one.id === id && one.subject === subject));
const openCount = async (): Promise<number> => {
  const { rows } = await pool.query<{ named: number }>(
    'SELECT count(*)::int AS named FROM profile_store.erasures WHERE project = $1 AND subject IS NOT NULL',
    [project.id],
  );
  return rows[0]!.named;
};

test('an erasure is complete when every store has said that nothing remains, and then nobody keeps the subject', async () => {
  const [{ service }] = await Promise.all([start(), start()]);
  const asked = await service.request(project.id, SUBJECT, { reason: 'a letter' }, BY);
  expect(asked).toMatchObject({ status: 'open', missing: ERASURE_STORES, requestedBy: BY, proof: null });
  await announced(asked.id, SUBJECT);

  await report(asked, ERASURE_STORES.slice(1));
  await report(asked, [ERASURE_STORES[0]], { remaining: 1 });
  await eventually('the reports', async () =>
    (await service.get(project.id, asked.id)).stores.length === ERASURE_STORES.length ? true : undefined,
  );
  expect((await service.get(project.id, asked.id)).missing).toEqual([ERASURE_STORES[0]]);

  await report(asked, [ERASURE_STORES[0]]);
  const view = await complete(service, asked.id);
  expect(view).toMatchObject({ missing: [], subjectHash: subjectHash(SUBJECT), proof: { number: 1, previous: null } });
  expect(view.stores.map(({ removed }) => removed)).toEqual(ERASURE_STORES.map(() => 3));
  await announced(asked.id, null);
  expect(records.at(-1)).toMatchObject({ subject: null, subjectHash: subjectHash(SUBJECT) });
  expect(await openCount()).toBe(0);
  expect((await service.list(project.id, { subject: SUBJECT, limit: 10 })).erasures.map(({ id }) => id)).toEqual([
    asked.id,
  ]);
});

test('a process that ends after an erasure was kept leaves it to the next one, which reads all reports again', async () => {
  const asked = await new ErasuresService(new ErasuresRepository(pool), { publishSoon: () => undefined }).request(
    project.id,
    SUBJECT,
    {},
    BY,
  );
  const first = await start();
  await announced(asked.id, SUBJECT);
  await first.close();
  await report(asked, ERASURE_STORES);
  const second = await start();
  await complete(second.service, asked.id);
  await announced(asked.id, null);
});

test('reports of a later erasure speak for an earlier one, and the topic never again names a subject that is erased', async () => {
  const { service } = await start();
  const first = await service.request(project.id, SUBJECT, {}, BY);
  await announced(first.id, SUBJECT);
  const second = await service.request(project.id, SUBJECT, {}, BY);
  await announced(second.id, SUBJECT);
  expect(second.erasedAt > first.erasedAt).toBe(true);
  await report(first, ERASURE_STORES);
  await complete(service, first.id);
  // The earlier one is done, but the topic must go on saying that the later one is not.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(records.at(-1)).toMatchObject({ id: second.id, subject: SUBJECT });

  const third = await service.request(project.id, SUBJECT, {}, BY);
  await announced(third.id, SUBJECT);
  await report(third, ERASURE_STORES);
  const views = [await complete(service, second.id), await complete(service, third.id)];
  expect(views.map((view) => view.proof?.number)).toEqual([2, 3]);
  await announced(third.id, null);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(records.at(-1)).toMatchObject({ id: third.id, subject: null });
});

test('the chain of proofs holds until somebody changes or takes away a complete erasure', async () => {
  const { service } = await start();
  const ids: string[] = [];
  for (const subject of ['customer:1', 'customer:2', 'customer:3']) {
    const asked = await service.request(project.id, subject, {}, BY);
    await report(asked, ERASURE_STORES);
    await complete(service, asked.id);
    ids.push(asked.id);
  }
  const open = await service.request(project.id, 'customer:4', {}, BY);
  expect(await service.verify(project.id, ids[1]!)).toMatchObject({ holds: true, checked: 3, brokenAt: null });
  expect(await service.verify(project.id, open.id)).toMatchObject({ holds: false, brokenAt: null });
  await pool.query('UPDATE profile_store.erasures SET requested_by = $2 WHERE id = $1', [ids[1], 'nobody@example.org']);
  expect(await service.verify(project.id, ids[2]!)).toMatchObject({ holds: false, brokenAt: ids[1] });
  await pool.query('DELETE FROM profile_store.erasures WHERE id = $1', [ids[1]]);
  expect(await service.verify(project.id, ids[0]!)).toMatchObject({ holds: false, brokenAt: ids[2] });
});

test('with PostgreSQL away an erasure is refused, and reports that come meanwhile are not lost', async () => {
  const { service } = await start();
  const asked = await service.request(project.id, SUBJECT, {}, BY);
  await announced(asked.id, SUBJECT);
  proxy.break();
  await expect(service.request(project.id, 'customer:other', {}, BY)).rejects.toMatchObject({
    fields: { status: 503 },
  });
  await report(asked, ERASURE_STORES);
  await new Promise((resolve) => setTimeout(resolve, 500));
  proxy.mend();
  await complete(service, asked.id);
});

test('what is no report is passed over', async () => {
  const { service } = await start();
  const asked = await service.request(project.id, SUBJECT, {}, BY);
  const producer = await kafka.producer();
  await producer.send(['{', '{}', null].map((value) => ({ topic: erasureReportsTopic(project.id), key: 'x', value })));
  await producer.close();
  await report({ id: 'of-nobody', subjectHash: subjectHash('customer:nobody') }, ERASURE_STORES);
  await report({ id: asked.id, subjectHash: subjectHash('customer:nobody') }, ERASURE_STORES);
  await report(asked, ERASURE_STORES.slice(0, -1));
  await eventually('the reports', async () =>
    (await service.get(project.id, asked.id)).stores.length === ERASURE_STORES.length - 1 ? true : undefined,
  );
  expect((await service.get(project.id, asked.id)).missing).toEqual([ERASURE_STORES.at(-1)]);
});
