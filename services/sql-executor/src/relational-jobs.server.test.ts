import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decisionsTopic } from '@hermes/contracts/topics';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { expect, test, vi } from 'vitest';
import { projectDatabase } from './targets/target-table.ts';
import { dealEvent, sendDeals } from './testing/deals.ts';
import { openRunRoom } from './testing/run-room.ts';
import { RunHarness } from './testing/run-harness.ts';

// Several processes are started in a row; on a busy machine each may take seconds.
vi.setConfig({ testTimeout: 180_000 });

const PARTITIONS = 4;
const KILLED = { kind: 'died', reason: "the run's process ended with SIGKILL" };
const room = openRunRoom(PARTITIONS);

const EVENTS = `CREATE TABLE events (id STRING, subject STRING, \`type\` STRING, data STRING)
WITH ('connector' = 'kafka', 'topic' = '\${project}.events', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
`;
const target = (name: string, columns: string): string =>
  `CREATE TABLE ${name} (id STRING NOT NULL${columns}) WITH ('connector' = 'clickhouse', 'table.create' = 'true', 'table.order-by' = 'id');\n`;
const STATEMENT_SET = `${EVENTS}${target('deals', '')}${target('others', ', kind STRING')}
EXECUTE STATEMENT SET BEGIN
INSERT INTO deals SELECT id FROM events WHERE \`type\` = 'deal.signed';
INSERT INTO others SELECT id, \`type\` FROM events WHERE \`type\` <> 'deal.signed';
END;`;
const JOIN = `${EVENTS}CREATE TABLE decisions (eventId STRING, rule STRING)
WITH ('connector' = 'kafka', 'topic' = '\${project}.decisions', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
${target('decided', ', subject STRING, rule STRING, data STRING')}
INSERT INTO decided SELECT e.id, e.subject, d.rule, e.data FROM events AS e JOIN decisions AS d ON e.id = d.eventId;`;

async function linesOf(table: string, columns: readonly string[]): Promise<string[]> {
  const answer = await room.clickhouse.query({
    query: `SELECT concatWithSeparator(' ', ${columns.join(', ')}) AS line FROM ${projectDatabase(room.project.id)}.${table}`,
    format: 'JSONEachRow',
  });
  return (await answer.json<{ line: string }>()).map(({ line }) => line).sort();
}

const linesAre = (table: string, columns: readonly string[], count: number): Promise<unknown> =>
  eventually(
    `${count} rows of ${table}`,
    async () => ((await linesOf(table, columns)).length >= count ? true : undefined),
    60_000,
  ).catch(() => undefined);

const RULES = ['first', 'second'];
/** Every third event is decided on, by two rules. */
const isDecided = (n: number): boolean => n % 3 === 0;

async function sendDecisions(from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i).filter(isDecided);
  await room.producer.send(
    numbers.flatMap((n) =>
      RULES.map((rule) => ({
        topic: decisionsTopic(room.project.id),
        partition: n % PARTITIONS,
        key: null,
        value: JSON.stringify({ eventId: `e-${n}`, rule }),
      })),
    ),
  );
}

test('a statement set reads its source once and writes each row into its table once, killed between the tables and at random', async () => {
  const count = 2_000;
  const harness = await RunHarness.open(room.clickhouse, room.project.id, STATEMENT_SET);
  await sendDeals(room.producer, room.project.id, 0, count / 2);
  expect(await harness.start('block-inserted').ended).toEqual(KILLED);
  const sending = sendDeals(room.producer, room.project.id, count / 2, count);
  expect(await harness.start('checkpoint-durable').ended).toEqual(KILLED);
  const random = harness.start();
  await sleep(300 + Math.random() * 2_500);
  await harness.kill(random);
  await sending;
  harness.figures = undefined;
  const last = harness.start();
  const events = Array.from({ length: count }, (_, n) => dealEvent(room.project.id, n));
  const deals = events.filter(({ type }) => type === 'deal.signed').map(({ id }) => id);
  const others = events.filter(({ type }) => type !== 'deal.signed').map(({ id, type }) => `${id} ${type}`);
  await linesAre('deals', ['id'], deals.length);
  await linesAre('others', ['id', 'kind'], others.length);
  await eventually('the last process has begun', () => harness.figures?.lastCheckpoint ?? undefined, 60_000);
  await last.stop();
  expect(await last.ended).toEqual({ kind: 'stopped' });
  expect(await linesOf('deals', ['id'])).toEqual(deals.toSorted());
  expect(await linesOf('others', ['id', 'kind'])).toEqual(others.toSorted());
  expect(harness.figures).toMatchObject({ rowsRead: count, rowsWritten: count, badRows: 0 });
  await harness.close();
});

