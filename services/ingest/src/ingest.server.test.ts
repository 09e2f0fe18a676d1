import { gzipSync } from 'node:zlib';
import type { KafkaDriver, KafkaRecord } from '@hermes/connectors/kafka/driver';
import { DEAD_LETTER_HEADERS, EVENT_HEADERS, HermesEvent } from '@hermes/contracts/event';
import { inboxRecord } from '@hermes/contracts/inbox-record';
import { IngestAnswer, IngestProgress } from '@hermes/contracts/ingest-api';
import { partitionOf } from '@hermes/contracts/partitioning';
import { eventsDeadLetterTopic, eventsTopic } from '@hermes/contracts/topics';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import {
  buildService,
  endServices,
  eventually,
  type ServiceProcess,
  serverUrl,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type IngestProject, makeProject } from './testing/test-project.ts';

const SOURCE = 'test:source';
const INGEST = new URL('..', import.meta.url);

const startIngest = (environment: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> =>
  startService(INGEST, environment);

let kafka: KafkaDriver;
let project: IngestProject;
let ingest: ServiceProcess;

beforeAll(() => {
  buildService(INGEST);
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'ingest-test' });
});
afterAll(async () => {
  await endServices();
  await kafka.close();
});
beforeEach(async () => {
  project = await makeProject(kafka);
});
afterEach(() => project.remove());

