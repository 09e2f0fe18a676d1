import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import type { HermesEvent } from '@hermes/contracts/event';
import { IngestAnswer, IngestProgress } from '@hermes/contracts/ingest-api';
import { BreakableProxy } from '@hermes/service-kit/testing/breakable-proxy';
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
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type IngestProject, makeProject } from '../testing/test-project.ts';

const INGEST = new URL('../..', import.meta.url);
const ERASED = 'broker:b-17';
const OTHER = 'broker:b-18';
const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString();

let kafka: KafkaDriver;
let proxy: BreakableProxy;
let project: IngestProject;
let ingest: ServiceProcess;
let reported: Awaited<ReturnType<typeof followReports>>;

const start = (): Promise<ServiceProcess> => startService(INGEST, { CLICKHOUSE_URL: proxy.url });

beforeAll(() => {
  buildService(INGEST);
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'ingest-erasure-test' });
});
afterAll(() => kafka.close());
beforeEach(async () => {
  proxy = await BreakableProxy.open(serverUrl('CLICKHOUSE_URL'));
  project = await makeProject(kafka);
  reported = await followReports(kafka, project.id);
  ingest = await start();
});
afterEach(async () => {
  await endServices();
  await reported.close();
  await project.remove();
  await proxy.close();
});

const event = (id: string, subject: string, more: Record<string, unknown> = {}) => ({
  ...{ specversion: '1.0', id, source: 'test:source', type: 'deal.signed', subject, time: YESTERDAY },
  data: { secret: `of ${subject}` },
  ...more,
});

