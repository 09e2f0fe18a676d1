import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { Savepoint, StoppedJob } from '@hermes/contracts/savepoint';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { expect, test, vi } from 'vitest';
import { projectDatabase } from './targets/target-table.ts';
import { expectedDeals, expectedMinutes, foundDeals, foundMinutes, sendDeals, sendEnd } from './testing/deals.ts';
import { JobService } from './testing/job-service.ts';
import { openRunRoom } from './testing/run-room.ts';
import { demoJob, RunHarness } from './testing/run-harness.ts';

// Several processes are started in a row; on a busy machine each may take seconds.
vi.setConfig({ testTimeout: 180_000 });

const PARTITIONS = 2;
const room = openRunRoom(PARTITIONS);

type Found = (client: ClickHouseClient, project: string) => Promise<string[]>;

/** Waits for so many rows; what is there then is for the caller to compare. */
async function rowsAre(found: Found, count: number): Promise<string[]> {
  await eventually(
    `${count} rows`,
    async () => ((await found(room.clickhouse, room.project.id).catch(() => [])).length >= count ? true : undefined),
    60_000,
  ).catch(() => undefined);
  return found(room.clickhouse, room.project.id);
}

test('killed between any two steps of a savepoint, none is half there, none hangs, and each row is there once, also in a run that begins from the one that is', async () => {
  const count = 3_000;
  const harness = await RunHarness.open(room.clickhouse, room.project.id, await demoJob('deal-minutes'));
  const sending = sendDeals(room.producer, room.project.id, 0, count);
  const there = (): Promise<string[]> => readdir(join(harness.savepointFolder, 'job')).catch(() => []);
  for (const point of ['begun', 'delivered', 'written', 'linked']) {
    const dying = harness.start(`savepoint-${point}`);
    await eventually(`it runs, to be killed at ${point}`, () => harness.figures?.lastCheckpoint ?? undefined);
    // The process cannot answer any more: only the file tells.
    expect(await harness.takeSavepoint(dying, point, { thenStop: true })).toBeUndefined();
    expect(await dying.ended).toMatchObject({ kind: 'died' });
    expect(await there()).toEqual(point === 'linked' ? ['linked'] : []);
    harness.figures = undefined;
  }
  harness.nextRunFrom('linked');
  // Killed before it has a checkpoint, it begins from the savepoint once more.
  expect(await harness.start('before-checkpoint').ended).toMatchObject({ kind: 'died' });
  const last = harness.start();
  await sending;
  await sendEnd(room.producer, room.project.id, PARTITIONS);
  const wanted = expectedMinutes(room.project.id, count);
  expect(await rowsAre(foundMinutes, wanted.length)).toEqual(wanted);
  await last.stop();
  expect(harness.figures).toMatchObject({ rowsRead: count + PARTITIONS, rowsWritten: wanted.length, badRows: 0 });
  await harness.close();
});

test('a savepoint is not taken while rows before it are not acknowledged: the run says so in time, and goes on', async () => {
  const harness = await RunHarness.open(room.clickhouse, room.project.id, await demoJob('deals'));
  const table = `${projectDatabase(room.project.id)}.deals`;
  const running = harness.start();
  await sendDeals(room.producer, room.project.id, 0, 100);
  await rowsAre(foundDeals, 90);
  await room.clickhouse.command({ query: `RENAME TABLE ${table} TO ${table}_away` });
  await sendDeals(room.producer, room.project.id, 100, 200);
  await eventually('the table has not taken rows', () => harness.trouble ?? undefined);
  const before = performance.now();
  const refused = harness.takeSavepoint(running, 'refused', { thenStop: true, timeoutMs: 1_000 });
  expect(await harness.takeSavepoint(running, 'second')).toMatchObject({
    kind: 'refused',
    message: 'another savepoint of this run is being taken',
  });
  expect(await refused).toMatchObject({
    kind: 'refused',
    message: expect.stringMatching(/^it was not taken within 1000 ms: .* The run goes on$/) as string,
  });
  expect(performance.now() - before).toBeLessThan(5_000);
  await room.clickhouse.command({ query: `RENAME TABLE ${table}_away TO ${table}` });
  await sendDeals(room.producer, room.project.id, 200, 300);
  expect(await rowsAre(foundDeals, 270)).toEqual(expectedDeals(room.project.id, 300));
  expect(await harness.takeSavepoint(running, 'taken')).toEqual({ kind: 'taken' });
  expect(await readdir(join(harness.savepointFolder, 'job'))).toEqual(['taken']);
  await running.stop();
  // What is no whole savepoint is said to be none, for good.
  await writeFile(join(harness.savepointFolder, 'job', 'taken'), 'HERMESSVP1\n', { flag: 'r+' });
  await writeFile(join(harness.savepointFolder, 'job', 'taken'), 'x', { flag: 'a' });
  harness.nextRunFrom('taken');
  expect(await harness.start().ended).toMatchObject({ kind: 'failed', code: 'savepoint-unreadable', final: true });
  harness.nextRunFrom('never');
  expect(await harness.start().ended).toMatchObject({ kind: 'failed', code: 'savepoint-gone', final: true });
  await harness.close();
});

