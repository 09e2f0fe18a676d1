import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import type { KeyScope } from '@hermes/contracts/control';
import type { Decision } from '@hermes/contracts/decision';
import type { ErasureVerification, ErasureView } from '@hermes/contracts/erasure-api';
import type { HermesEvent } from '@hermes/contracts/event';
import type { Profile } from '@hermes/contracts/profile';
import { ProfileChange } from '@hermes/contracts/profile-change';
import { decisionsTopic } from '@hermes/contracts/topics';
import { controlTopic } from '@hermes/service-kit/testing/control-topic';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import {
  buildService,
  endServices,
  eventually,
  type ServiceProcess,
  serverUrl,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { makeTestProject, type TestProject } from '@hermes/service-kit/testing/test-project';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openChanges, type TestChanges } from '../testing/test-changes.ts';
import { makeLimitedKey } from '../testing/limited-key.ts';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';

const services = new URL('../../../', import.meta.url);
const SUBJECT = 'customer:c-7';
const NAMES = ['ingest', 'rule-engine', 'profile-store'] as const;

let kafka: KafkaDriver;
let producer: KafkaProducer;
let database: TestDatabase;
let project: TestProject;
let service: ServiceProcess;
let owner: string;
let editor: string;
let key: string;

const limitedKey = (scopes: readonly KeyScope[], features: readonly string[]): Promise<string> =>
  makeLimitedKey(producer, project.id, scopes, features);