const send = (items: readonly unknown[]): Promise<IngestAnswer> =>
  eventually('events are taken', async () => {
    const response = await fetch(`${ingest.url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${project.writeKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(items),
    });
    if ([401, 404, 503].includes(response.status)) return void (await response.body?.cancel());
    return IngestAnswer.parse(await response.json());
  });

const read = (path: string): Promise<Response> =>
  fetch(`${ingest.url}/v1/projects/${project.id}/${path}`, {
    headers: { authorization: `Bearer ${project.readKey}` },
  });

/** The counts of the source once everything of the answer is through. */
const countsAfter = (answer: IngestAnswer): Promise<IngestProgress['source']> =>
  eventually('the inbox is processed', async () => {
    const response = await read('ingest-progress?source=test:source');
    const { processed, source } = IngestProgress.parse(await response.json());
    const isThrough = Object.entries(answer.positions).every(([partition, end]) => (processed[partition] ?? 0) >= end);
    return isThrough ? source : undefined;
  });

/** Ids in the history of everything that is on the topic now. */
async function history(): Promise<readonly string[]> {
  const text = await eventually('the whole history', async () => {
    const response = await read('events?complete=true');
    const body = await response.text();
    return response.ok ? body : undefined;
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as HermesEvent).id)
    .sort();
}

async function deadLetters(): Promise<readonly string[]> {
  const response = await read('dead-letters?limit=1000');
  const { deadLetters: letters } = (await response.json()) as { deadLetters?: { subject: string | null }[] };
  return (letters ?? []).map(({ subject }) => subject ?? '').sort();
}

/** Rows, merged or not, of all kinds of this project that hold the subject's name. */
async function rowsAbout(subject: string): Promise<number> {
  const clickhouse = openClickHouse(serverUrl('CLICKHOUSE_URL'));
  const result = await clickhouse.query({
    query: `
      SELECT count() AS rows FROM (
        SELECT concat(subject, data) AS held FROM ingest.event_log WHERE project = {project:String}
        UNION ALL SELECT concat(subject, value) FROM ingest.dead_letter WHERE project = {project:String}
      ) WHERE position(held, {subject:String}) > 0`,
    query_params: { project: project.id, subject },
    format: 'JSONEachRow',
  });
  const rows = Number((await result.json<{ rows: string }>())[0]?.rows);
  await clickhouse.close();
  return rows;
}

/**
 * What each store has removed, once both have reported `enough`. Another ingest on the same servers may take up the project too, and
 * do and report the same work: the largest figure counts.
 */
const removedBy = (
  erasureId: string,
  enough: Readonly<Record<'event_log' | 'dead_letter', number>>,
): Promise<Readonly<Record<string, number>>> =>
  eventually(
    'the reports',
    () => {
      const removed: Record<string, number> = {};
      for (const report of reported.reports) {
        expect(report.remaining).toBe(0);
        if (report.erasureId !== erasureId) continue;
        removed[report.store] = Math.max(removed[report.store] ?? 0, report.removed);
      }
      const isEnough = Object.entries(enough).every(([store, rows]) => (removed[store] ?? -1) >= rows);
      return isEnough ? removed : undefined;
    },
    40_000,
  );

test('an erasure deletes events and dead letters, and neither a replay nor a second reading brings them back; newer events are kept', async () => {
  const wrong = (id: string, subject: string) => event(id, subject, { data: 'no object' });
  await countsAfter(
    await send([event('e-1', ERASED), event('e-2', ERASED), event('o-1', OTHER), wrong('w-1', ERASED)]),
  );
  await send([wrong('w-2', OTHER)]);
  await eventually('the dead letters', async () => ((await deadLetters()).length === 2 ? true : undefined));
  expect(await history()).toEqual(['e-1', 'e-2', 'o-1']);

  const erasure = await requestErasure(kafka, project.id, ERASED);
  const expected = { event_log: 2, dead_letter: 1 };
  expect(await removedBy(erasure.id, expected)).toMatchObject(expected);
  expect(await rowsAbout(ERASED)).toBe(0);
  expect([await history(), await deadLetters()]).toEqual([['o-1'], [OTHER]]);

  // The client replays, right and wrong; and the landing reads records again that were on the topic before.
  const replayed = await send([event('e-3', ERASED), event('o-3', OTHER), wrong('w-3', ERASED)]);
  expect(replayed).toMatchObject({ accepted: 2, rejected: 1 });
  const counts = await countsAfter(await send([event('e-4', ERASED, { time: new Date().toISOString() })]));
  expect(counts).toEqual({ accepted: 5, duplicates: 0, deadLettered: 0, erased: 1 });
  const producer = await kafka.producer();
  const again = { source: 'test:source', subject: ERASED, time: YESTERDAY };
  await producer.send([eventRecord(sampleEvent(project.id, { id: 'e-1', ...again }))]);
  await producer.close();
  expect(await history()).toEqual(['e-4', 'o-1', 'o-3']);
  expect(await deadLetters()).toEqual([OTHER]);
}, 120_000);

test('an erasure that waits for ClickHouse, or that a crash interrupts, is done; one that is closed keeps data out by its hash', async () => {
  await countsAfter(await send([event('e-1', ERASED), event('o-1', OTHER)]));
  expect(await history()).toEqual(['e-1', 'o-1']);
  proxy.break();
  await countsAfter(await send([event('e-2', ERASED), event('o-2', OTHER)]));
  const first = await requestErasure(kafka, project.id, ERASED);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  proxy.mend();
  await removedBy(first.id, { event_log: 1, dead_letter: 0 });
  expect(await history()).toEqual(['o-1', 'o-2']);

  const second = await requestErasure(kafka, project.id, OTHER);
  await ingest.kill('SIGKILL');
  ingest = await start();
  await removedBy(second.id, { event_log: 0, dead_letter: 0 });
  expect(await rowsAbout(OTHER)).toBe(0);

  await requestErasure(kafka, project.id, OTHER, { ...second, subject: null });
  await ingest.kill('SIGTERM');
  ingest = await start();
  const counts = await countsAfter(await send([event('o-3', OTHER)]));
  expect(counts.erased).toBe(1);
  expect(await history()).toEqual([]);
}, 120_000);
