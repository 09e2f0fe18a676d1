import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { PreviewAnswer, type PreviewLimits } from '@hermes/contracts/sql-preview';
import { SqlCatalog } from '@hermes/contracts/sql-catalog';
import { eventsTopic, eventTypesTopic, processorDeadLetterTopic } from '@hermes/contracts/topics';
import {
  buildService,
  eventually,
  serverUrl,
  type ServiceProcess,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { eventRecord } from '@hermes/service-kit/testing/sample-event';
import { type TestDatabase, makeTestDatabase } from '@hermes/service-kit/testing/test-database';
import { makeTestProject, type TestProject } from '@hermes/service-kit/testing/test-project';
import { publishDefinitionSet } from '@hermes/stream-runtime/publish-definitions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dealEvent } from './testing/deals.ts';
import { readPreview, type ToldPreview } from './testing/preview-stream.ts';

async function whole(response: Response): Promise<unknown> {
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  return JSON.parse(text);
}

const folder = new URL('..', import.meta.url);
const DEALS = 200;

const events = (more = ''): string => `CREATE TABLE events (
  id STRING, \`type\` STRING, receivedat TIMESTAMP_LTZ(3), data ROW<line STRING, areaM2 DOUBLE, totalPriceCny DECIMAL(18, 2)>,
  WATERMARK FOR receivedat AS receivedat - INTERVAL '5' SECOND
) WITH ('connector' = 'kafka', 'topic' = '\${project}.events', 'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601',
  'scan.startup.mode' = 'earliest-offset'${more});
`;
const BOUNDED = ", 'scan.bounded.mode' = 'latest-offset'";

describe('preview', () => {
  let kafka: KafkaDriver;
  let producer: KafkaProducer;
  let project: TestProject;
  let service: ServiceProcess;
  let database: TestDatabase;
  let dataDir: string;
  const tokens = { viewer: '', editor: '', stranger: '' };

  beforeAll(async () => {
    buildService(folder);
    kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'preview-test' });
    producer = await kafka.producer();
    project = await makeTestProject(kafka, 2);
    for (const role of ['viewer', 'editor', 'stranger'] as const) tokens[role] = await project.token(role);
    dataDir = await mkdtemp(join(tmpdir(), 'preview-'));
    database = await makeTestDatabase();
    service = await startService(folder, {
      DATABASE_URL: database.url,
      HERMES_DATA_DIR: dataDir,
      SQL_STATE_LIMIT_MB: '8',
    });
    await producer.send([
      ...Array.from({ length: DEALS }, (_, n) => eventRecord(dealEvent(project.id, n))),
      { topic: eventsTopic(project.id), partition: 0, key: 'x', value: '{"id":"bad","data":{"areaM2":"wide"}}' },
    ]);
  });
  afterAll(async () => {
    // A stop of the service ends streams: it does not wait for their limit.
    await service.kill('SIGTERM');
    await project.remove();
    await Promise.all([kafka.close(), database.drop(), rm(dataDir, { recursive: true, force: true })]);
  });

  const post = (
    sql: string,
    limits: Partial<PreviewLimits> = {},
    options: { role?: keyof typeof tokens; stream?: boolean; signal?: AbortSignal } = {},
  ): Promise<Response> =>
    fetch(`${service.url}/v1/projects/${project.id}/preview`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens[options.role ?? 'editor']}`,
        'content-type': 'application/json',
        ...(options.stream === true ? { accept: 'text/event-stream' } : {}),
      },
      body: JSON.stringify({ sql, limits }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  const stream = async (sql: string, limits: Partial<PreviewLimits> = {}): Promise<ToldPreview> =>
    readPreview(await post(sql, limits, { stream: true }));
  const answer = async (sql: string, limits: Partial<PreviewLimits> = {}): Promise<PreviewAnswer> =>
    PreviewAnswer.parse(await whole(await post(sql, limits)));

  test('real events stream as typed rows until their end, bad ones with their reason, and nothing is written anywhere', async () => {
    const told = await stream(
      `${events(BOUNDED)}SELECT id, data.areaM2 AS area, data.totalPriceCny AS price, receivedat FROM events`,
    );
    expect(told.order[0]).toBe('columns');
    expect(told.order.at(-1)).toBe('end');
    expect(told.columns).toEqual({
      statement: 'select',
      columns: [
        { name: 'id', type: 'STRING' },
        { name: 'area', type: 'DOUBLE' },
        { name: 'price', type: 'DECIMAL(18, 2)' },
        { name: 'receivedat', type: 'TIMESTAMP_LTZ(3)' },
      ],
      changelog: 'append',
      key: null,
    });
    const deals = Array.from({ length: DEALS }, (_, n) => dealEvent(project.id, n));
    const expected = deals.map(({ id, data, receivedat }) => [id, data['areaM2'], data['totalPriceCny'], receivedat]);
    const byId = (a: readonly unknown[], b: readonly unknown[]): number => String(a[0]).localeCompare(String(b[0]));
    expect(told.rows.map(({ row }) => row).sort(byId)).toEqual(expected.sort(byId));
    expect(new Set(told.rows.map(({ kind }) => kind))).toEqual(new Set(['+I']));
    expect(told.bad).toMatchObject([
      {
        from: expect.stringMatching(/\.events\/0\/\d+$/) as string,
        value: expect.stringContaining('"wide"') as string,
        reason: expect.stringContaining('areaM2') as string,
      },
    ]);
    expect(told.progress).toMatchObject({
      rowsRead: DEALS + 1,
      rows: DEALS,
      badRows: 1,
      sources: [{ table: 'events', rowsRead: DEALS + 1 }],
    });
    expect(told.end).toEqual({ reason: 'end-of-input' });
    const admin = await kafka.admin();
    const letters = await admin.offsets(processorDeadLetterTopic(project.id, 'sql-executor'));
    await admin.close();
    expect([...letters.values()].map(({ latest }) => latest)).toEqual([0]);
    expect(await readdir(dataDir)).toEqual([]);
  });

  test('an updating query tells its key and its updates, and a whole answer has what a stream tells', async () => {
    const sql = `${events(BOUNDED)}SELECT data.line AS line, COUNT(*) AS n FROM events WHERE \`type\` = 'deal.signed' GROUP BY data.line`;
    const told = await answer(sql);
    expect(told).toMatchObject({
      changelog: 'retract',
      key: ['line'],
      end: { reason: 'end-of-input' },
      progress: { badRows: 0 },
    });
    const lines = new Map<unknown, unknown>();
    const kinds = new Set<string>();
    for (const { kind, row } of told.rows) {
      kinds.add(kind);
      if (kind === '+I' || kind === '+U') lines.set(row[0], row[1]);
    }
    expect(kinds).toEqual(new Set(['+I', '-U', '+U']));
    expect([...lines.values()].reduce((sum: number, n) => sum + Number(n), 0)).toBe((DEALS / 10) * 9);
  });

  test('an unbounded source is read to the limit of time, with a watermark, or of rows; closed windows come', async () => {
    const windows = `${events()}SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE events, DESCRIPTOR(receivedat), INTERVAL '1' MINUTE) GROUP BY window_start, window_end`;
    const [inTime, inRows] = await Promise.all([
      stream(windows, { timeMs: 2_000 }),
      stream(`${events()}SELECT id FROM events`, { rows: 7 }),
    ]);
    expect(inTime.end).toEqual({ reason: 'limit', limit: 'time' });
    expect(inTime.rows[0]?.row).toEqual(['2026-01-01T00:00:00.000', 100]);
    expect(inTime.progress?.sources[0]?.watermark).toMatch(/^2026-01-01T00:01/);
    expect(inRows.end).toEqual({ reason: 'limit', limit: 'rows' });
    expect(inRows.rows).toHaveLength(7);
  });

  test('an INSERT shows what it would write, SHOW and DESCRIBE and EXPLAIN answer in the same form', async () => {
    const sink = "CREATE TABLE shown (id STRING NOT NULL, area DECIMAL(6, 1)) WITH ('connector' = 'print');\n";
    const inserted = await answer(
      `${events(BOUNDED)}${sink}INSERT INTO shown SELECT id, CAST(data.areaM2 AS DECIMAL(6, 1)) FROM events WHERE id = 'e-1'`,
    );
    expect(inserted).toMatchObject({ statement: 'insert', rows: [{ kind: '+I', row: ['e-1', '40.5'] }] });
    expect(await answer(`${events()}DESCRIBE events`)).toMatchObject({
      statement: 'rows',
      rows: [{ row: ['id', 'STRING', 'TRUE', null, null, null] }, {}, {}, {}],
    });
    expect((await answer(`${events()}SHOW TABLES`)).rows).toEqual([{ kind: '+I', row: ['events'] }]);
    const explained = await answer(`${events()}EXPLAIN SELECT id FROM events`);
    expect(explained).toMatchObject({ statement: 'explain', nodes: [{ name: 'Source' }, {}, {}] });
    expect(
      (await answer("SELECT 1 AS small, CAST('9007199254740993' AS BIGINT) AS big, TIMESTAMP '2026-01-01 10:00:00'"))
        .rows,
    ).toEqual([{ kind: '+I', row: [1, '9007199254740993', '2026-01-01T10:00:00'] }]);
  });

  test('a text that cannot run answers the problems of validate, and who may not write jobs may not preview', async () => {
    const refused = await post(`${events()}SELECT nothing FROM events`);
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ code: 'invalid-sql', problems: [{ line: 6, column: 8 }] });
    expect((await post('SELECT 1', { rows: 0 })).status).toBe(400);
    expect((await post('SELECT 1', {}, { role: 'viewer' })).status).toBe(403);
    expect((await post('SELECT 1', {}, { role: 'stranger' })).status).toBe(403);
  });

  test('a failure is told with its place; a table that is not there too', async () => {
    const sql = `${events(BOUNDED)}SELECT data.line, SUM(CAST(n AS INT)) FROM (SELECT data, COUNT(*) / (COUNT(*) - 1) AS n FROM events GROUP BY data) GROUP BY data.line`;
    expect((await stream(sql)).end).toMatchObject({ reason: 'failed', code: 'job-failed', line: 6, column: 1 });
    const missing = events().replace('.events', '.nothing-there');
    expect((await stream(`\n${missing}SELECT id FROM events`)).end).toMatchObject({
      reason: 'failed',
      message: expect.stringContaining('nothing-there does not exist') as string,
      line: 2,
      column: 14,
    });
  });

  test('as many previews as a project may have run at once; whoever closes the connection frees the place', async () => {
    const sql = `${events()}SELECT id FROM events`;
    const aborts = [new AbortController(), new AbortController(), new AbortController()];
    const running = await Promise.all(aborts.map(({ signal }) => post(sql, {}, { stream: true, signal })));
    expect(running.map(({ status }) => status)).toEqual([200, 200, 200]);
    const refused = await post(sql, {}, { stream: true });
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: 'too-many-previews' });
    const told = running.map((each, i) => readPreview(each, ({ rows }) => rows.length > 0 && aborts[i]!.abort()));
    expect((await Promise.all(told)).every(({ rows, end }) => rows.length > 0 && end === undefined)).toBe(true);
    await eventually('a place is free', async () => (await post(sql, { rows: 1 })).status === 200 || undefined);
  });

  test('a query that keeps more than a run may fails alone, and says what takes the room', async () => {
    const sql = `${events(BOUNDED)}SELECT COUNT(DISTINCT x) FROM (SELECT REPEAT(id, 20000) AS x FROM events)`;
    const [failed, other] = await Promise.all([stream(sql), answer('SELECT 1')]);
    expect(failed.end).toMatchObject({
      reason: 'failed',
      code: 'job-failed',
      message: expect.stringContaining('limit of 8 MB') as string,
    });
    expect(other.rows).toHaveLength(1);
  });

  test('the tables of the event catalogue are ready to be queried, in the language of the reader', async () => {
    const path = `${service.url}/v1/projects/${project.id}/sql/catalog`;
    const catalog = async (): Promise<SqlCatalog> => {
      const headers = { authorization: `Bearer ${tokens.viewer}`, 'accept-language': 'zh-CN' };
      return SqlCatalog.parse(await (await fetch(path, { headers })).json());
    };
    expect(await catalog()).toMatchObject({ eventTypes: [], events: { table: 'events' } });
    const type = {
      type: 'deal.signed',
      version: 1,
      createdAt: new Date().toISOString(),
      title: { en: 'Deal signed', zh: '签约成交' },
      description: { en: 'Signed.', zh: '签约。' },
      schema: {
        type: 'object',
        properties: {
          line: { enum: ['rental'], 'x-title': { en: 'Line', zh: '业务线' } },
          signedAt: { type: 'string', format: 'date-time' },
          totalPriceCny: { type: 'string', pattern: '^\\d+\\.\\d{2}$', examples: ['1.00'], 'x-unit': 'CNY' },
        },
      },
      places: [],
      example: {},
    };
    await publishDefinitionSet(kafka, eventTypesTopic(project.id), {
      members: [{ id: type.type, version: 1, value: JSON.stringify(type) }],
      publishedAt: type.createdAt,
    });
    const found = await eventually('the type is in the catalog', async () => (await catalog()).eventTypes?.[0]);
    expect(found).toMatchObject({ type: 'deal.signed', view: 'deal_signed', title: type.title });
    expect(found.createTable).toContain("line STRING '业务线'");
    const told = await answer(
      `${found.createTable.replace('earliest-offset', "earliest-offset', 'scan.bounded.mode' = 'latest-offset")}
      ${found.createView} SELECT id, line, totalPriceCny, signedAt FROM ${found.view} WHERE subject = 'broker:b-1'`,
    );
    const deals = Array.from({ length: DEALS }, (_, n) => dealEvent(project.id, n)).filter(
      (event) => event.subject === 'broker:b-1' && event.type === 'deal.signed',
    );
    expect(told.rows.map(({ row }) => row)).toEqual(
      deals.map(({ id, data }) => [id, data['line'], data['totalPriceCny'], data['signedAt']]),
    );
    expect(told.end).toEqual({ reason: 'end-of-input' });
  });
});