const event = (id: string, more: Record<string, unknown> = {}) => ({
  specversion: '1.0',
  id,
  source: SOURCE,
  type: 'deal.signed',
  subject: 'broker:b-17',
  time: '2026-03-01T10:00:00+08:00',
  data: { totalPriceCny: '3350000.00' },
  ...more,
});

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${ingest.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${project.writeKey}`, 'content-type': 'application/json', ...headers },
    body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body),
  });
}

const answerOf = async (response: Response): Promise<IngestAnswer> => IngestAnswer.parse(await response.json());

/** Sends once the project has reached the service. */
const send = (items: unknown): Promise<IngestAnswer> =>
  eventually('events are taken', async () => {
    const response = await post('/v1/events', items);
    if (response.status === 401 || response.status === 404 || response.status === 503)
      return void (await response.body?.cancel());
    return answerOf(response);
  });

async function progress(): Promise<IngestProgress> {
  const response = await fetch(`${ingest.url}/v1/projects/${project.id}/ingest-progress?source=${SOURCE}`, {
    headers: { authorization: `Bearer ${project.readKey}` },
  });
  return IngestProgress.parse(await response.json());
}

/** The counts once everything of these answers is through. */
const countsAfter = (...answers: readonly IngestAnswer[]): Promise<IngestProgress['source']> =>
  eventually('the inbox is processed', async () => {
    const { processed, source } = await progress();
    const isThrough = answers.every(({ positions }) =>
      Object.entries(positions).every(([partition, end]) => (processed[partition] ?? 0) >= end),
    );
    return isThrough ? source : undefined;
  });

async function recordsOf(topic: string): Promise<readonly KafkaRecord[]> {
  const records: KafkaRecord[] = [];
  const follower = await kafka.follow({ topic, onRecord: (record) => void records.push(record) });
  await follower.caughtUp;
  await follower.close();
  return records;
}

const read = (path: string, headers: Record<string, string>): Promise<Response> =>
  fetch(`${ingest.url}/v1/projects/${project.id}/${path}`, { headers });

async function putType(type: string, draft: unknown): Promise<Response> {
  return fetch(`${ingest.url}/v1/projects/${project.id}/event-types/${type}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${await project.token('editor')}`, 'content-type': 'application/json' },
    body: JSON.stringify(draft),
  });
}

const dealType = {
  title: { en: 'Deal signed', zh: '签约' },
  description: { en: 'A deal', zh: '成交' },
  schema: {
    type: 'object',
    required: ['totalPriceCny'],
    properties: { totalPriceCny: { type: 'string' } },
    additionalProperties: false,
  },
  example: { totalPriceCny: '1.00' },
};

describe('a running ingest', () => {
  beforeAll(async () => {
    ingest = await startIngest();
  }, 60_000);

  test('an event is acknowledged, accepted and on <project>.events in the partition of its subject, stamped with its receipt', async () => {
    const before = Date.now();
    const answer = await send(event('e-1'));
    expect(answer).toMatchObject({ accepted: 1, rejected: 0, errors: [] });
    expect(await countsAfter(answer)).toEqual({ accepted: 1, duplicates: 0, deadLettered: 0 });
    const [record, ...more] = await eventually('the event', async () => {
      const records = await recordsOf(eventsTopic(project.id));
      return records.length > 0 ? records : undefined;
    });
    expect(more).toEqual([]);
    const value = JSON.parse(record!.value!.toString()) as Record<string, unknown>;
    expect(value).toMatchObject({
      id: 'e-1',
      project: project.id,
      subject: 'broker:b-17',
      time: '2026-03-01T02:00:00.000Z',
    });
    expect(record!.partition).toBe(partitionOf('broker:b-17', project.partitions));
    expect(record!.timestampMs).toBe(Date.parse(String(value['receivedat'])));
    expect(record!.timestampMs).toBeGreaterThanOrEqual(before);
    expect(record!.headers[EVENT_HEADERS.type]?.toString()).toBe('deal.signed');
    expect(Date.parse(record!.headers[EVENT_HEADERS.acceptedAt]!.toString())).toBeGreaterThanOrEqual(
      record!.timestampMs,
    );
  });

  test('the same events again count once: in one request, in another one, and gzipped as a Segment batch of its own source', async () => {
    const first = await send([event('e-1'), event('e-2'), event('e-1')]);
    const second = await send([event('e-2'), event('e-3')]);
    const third = await answerOf(
      await post('/v1/events', gzipSync(JSON.stringify([event('e-3')])), { 'content-encoding': 'gzip' }),
    );
    expect(third.accepted).toBe(1);
    expect(await countsAfter(first, second, third)).toEqual({ accepted: 3, duplicates: 3, deadLettered: 0 });
    expect((await recordsOf(eventsTopic(project.id))).length).toBe(3);
  });

  test("Segment's batch goes in with the write key in the body", async () => {
    await send(event('e-0'));
    const response = await fetch(`${ingest.url}/v1/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        writeKey: project.writeKey,
        batch: [
          {
            type: 'track',
            event: 'Showing Held',
            messageId: 'm-1',
            userId: 'broker:b-17',
            properties: { minutes: 30 },
          },
          { type: 'track', event: 'Showing Held', messageId: 'm-2' },
        ],
      }),
    });
    expect(response.status).toBe(207);
    expect(await answerOf(response)).toMatchObject({
      accepted: 1,
      rejected: 1,
      errors: [{ index: 1, id: 'm-2', pointer: '/userId' }],
    });
  });

  test('what the catalogue refuses is answered item by item and found among the dead letters with the reason', async () => {
    await send(event('e-0'));
    expect((await putType('deal.signed', dealType)).status).toBe(201);
    const again = await putType('deal.signed', dealType);
    expect([again.status, ((await again.json()) as { version: number }).version]).toEqual([200, 1]);
    const answer = await send([
      event('e-1'),
      event('e-2', { type: 'deal.singed' }),
      event('e-3', { data: { price: 1 } }),
    ]);
    expect(answer).toMatchObject({ accepted: 1, rejected: 2 });
    expect(answer.errors.map(({ index, code, pointer }) => [index, code, pointer])).toEqual([
      [1, 'unknown-event-type', '/type'],
      [2, 'schema-violation', '/data/totalPriceCny'],
    ]);
    expect(answer.errors[0]!.message).toContain("did you mean 'deal.signed'");
    const letters = await eventually('the dead letters', async () => {
      const response = await read('dead-letters', { authorization: `Bearer ${await project.token('viewer')}` });
      const { deadLetters } = (await response.json()) as { deadLetters?: { code: string; from: string }[] };
      return deadLetters?.length === 2 ? deadLetters : undefined;
    });
    expect(letters.map(({ code, from }) => [code, from]).sort()).toEqual([
      ['schema-violation', 'http'],
      ['unknown-event-type', 'http'],
    ]);
  });

  test("the platform's own types come from services past the door, not through it, and no catalogue defines them", async () => {
    await send(event('e-0'));
    expect((await putType('deal.signed', dealType)).status).toBe(201);
    const reserved = await putType('hermes.attributes_set', dealType);
    expect([reserved.status, ((await reserved.json()) as { code: string }).code]).toEqual([422, 'reserved-type']);
    const data = { attributes: { city: 'Beijing' }, by: 'person@example.org' };
    const answer = await send([event('e-1'), event('a-0', { type: 'hermes.attributes_set', data })]);
    expect(answer).toMatchObject({ accepted: 1, errors: [{ index: 1, code: 'reserved-type', pointer: '/type' }] });

    const producer = await kafka.producer();
    const write = (id: string, given: Record<string, unknown>): HermesEvent => {
      const receivedat = new Date().toISOString();
      return HermesEvent.parse({
        ...event(id, { type: 'hermes.attributes_set', source: 'hermes:profile-store', data: given }),
        ...{ project: project.id, time: receivedat, receivedat },
      });
    };
    const good = write('a-1', data);
    await producer.send([good, good, write('a-2', { attributes: { city: [] }, by: 'x' })].map(inboxRecord));
    const onTopic = await eventually('the attributes', async () => {
      const records = await recordsOf(eventsTopic(project.id));
      const found = records.filter((r) => r.headers[EVENT_HEADERS.type]?.toString() === 'hermes.attributes_set');
      return found.length > 0 ? found : undefined;
    });
    expect(onTopic.map(({ value }) => JSON.parse(value!.toString()) as unknown)).toEqual([good]);
    const codes = await eventually('the dead letters', async () => {
      const letters = await recordsOf(eventsDeadLetterTopic(project.id));
      return letters.length === 2 ? letters.map((r) => r.headers[DEAD_LETTER_HEADERS.code]!.toString()) : undefined;
    });
    expect(codes.sort()).toEqual(['reserved-type', 'schema-violation']);
  });

  test('what rules emit has a source under which nobody else can send, so that nobody has it dropped as a repeat', async () => {
    const answer = await send([event('e-1', { source: 'hermes/rules/big' }), event('e-1', { source: 'hermes/other' })]);
    expect(answer).toMatchObject({ accepted: 1, errors: [{ index: 0, code: 'reserved-source', pointer: '/source' }] });
  });

  test('data that is nested thousands deep costs its own event, and none of its neighbours', async () => {
    await send(event('e-0'));
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const text = JSON.stringify([event('e-1'), event('e-2', { data: { deep: 'DEEP' } })]).replace('"DEEP"', deep);
    const response = await post('/v1/events', Buffer.from(text));
    expect(await answerOf(response)).toMatchObject({
      accepted: 1,
      errors: [{ index: 1, id: 'e-2', code: 'nested-too-deep', pointer: '/data' }],
    });
  });

  test('every accepted event is in the history within 5 s, once, in a stable order', async () => {
    const sent = await send([
      event('e-2', { time: '2026-03-02T00:00:00Z' }),
      event('e-1'),
      event('e-1'),
      event('e-3', { type: 'a.first', subject: 'x:1' }),
    ]);
    await countsAfter(sent);
    const since = Date.now();
    const lines = await eventually('the history', async () => {
      const response = await read('events', { authorization: `Bearer ${project.readKey}` });
      const text = await response.text();
      return response.ok && text.split('\n').length === 4 ? text.trim().split('\n') : undefined;
    });
    expect(Date.now() - since).toBeLessThan(5_000);
    const events = lines.map((line) => JSON.parse(line) as { id: string; data: unknown });
    expect(events.map(({ id }) => id)).toEqual(['e-3', 'e-1', 'e-2']);
    expect(events[1]).toMatchObject({
      time: '2026-03-01T02:00:00.000Z',
      data: { totalPriceCny: '3350000.00' },
      project: project.id,
    });
    const filtered = await read('events?type=deal.signed&to=2026-03-02T00:00:00Z', {
      authorization: `Bearer ${project.readKey}`,
    });
    expect((await filtered.text()).trim().split('\n')).toHaveLength(1);
  });

  test.each([
    ['no key', { authorization: '' }, '[]', 401],
    ['a key that reads', { authorization: 'read' }, '[]', 403],
    ['another content type', { 'content-type': 'text/plain' }, '[]', 415],
    ['another encoding', { 'content-encoding': 'br' }, '[]', 415],
    ['broken JSON', {}, '[{', 400],
    ['an empty list', {}, '[]', 400],
    ['a body above the limit', {}, JSON.stringify('x'.repeat(11_000_000)), 413],
  ])('%s is refused with a problem that says what to do', async (_, headers, body, status) => {
    await send(event('e-0'));
    const given =
      'authorization' in headers && headers.authorization === 'read'
        ? { authorization: `Bearer ${project.readKey}` }
        : headers;
    const response = await fetch(`${ingest.url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${project.writeKey}`, 'content-type': 'application/json', ...given },
      body,
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
    expect(((await response.json()) as { detail: string }).detail.length).toBeGreaterThan(20);
  });
});

