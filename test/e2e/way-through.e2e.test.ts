import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Alert } from '@hermes/contracts/alert';
import { SERVICE_NAMES } from '@hermes/contracts/identifiers';
import { IngestAnswer } from '@hermes/contracts/ingest-api';
import { Profile } from '@hermes/contracts/profile';
import { sharedHermes, type TestHermes } from '@hermes/stack/testing/hermes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type FreshProject, makeFreshProject } from '../scenario/fresh-project.ts';
import { type Arrival, WebhookReceiver } from '../scenario/webhook-receiver.ts';

const project = `way-${randomUUID().slice(0, 8)}`;
const Alerts = z.object({ alerts: z.array(Alert) });
const base = mkdtempSync(join(tmpdir(), 'hermes-way-'));

let hermes: TestHermes;
let fresh: FreshProject;
let receiver: WebhookReceiver;
const arrivals: Arrival[] = [];

const deal = (id: string, totalPriceCny: string): Record<string, unknown> => ({
  specversion: '1.0',
  id,
  source: 'way-through',
  type: 'deal.signed',
  subject: `listing:${id}`,
  time: '2026-03-01T04:00:00.000Z',
  data: { line: 'rental', district: 'riverside', totalPriceCny },
});

const post = (path: string, body: unknown, key = fresh.writeKey): Promise<Response> =>
  fetch(`${hermes.url('INGEST_URL')}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const read = async <T>(url: string, schema: z.ZodType<T>): Promise<T> => {
  const response = await fetch(url, { headers: { authorization: `Bearer ${fresh.readKey}` } });
  expect(response.status, url).toBe(200);
  return schema.parse(await response.json());
};
const profileOf = (subject: string): Promise<Profile> =>
  read(`${hermes.url('PROFILE_STORE_URL')}/v1/projects/${project}/profiles/${encodeURIComponent(subject)}`, Profile);
const alertsOf = (subject: string): Promise<readonly Alert[]> =>
  read(`${hermes.url('ALERTING_URL')}/v1/projects/${project}/alerts?limit=100`, Alerts).then(({ alerts }) =>
    alerts.filter((alert) => alert.subject === subject),
  );

beforeAll(async () => {
  hermes = await sharedHermes(join(base, 'data'));
  receiver = await WebhookReceiver.open((arrival) => void arrivals.push(arrival));
  fresh = await makeFreshProject(hermes, {
    id: project,
    partitions: 2,
    eventTypes: {
      'deal.signed': {
        title: { en: 'Deal signed', zh: '成交' },
        description: { en: 'A contract was signed', zh: '合同已签' },
        schema: {
          type: 'object',
          required: ['line', 'district', 'totalPriceCny'],
          properties: { line: { type: 'string' }, district: { type: 'string' }, totalPriceCny: { type: 'string' } },
        },
        example: { line: 'rental', district: 'riverside', totalPriceCny: '1.00' },
      },
    },
    rules: {
      large: {
        name: 'Large deal',
        eventTypes: ['deal.signed'],
        conditions: { all: [{ fact: 'event', path: '$.data.totalPriceCny', operator: 'greaterThan', value: 1000 }] },
        event: { type: 'large-deal' },
        severity: 'warning',
        tests: [{ name: 'a large one', event: { data: { totalPriceCny: '1000.01' } }, fires: true }],
      },
    },
    receivers: [receiver.url],
  });
}, 240_000);

afterAll(async () => {
  await receiver?.close();
  await hermes?.stop();
  rmSync(base, { recursive: true, force: true });
});

describe('one event on its way through every room', () => {
  test('becomes a profile, one alert and one signed webhook, and a repeated request changes nothing', async () => {
    const id = randomUUID();
    const subject = `listing:${id}`;
    for (let attempt = 0; attempt < 3; attempt++)
      expect((await post('/v1/events', deal(id, '2000.00'))).status).toBe(202);
    // A later event of the same subject shows that the repeats before it have been processed.
    expect((await post('/v1/events', { ...deal(`${id}-later`, '1.00'), subject })).status).toBe(202);
    await expect
      .poll(() => profileOf(subject).then((p) => p.last['deal.signed']?.data['totalPriceCny']), { timeout: 20_000 })
      .toBeDefined();
    await expect.poll(() => profileOf(subject).then((p) => p.counts['deal.signed']), { timeout: 20_000 }).toBe(2);
    await expect.poll(() => alertsOf(subject).then((alerts) => alerts.length), { timeout: 20_000 }).toBe(1);
    await expect
      .poll(() => arrivals.filter((a) => a.body.alert.subject === subject).length, { timeout: 20_000 })
      .toBe(1);
    const [arrival] = arrivals.filter((a) => a.body.alert.subject === subject);
    expect(arrival?.key).toBe(arrival?.body.notificationId);
    expect((await alertsOf(subject))[0]).toMatchObject({
      status: 'firing',
      severity: 'warning',
      ruleId: 'large',
      kind: 'decision',
    });
  });

  test('is refused item by item with what to do, and what was refused is kept as a dead letter', async () => {
    const good = randomUUID();
    const bad = randomUUID();
    const response = await post('/v1/events', [
      deal(good, '1.00'),
      { ...deal(bad, '1.00'), data: { line: 'rental' } },
      { ...deal(bad, '1'), type: 'deal.singed' },
    ]);
    expect(response.status).toBe(207);
    const answer = IngestAnswer.parse(await response.json());
    expect(answer).toMatchObject({ accepted: 1, rejected: 2 });
    expect(answer.errors.map((error) => error.index)).toEqual([1, 2]);
    expect(answer.errors[1]?.message).toMatch(/deal\.signed/);
    await expect
      .poll(
        () => fresh.client.service('ingest', 'GET', `projects/${project}/dead-letters?limit=100`).then((r) => r.text()),
        { timeout: 20_000 },
      )
      .toContain(bad);
  });

  test('reads as history in ClickHouse within seconds, in a stable order', async () => {
    const id = randomUUID();
    await post('/v1/events', deal(id, '5.00'));
    const history = (): Promise<string> =>
      fetch(`${hermes.url('INGEST_URL')}/v1/projects/${project}/events?type=deal.signed&subject=listing:${id}`, {
        headers: { authorization: `Bearer ${fresh.readKey}` },
      }).then((r) => r.text());
    await expect.poll(history, { timeout: 5_500 }).toContain(id);
    expect((await history()).trim().split('\n')).toHaveLength(1);
  });

  test("comes in as Segment's batch with the write key as the user name", async () => {
    const response = await fetch(`${hermes.url('INGEST_URL')}/v1/batch`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${fresh.writeKey}:`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        batch: [
          {
            type: 'track',
            event: 'deal.signed',
            userId: 'customer:c-9',
            messageId: randomUUID(),
            timestamp: '2026-03-01T04:00:00.000Z',
            properties: { line: 'rental', district: 'riverside', totalPriceCny: '12.00' },
          },
        ],
      }),
    });
    expect(response.status).toBe(202);
    await expect
      .poll(() => profileOf('customer:c-9').then((p) => p.counts['deal.signed']), { timeout: 20_000 })
      .toBe(1);
  });
});