test('a join of two topics has each pair once, from checkpoints of changes, killed in the midst and at random', async () => {
  const count = 2_400;
  const harness = await RunHarness.open(room.clickhouse, room.project.id, JOIN);
  const first = harness.start('checkpoint-durable:4');
  await eventually('it has begun', () => harness.figures);
  // The later half is decided on before it happens, the earlier half afterwards.
  await sendDecisions(count / 2, count);
  const dealing = sendDeals(room.producer, room.project.id, 0, count);
  expect(await first.ended).toEqual(KILLED);
  expect(await newestState(harness.folder)).toBe('changes');
  const second = harness.start('batch-processed');
  const sending = dealing.then(() => sendDecisions(0, count / 2));
  expect(await second.ended).toEqual(KILLED);
  const random = harness.start();
  await sleep(300 + Math.random() * 2_500);
  await harness.kill(random);
  await sending;
  harness.figures = undefined;
  const last = harness.start();
  const wanted = Array.from({ length: count }, (_, n) => n)
    .filter(isDecided)
    .flatMap((n) => RULES.map((rule) => `e-${n} ${dealEvent(room.project.id, n).subject} ${rule}`));
  const columns = ['id', 'subject', 'rule'];
  await linesAre('decided', columns, wanted.length);
  await eventually('the last process has begun', () => harness.figures?.lastCheckpoint ?? undefined, 60_000);
  await last.stop();
  expect(await last.ended).toEqual({ kind: 'stopped' });
  expect(await linesOf('decided', columns)).toEqual(wanted.toSorted());
  expect(harness.figures).toMatchObject({ rowsRead: count + wanted.length, rowsWritten: wanted.length });
  await harness.close();
});

test('state past its limit ends the run for a person, with what takes the room and what to do', async () => {
  const harness = await RunHarness.open(room.clickhouse, room.project.id, JOIN);
  harness.stateLimitBytes = 2 ** 20;
  await sendDeals(room.producer, room.project.id, 0, 6_000);
  const end = await harness.start().ended;
  expect(end).toMatchObject({ kind: 'failed', code: 'job-failed', final: true });
  expect(end.kind === 'failed' && end.message).toMatch(
    /more than the limit of 1 MB; most of it .* is the join's .*ttl/,
  );
  await harness.close();
});

test('checkpoints of another format end the run for a person, who is told how to begin anew', async () => {
  const harness = await RunHarness.open(room.clickhouse, room.project.id, STATEMENT_SET);
  await mkdir(join(harness.folder, '0'), { recursive: true });
  await writeFile(join(harness.folder, '0', '000000000001'), 'HERMESCKP1\nfrom before the relational engine');
  const end = await harness.start().ended;
  expect(end).toMatchObject({ kind: 'failed', code: 'state-unreadable', final: true });
  expect(end.kind === 'failed' && end.message).toMatch(/made by another version .* Save a new version of the job/);
  await harness.close();
});

/** Whether the newest checkpoint is whole, or has only what changed. */
async function newestState(folder: string): Promise<string | undefined> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => /\/\d{12}$/.test(name));
  const [newest] = files.sort((a, b) => Number(b.split('/').at(-1)) - Number(a.split('/').at(-1)));
  return /"state":"(\w+)"/.exec((await readFile(join(folder, newest!))).toString('latin1'))?.[1];
}