describe('an ingest that dies or finds servers away', { timeout: 240_000 }, () => {
  afterEach(() => endServices());

  test('a request that is retried because ingest died after the acknowledgement of Kafka counts once', async () => {
    ingest = await startIngest({ HERMES_FAULT_POINT: 'after-inbox-acknowledged' });
    const items = [event('e-1'), event('e-2', { subject: 'broker:b-18' }), event('e-3')];
    // Without an answer, because the process is gone: the client can only send again.
    await expect(
      eventually('the death', async () => {
        const response = await post('/v1/events', items);
        return void (await response.body?.cancel());
      }),
    ).rejects.toThrow('fetch failed');
    expect(await eventually('the end of the process', () => ingest.child.signalCode ?? undefined)).toBe('SIGKILL');
    ingest = await startIngest();
    const answer = await send(items);
    expect(answer.accepted).toBe(3);
    expect(await countsAfter(answer)).toEqual({ accepted: 3, duplicates: 3, deadLettered: 0 });
    expect((await recordsOf(eventsTopic(project.id))).length).toBe(3);
  });

  test('while Valkey, ClickHouse and PostgreSQL are away events are taken in, what needs them says so, and nothing is lost', async () => {
    const nowhere = '127.0.0.1:1';
    ingest = await startIngest({
      REDIS_URL: `redis://${nowhere}`,
      CLICKHOUSE_URL: `http://u:p@${nowhere}`,
      DATABASE_URL: `postgres://u:p@${nowhere}/hermes`,
    });
    const answer = await send([event('e-1'), event('e-2')]);
    expect(answer.accepted).toBe(2);
    const person = { authorization: `Bearer ${await project.token('viewer')}` };
    for (const path of ['events', 'dead-letters', 'event-types', `ingest-progress?source=${SOURCE}`]) {
      const response = await read(path, person);
      expect([path, response.status]).toEqual([path, 503]);
      await response.body?.cancel();
    }
    await ingest.kill('SIGKILL');
    ingest = await startIngest();
    expect(await countsAfter(answer)).toEqual({ accepted: 2, duplicates: 0, deadLettered: 0 });
  });

  test('kill -9 in the middle of sixty retried requests neither loses nor doubles an event', async () => {
    ingest = await startIngest();
    await send(event('warm-up'));
    const requests = Array.from({ length: 60 }, (_, r) =>
      Array.from({ length: 20 }, (_, i) => event(`k-${r}-${i}`, { subject: `broker:b-${(r * 7 + i) % 13}` })),
    );
    const answers: IngestAnswer[] = [];
    const restarting = (async () => {
      for (let round = 0; round < 2; round++) {
        await new Promise((resolve) => setTimeout(resolve, 150 + 200 * round));
        await ingest.kill('SIGKILL');
        ingest = await startIngest();
      }
    })();
    for (const items of requests) {
      await eventually('an answer', async () => {
        const response = await post('/v1/events', items).catch(() => undefined);
        if (response?.status !== 202) return void (await response?.body?.cancel());
        answers.push(await answerOf(response));
        return true;
      });
    }
    await restarting;
    const counts = await countsAfter(...answers);
    expect(counts.accepted).toBe(1_201);
    const ids = (await recordsOf(eventsTopic(project.id))).map((record) =>
      record.headers[EVENT_HEADERS.id]!.toString(),
    );
    expect(new Set(ids).size).toBe(1_201);
  });
});