interface Asked {
  readonly as?: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
const call = (path: string, { as = key, method = 'GET', body, headers = {} }: Asked = {}): Promise<Response> =>
  fetch(`${service.url}/v1/${path.startsWith('spaces') ? '' : `projects/${project.id}/`}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${as}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
async function answer<T>(path: string, asked: Asked = {}): Promise<T> {
  const response = await call(path, asked);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}
const status = async (path: string, asked: Asked = {}): Promise<number> => {
  const response = await call(path, asked);
  await response.body?.cancel();
  return response.status;
};
/** Once a key that was just made is known everywhere. */
const known = (path: string, asked: Asked): Promise<number> =>
  eventually('the key is known', async () => {
    const code = await status(path, asked);
    return code === 401 ? undefined : code;
  });

async function publish(id: string, draft: object): Promise<void> {
  await answer(`features/${id}`, { as: editor, method: 'PUT', body: { name: id, ...draft } });
  await answer(`features/${id}/publish`, { as: editor, method: 'POST' });
}
const readable = (ids: readonly string[]): Promise<true> =>
  eventually(
    'the features are answered',
    async () => ((await status(`profiles/${SUBJECT}?features=${ids.join(',')}`)) === 200 ? true : undefined),
    40_000,
  );

const send = (id: string, given: Partial<HermesEvent> = {}): Promise<unknown> =>
  producer.send([eventRecord(sampleEvent(project.id, { id, subject: SUBJECT, ...given }))]);
const valueOf = async (feature: string, subject = SUBJECT): Promise<unknown> =>
  (await answer<Profile>(`profiles/${subject}?features=${feature}`)).features[feature]?.value;
const whenValue = (feature: string, value: unknown, subject = SUBJECT): Promise<true> =>
  eventually(`${feature} is ${String(value)}`, async () =>
    (await valueOf(feature, subject)) === value ? true : undefined,
  );

const changesOf = (path: string, asked: Asked & { readonly lastEventId?: string } = {}): Promise<TestChanges> =>
  openChanges(`${service.url}/v1/projects/${project.id}/${path}`, asked.as ?? key, asked.lastEventId);

beforeAll(async () => {
  for (const name of NAMES) buildService(new URL(`${name}/`, services));
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'subject-data-test' });
  producer = await kafka.producer();
  database = await makeTestDatabase();
  project = await makeTestProject(kafka, 2);
  const environment = { DATABASE_URL: database.url };
  const [ingest, rules] = await Promise.all(
    ['ingest', 'rule-engine'].map((name) => startService(new URL(`${name}/`, services), environment)),
  );
  service = await startService(new URL('profile-store/', services), {
    ...environment,
    INGEST_URL: ingest!.url,
    RULE_ENGINE_URL: rules!.url,
  });
  [owner, editor, key] = await Promise.all([
    project.token('owner'),
    project.token('editor'),
    project.key(['profiles:read', 'profiles:write']),
  ]);
  await eventually('the database', async () => ((await status('features', { as: editor })) === 200 ? true : undefined));
  await publish('deals', { eventTypes: ['deal.signed'], compute: { kind: 'count' } });
  await publish('views', { eventTypes: ['home.viewed'], compute: { kind: 'count' } });
  await publish('tier', { compute: { kind: 'set', writable: { type: 'string', allowed: ['gold', 'silver'] } } });
  await publish('deals_per_view', { compute: { kind: 'ratio', numerator: 'deals', denominator: 'views' } });
  await readable(['deals', 'views', 'tier', 'deals_per_view']);
}, 120_000);
afterAll(async () => {
  await endServices();
  await project.remove();
  await kafka.close();
  await database.drop();
});

describe('attributes', () => {
  const write = (attributes: object, given: Asked = {}): Promise<Response> =>
    call(`profiles/${SUBJECT}/attributes`, { method: 'PUT', body: { attributes }, ...given });

  test('what was written is in the profile, in history with who wrote it, and counts once for one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'w-1' };
    const first = await write({ tier: 'gold' }, { headers });
    expect(first.status).toBe(202);
    const { id } = (await first.json()) as { id: string };
    await whenValue('tier', 'gold');
    await write({ tier: 'silver' }, { headers: { 'idempotency-key': 'w-2' } });
    await whenValue('tier', 'silver');
    const again = await write({ tier: 'gold' }, { headers });
    expect(await again.json()).toMatchObject({ id });
    await write({ tier: null }, { as: editor });
    await whenValue('tier', null);
    await eventually('the writes in history', async () => {
      const { data } = await answer<{ data: { event: string; properties: { by: string } }[] }>(
        `profiles/${SUBJECT}/events`,
      );
      const writes = data.filter(({ event }) => event === 'hermes.attributes_set');
      return writes.length === 3 && writes[0]?.properties.by === 'editor@example.org' ? true : undefined;
    });
  });

  test('a write is refused whole, with what to do', async () => {
    const refused = async (attributes: object, asked: Asked = {}) => {
      const response = await write(attributes, asked);
      return { status: response.status, ...((await response.json()) as object) };
    };
    expect(await refused({ tier: 'gold', teir: 'x' })).toMatchObject({
      status: 404,
      code: 'unknown-feature',
      didYouMean: ['tier'],
    });
    expect(await refused({ deals: 1 })).toMatchObject({ status: 400, code: 'not-writable' });
    expect(await refused({ tier: 'bronze' })).toMatchObject({ status: 400, code: 'invalid-value' });
    expect(await refused({})).toMatchObject({ status: 400 });
    expect(await refused({ tier: 'gold' }, { headers: { 'idempotency-key': 'x'.repeat(201) } })).toMatchObject({
      status: 400,
    });
    expect(await refused({ tier: 'gold' }, { as: await project.token('viewer') })).toMatchObject({ status: 403 });
    const limited = await limitedKey(['profiles:write'], ['deals']);
    await known(`profiles/${SUBJECT}/attributes`, { as: limited, method: 'PUT', body: {} });
    expect(await refused({ tier: 'gold' }, { as: limited })).toMatchObject({ status: 403, code: 'feature-forbidden' });
  });
});

describe('changes', () => {
  test('a listener hears every change of its features once, in order, and goes on where it was', async () => {
    const subject = 'customer:changes';
    const stream = await changesOf(`profiles/${subject}/changes?features=deals,tier`);
    await stream.until('ready');
    for (let i = 1; i <= 5; i++) await send(`c-${i}`, { subject });
    await send('c-other', { subject: 'customer:another' });
    await send('c-view', { subject, type: 'home.viewed' });
    const changes = await stream.changes(5);
    expect(changes.map(({ data }) => data.value.value)).toEqual([1, 2, 3, 4, 5]);
    expect(changes.map(({ data }) => data.cause.id)).toEqual(['c-1', 'c-2', 'c-3', 'c-4', 'c-5']);
    stream.close();
    await send('c-6', { subject });
    await whenValue('deals', 6, subject);

    const back = await changesOf(`profiles/${subject}/changes?features=deals,tier`, { lastEventId: changes[3]!.id });
    expect((await back.changes(2)).map(({ data }) => data.value.value)).toEqual([5, 6]);
    expect(back.resets()).toEqual([]);
    back.close();

    const stale = await changesOf(`profiles/${subject}/changes?features=deals`, { lastEventId: '0-999999' });
    await stale.until('reset');
    expect(stale.resets()).toEqual(['too-old']);
    stale.close();
  });

  test('a listener of the project hears all subjects, and of no feature that it has not named', async () => {
    const first = await changesOf('changes?features=views');
    const { id } = await first.until('ready');
    first.close();
    // What happens before anybody has heard a change is not lost on who comes back either.
    const stream = await changesOf('changes?features=views', { lastEventId: id });
    await send('p-deal', { subject: 'customer:p-1' });
    await send('p-1', { subject: 'customer:p-1', type: 'home.viewed' });
    await send('p-2', { subject: 'customer:p-2', type: 'home.viewed' });
    const heard = await stream.changes(2);
    expect(new Set(heard.map(({ data }) => data.subject))).toEqual(new Set(['customer:p-1', 'customer:p-2']));
    expect(heard.every(({ data }) => ProfileChange.safeParse(data).success && data.feature === 'views')).toBe(true);
    expect(stream.resets()).toEqual([]);
    stream.close();
  });

  test('who may not, or asks for what cannot be told, gets no stream; a revoked key ends one within 2 s', async () => {
    expect(await status(`profiles/${SUBJECT}/changes`)).toBe(400);
    expect(await status(`profiles/${SUBJECT}/changes?features=deals_per_view`)).toBe(400);
    expect(await status(`profiles/${SUBJECT}/changes?features=no_such`)).toBe(404);
    const limited = await limitedKey(['profiles:read'], ['deals']);
    expect(await known('changes?features=views', { as: limited })).toBe(403);
    const stream = await changesOf('changes?features=deals', { as: limited });
    await stream.until('ready');
    const id = limited.split('_')[1]!;
    await producer.send([{ topic: controlTopic(), partition: 0, key: `key/${id}`, value: null }]);
    await stream.ended(2_000);
  });
});

describe("Segment's shapes", () => {
  const subject = 'customer:segment';
  const path = `profiles/${subject}`;
  const basic = (text: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${text}:`).toString('base64')}`,
  });

  test('traits, external ids and events, under both paths, by a key as the user name', async () => {
    for (let i = 1; i <= 13; i++) {
      const time = new Date(Date.now() - i * 3 * 3_600_000).toISOString();
      await send(`s-${i}`, { subject, time, data: { i }, type: i === 1 ? 'home.viewed' : 'deal.signed' });
    }
    await whenValue('deals', 12, subject);
    const spaces = `spaces/${project.id}/collections/users/${path}`;
    const headers = basic(key);
    expect(await answer(`${spaces}/traits`, { headers })).toMatchObject({
      traits: { deals: 12, deals_per_view: 12, views: 1 },
      cursor: { has_more: false, next: '', limit: 10 },
    });
    const first = await answer<{ traits: object; cursor: { url: string; next: string } }>(
      `${path}/traits?limit=1&include=views,deals`,
    );
    expect(first).toMatchObject({ traits: { deals: 12 }, cursor: { has_more: true, next: 'views' } });
    const second = await fetch(`${service.url}${first.cursor.url}`, { headers });
    expect(await second.json()).toMatchObject({ traits: { views: 1 }, cursor: { has_more: false } });
    expect(await answer(`${spaces}/external_ids`, { headers })).toMatchObject({
      data: [
        {
          id: 'segment',
          type: 'customer',
          collection: 'users',
          encoding: 'none',
          created_at: expect.any(String) as string,
        },
      ],
    });
    const seen = await eventually('all events have landed', async () => {
      const ids: string[] = [];
      for (let query = 'limit=5'; ;) {
        const { data, cursor } = await answer<{ data: { message_id: string }[]; cursor: { next: string } }>(
          `${path}/events?${query}`,
        );
        ids.push(...data.map(({ message_id: id }) => id));
        if (cursor.next === '') break;
        query = `limit=5&next=${encodeURIComponent(cursor.next)}`;
      }
      return ids.length === 13 ? ids : undefined;
    });
    expect(seen).toEqual(Array.from({ length: 13 }, (_, i) => `s-${i + 1}`));
  });

  test('a stranger is not found, and a key that names features reads those and no events', async () => {
    const stranger = await call('profiles/customer:nobody/traits');
    expect(stranger.status).toBe(404);
    expect(await stranger.json()).toMatchObject({ error: { code: 'not_found' } });
    const limited = await limitedKey(['profiles:read'], ['views']);
    expect(await known(`${path}/events`, { as: limited })).toBe(403);
    expect(await answer(`${path}/traits`, { as: limited })).toMatchObject({ traits: { views: 1 } });
    expect(await status(`${path}/traits?include=deals`, { as: limited })).toBe(403);
    expect(await answer(`${path}/external_ids`, { as: limited })).toMatchObject({ data: [{ created_at: null }] });
  });
});

describe('everything of a subject', () => {
  const subject = 'customer:whole';
  const exported = async (): Promise<readonly Record<string, unknown>[]> => {
    const response = await call(`profiles/${subject}/export`, { as: owner });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const kinds = (lines: readonly Record<string, unknown>[]): readonly unknown[] => lines.map(({ kind }) => kind);

  const decision = (id: string): Decision => {
    const at = new Date().toISOString();
    return {
      id,
      project: project.id,
      ruleId: 'r',
      ruleName: 'r',
      ruleVersion: 1,
      severity: 'info',
      alert: false,
      outcome: { type: 'seen' },
      subject,
      event: { id, source: '/test', type: 'deal.signed', time: at, data: {} },
      trace: [],
      receivedAt: at,
      acceptedAt: at,
      decidedAt: at,
    };
  };

  test('is exported for owners alone, is gone after an erasure that can be proven, and does not come back', async () => {
    for (let i = 1; i <= 3; i++) await send(`x-${i}`, { subject });
    const decisions = ['d-1', 'd-2'].map(decision);
    await producer.send(
      decisions.map((one) => ({ topic: decisionsTopic(project.id), key: subject, value: JSON.stringify(one) })),
    );
    await whenValue('deals', 3, subject);
    const lines = await eventually(
      'the decisions have landed',
      async () => {
        const found = await exported();
        return found.filter(({ kind }) => kind === 'decision').length === 2 ? found : undefined;
      },
      40_000,
    );
    expect(kinds(lines)).toEqual(['profile', 'event', 'event', 'event', 'decision', 'decision', 'end']);
    expect(lines[0]).toMatchObject({ known: true, counts: { 'deal.signed': 3 }, features: { deals: { value: 3 } } });
    expect(lines.at(-1)).toMatchObject({ events: 3, decisions: 2 });
    for (const path of [`profiles/${subject}/export`, 'erasures']) expect(await status(path, { as: editor })).toBe(403);
    expect(await status(`profiles/${subject}/erasure`, { as: editor, method: 'POST', body: {} })).toBe(403);

    const asked = await answer<ErasureView>(`profiles/${subject}/erasure`, {
      as: owner,
      method: 'POST',
      body: { reason: 'asked' },
    });
    expect(asked.status).toBe('open');
    const view = await eventually(
      'the erasure is complete',
      async () => {
        const found = await answer<ErasureView>(`erasures/${asked.id}`, { as: owner });
        return found.status === 'complete' ? found : undefined;
      },
      50_000,
    );
    expect(JSON.stringify(view)).not.toContain(subject);
    expect(view.stores.find(({ store }) => store === 'event_log')?.removed).toBeGreaterThanOrEqual(3);
    expect(
      await answer<ErasureVerification>(`erasures/${asked.id}/verify`, { as: owner, method: 'POST' }),
    ).toMatchObject({ holds: true });
    expect(kinds(await exported())).toEqual(['profile', 'end']);
    expect((await exported())[0]).toMatchObject({ known: false });

    await send('x-old', { subject, time: new Date(Date.parse(asked.erasedAt) - 1_000).toISOString() });
    await send('x-new', { subject });
    await whenValue('deals', 1, subject);
    expect(await status(`erasures/none`, { as: owner })).toBe(404);
  }, 120_000);
});

test('a service that is told to end ends its streams, and does not wait for who listens', async () => {
  const stream = await changesOf('changes?features=deals');
  await stream.until('ready');
  const startedMs = performance.now();
  await service.kill('SIGTERM');
  await stream.ended(1_000);
  expect(performance.now() - startedMs).toBeLessThan(15_000);
});