test('a job stops with a savepoint under load and goes on from it with another text: sums are as of one run, and what does not fit is named', async () => {
  const count = 4_000;
  const service = await JobService.start(room.project);
  const sql = await demoJob('deal-minutes');
  const id = await service.create('deal-minutes', sql, 100);
  expect((await service.call('POST', `jobs/${id}/savepoints`)).body).toMatchObject({ code: 'savepoint-failed' });
  await service.call('POST', `jobs/${id}/start`);
  await service.isIn(id, 'running');
  const sending = sendDeals(room.producer, room.project.id, 0, count);
  await eventually('rows', async () => ((await service.job(id)).run!.rowsRead > 500 ? true : undefined));

  // Every 100 ms a checkpoint: the machine of a test may be busy.
  const { run: then } = await service.job(id);
  await sleep(2_000);
  const { run: later } = await service.job(id);
  expect(later!.lastCheckpoint! - then!.lastCheckpoint!).toBeGreaterThanOrEqual(8);

  for (const [method, path] of [
    ['POST', 'savepoints'],
    ['POST', 'stop'],
    ['DELETE', 'savepoints/s-000000000000'],
  ])
    expect((await service.call(method!, `jobs/${id}/${path!}`, undefined, 'viewer')).status).toBe(403);
  const early = Savepoint.parse((await service.call('POST', `jobs/${id}/savepoints`)).body);
  const stopped = StoppedJob.parse((await service.call('POST', `jobs/${id}/stop`, { savepoint: true })).body);
  expect(stopped).toMatchObject({
    run: { state: 'stopped', reason: null },
    savepoint: { job: id, version: 1, run: `${id}-v1` },
  });
  const last = stopped.savepoint!;
  const listed = { savepoints: [last, early] };
  expect((await service.call('GET', `jobs/${id}/savepoints`, undefined, 'viewer')).body).toEqual(listed);
  await sending;

  // Another key of the windows: their state has no place.
  await service.change(
    id,
    sql
      .replace('line, data.district', 'line, UPPER(data.district)')
      .replace('data.line, data.district;', 'data.line, UPPER(data.district);')
      .replace('data.district,', 'UPPER(data.district),'),
  );
  const misfit = await service.call('POST', `jobs/${id}/start`, { savepoint: last.id });
  expect(misfit).toMatchObject({ status: 422, body: { code: 'savepoint-does-not-fit' } });
  expect((misfit.body as { detail: string }).detail).toMatch(
    /the state of WindowAggregate\(.*differs in: keys\. Start/,
  );
  expect((await service.job(id)).run?.state).toBe('stopped');

  // Another filter and one more INSERT, which begins with what is new.
  await service.change(
    id,
    sql
      .replace("WHERE `type` = 'deal.signed'", "WHERE `type` LIKE 'deal.%'")
      .replace(
        'INSERT INTO',
        `CREATE TABLE later (id STRING NOT NULL) WITH ('connector' = 'clickhouse', 'table.create' = 'true', 'table.order-by' = 'id');\nEXECUTE STATEMENT SET BEGIN\nINSERT INTO later SELECT CAST(receivedat AS STRING) FROM events;\nINSERT INTO`,
      ) + '\nEND;',
  );
  expect((await service.call('POST', `jobs/${id}/start`, { savepoint: last.id })).status).toBe(200);
  expect((await service.call('POST', `jobs/${id}/start`, { savepoint: last.id })).body).toMatchObject({
    code: 'job-running',
  });
  await service.isIn(id, 'running');
  // The run that began from it comes back by its own checkpoints.
  await service.killAndRestart();
  await eventually('the savepoint is not needed any more', async () =>
    (await service.call('DELETE', `jobs/${id}/savepoints/${last.id}`)).status === 204 ? true : undefined,
  );
  await sendEnd(room.producer, room.project.id, PARTITIONS);
  const wanted = expectedMinutes(room.project.id, count);
  expect(await rowsAre(foundMinutes, wanted.length)).toEqual(wanted);
  const { body } = await service.call('GET', `jobs/${id}/savepoints`);
  expect(body).toEqual({ savepoints: [early] });

  // Back to the older one, under other tokens.
  await service.call('POST', `jobs/${id}/stop`);
  expect((await service.call('POST', `jobs/${id}/start`, { savepoint: last.id })).status).toBe(404);
  await service.change(id, sql);
  expect((await service.call('POST', `jobs/${id}/start`, { savepoint: early.id })).status).toBe(200);
  await eventually('what came since is delivered again', async () =>
    (await foundMinutes(room.clickhouse, room.project.id)).length > wanted.length ? true : undefined,
  );

  const { rows } = await service.database.query<{ what: string }>(
    'SELECT what FROM sql_executor.audit ORDER BY number',
  );
  expect(rows.map(({ what }) => what)).toEqual([
    'savepoint-taken',
    'stopped-with-savepoint',
    'started-from-savepoint',
    'savepoint-deleted',
    'started-from-savepoint',
  ]);
  await service.close();
});
