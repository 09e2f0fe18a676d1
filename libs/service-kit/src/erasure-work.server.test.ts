import type { KafkaAdmin, KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { erasureReportsTopic, erasuresTopic, projectTopics } from '@hermes/contracts/topics';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { followErasures } from './erasure-copy.ts';
import { eraseOnRequest, type ErasableStore } from './erasure-work.ts';
import { followReports, requestErasure } from './testing/erasure-records.ts';
import { eventually, serverUrl } from './testing/service-process.ts';
import { uniqueName } from './testing/test-project.ts';

let kafka: KafkaDriver;
let project: string;
const closers: (() => Promise<void>)[] = [];
beforeAll(() => {
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'erasure-test' });
});
afterAll(() => kafka.close());
// A project that stands on no `hermes.control`: services that run beside this test would do its erasures too, and report them.
beforeEach(async () => {
  project = uniqueName();
  const names = [erasuresTopic(project), erasureReportsTopic(project)];
  await withAdmin((admin) => admin.ensureTopics(projectTopics(project, 1).filter(({ name }) => names.includes(name))));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await withAdmin((admin) => admin.deleteTopics([erasuresTopic(project), erasureReportsTopic(project)]));
});

async function withAdmin(work: (admin: KafkaAdmin) => Promise<unknown>): Promise<void> {
  const admin = await kafka.admin();
  await work(admin).finally(() => admin.close());
}

/** Rows of one subject, and how often they were deleted. */
class Rows implements ErasableStore {
  readonly name = 'event_log';
  rows: number;
  deletions = 0;
  constructor(rows: number) {
    this.rows = rows;
  }
  async count(): Promise<number> {
    return this.rows;
  }
  async remove(): Promise<void> {
    this.rows = 0;
    this.deletions += 1;
  }
}

async function run(store: ErasableStore, settled: () => Promise<boolean> = async () => true): Promise<void> {
  const logger = pino({ level: 'silent' });
  const copy = await followErasures(kafka, project, logger);
  const work = eraseOnRequest({ kafka, project, copy, stores: [store], settled, logger, settleMs: 50 });
  closers.push(async () => {
    await work.close();
    await copy.close();
  });
}

async function reportsOf(count: number) {
  const { reports, close } = await followReports(kafka, project);
  closers.push(close);
  return eventually(`${count} reports`, () => (reports.length >= count ? reports : undefined));
}

test('what a batch under way brings back after the first deletion is deleted before the report, and counted', async () => {
  const store = new Rows(3);
  await run(store, async () => {
    if (store.deletions === 1) store.rows = 2;
    return true;
  });
  const erasure = await requestErasure(kafka, project, 'broker:b-1');
  const [report] = await reportsOf(1);
  expect(report).toMatchObject({ erasureId: erasure.id, store: 'event_log', removed: 5, remaining: 0 });
  expect(store.rows).toBe(0);
});

test('nothing is reported before what was under way has landed, however long that takes', async () => {
  const store = new Rows(1);
  let asked = 0;
  await run(store, async () => ++asked > 2);
  await requestErasure(kafka, project, 'broker:b-1');
  expect(await reportsOf(1)).toHaveLength(1);
  expect(asked).toBe(3);
});

test('an erasure that was open before the start is done at the start; one that was closed is not', async () => {
  await requestErasure(kafka, project, 'broker:b-1');
  await requestErasure(kafka, project, 'broker:b-2', { subject: null });
  const store = new Rows(4);
  await run(store);
  const reports = await reportsOf(1);
  expect(reports.map(({ removed }) => removed)).toEqual([4]);
  expect(store.deletions).toBe(1);
});

test('erasures that come at the same time are each reported', async () => {
  await run(new Rows(0));
  const subjects = Array.from({ length: 20 }, (_, i) => `broker:b-${i}`);
  const erasures = await Promise.all(subjects.map((subject) => requestErasure(kafka, project, subject)));
  const reports = await reportsOf(20);
  expect(reports.map(({ erasureId }) => erasureId).sort()).toEqual(erasures.map(({ id }) => id).sort());
});