describe('who may do what', () => {
  test('without a key 401, with a key of too little scope 403, a revoked key dies within a second', async () => {
    expect((await post('/v1/events', deal('x', '1.00'), 'hk_none_none')).status).toBe(401);
    expect((await post('/v1/events', deal('x', '1.00'), fresh.readKey)).status).toBe(403);
    const { id, key } = await fresh.client.newKey(project, 'short-lived', ['events:write']);
    await expect
      .poll(() => post('/v1/events', deal(randomUUID(), '1.00'), key).then((r) => r.status), { timeout: 5_000 })
      .toBe(202);
    await fresh.client.revokeKey(project, id);
    await expect
      .poll(() => post('/v1/events', deal(randomUUID(), '1.00'), key).then((r) => r.status), {
        timeout: 1_000,
        interval: 50,
      })
      .toBe(401);
  });
});

describe('every service', () => {
  test.each(SERVICE_NAMES)('%s tells its health, its metrics and its API', async (name) => {
    const url = hermes.url(`${name.toUpperCase().replaceAll('-', '_')}_URL`);
    expect(await fetch(`${url}/health/live`).then((r) => r.status)).toBe(200);
    expect(await fetch(`${url}/health/ready`).then((r) => r.status)).toBe(200);
    expect(await fetch(`${url}/metrics`).then((r) => r.text())).toContain('process_cpu_user_seconds_total');
    const api = z
      .object({ paths: z.record(z.string(), z.unknown()) })
      .parse(await fetch(`${url}/docs-json`).then((r) => r.json()));
    expect(Object.keys(api.paths).length).toBeGreaterThan(3);
    expect(await fetch(`${url}/docs`).then((r) => r.status)).toBe(200);
  });

  test('answers what it does not have as a problem document', async () => {
    const response = await fetch(`${hermes.url('PROFILE_STORE_URL')}/v1/projects/${project}/profiles/nonsense`, {
      headers: { authorization: `Bearer ${fresh.readKey}` },
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });
});

test('a webhook is signed as Standard Webhooks says', () => {
  // The signature itself is checked here, by a second implementation, on what arrived above.
  for (const arrival of arrivals) {
    const { id, timestamp, signature } = arrival.signed;
    const key = Buffer.from(fresh.webhookSecrets[0]!.replace(/^whsec_/, ''), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${arrival.raw}`).digest('base64');
    expect(signature.split(' ')).toContain(`v1,${expected}`);
  }
  expect(arrivals.length).toBeGreaterThan(0);
});
