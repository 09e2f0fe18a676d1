import type { Role } from '@hermes/contracts/control';
import { type FeaturePreview, FeatureView } from '@hermes/contracts/feature-api';
import { serviceToken } from '@hermes/service-kit/service-token';
import {
  buildService,
  endServices,
  eventually,
  type ServiceProcess,
  startService,
  TEST_SERVICE_SECRET,
} from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HistoryClient } from '@hermes/service-kit/history/history-client';
import { countDraft } from '../testing/features-room.ts';
import { IngestRoom } from '@hermes/service-kit/testing/ingest-room';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';
import { PreviewService } from './preview.service.ts';

const folder = new URL('../..', import.meta.url);

let room: IngestRoom;
let database: TestDatabase;
let service: ServiceProcess;
const tokens = new Map<string, string>();

beforeAll(async () => {
  buildService(folder);
  room = await IngestRoom.open();
  database = await makeTestDatabase();
  for (const role of ['viewer', 'editor'] as const) tokens.set(role, await room.project.token(role));
  tokens.set('service', await serviceToken(TEST_SERVICE_SECRET, 'console'));
  tokens.set('key', await room.project.key(['profiles:read', 'profiles:write']));
  service = await startService(folder, { DATABASE_URL: database.url, INGEST_URL: room.ingest.url });
  await eventually('the project is taken up', async () => {
    const taken = await Promise.all(['viewer', 'key'].map(async (as) => (await call('GET', 'features', as)).status));
    return taken.join() === '200,403' ? true : undefined;
  });
}, 120_000);
afterAll(async () => {
  await endServices();
  await room.remove();
  await database.drop();
});

interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

async function call(
  method: string,
  path: string,
  as: Role | 'service' | 'key' | string = 'editor',
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${service.url}/v1/projects/${room.project.id}/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${tokens.get(as) ?? ''}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    etag: response.headers.get('etag'),
    body: text === '' ? {} : (JSON.parse(text) as Answer['body']),
  };
}

describe('over HTTP', () => {
  test('viewers and services read, editors write, keys do neither', async () => {
    const draft = countDraft();
    const status = async (...asked: Parameters<typeof call>): Promise<number> => (await call(...asked)).status;
    expect(await status('PUT', 'features/access', 'viewer', draft)).toBe(403);
    expect(await status('PUT', 'features/access', 'service', draft)).toBe(403);
    expect(await status('PUT', 'features/access', 'key', draft)).toBe(403);
    expect(await status('PUT', 'features/access', 'editor', draft)).toBe(201);
    for (const path of ['features', 'features/access', 'features/access/versions']) {
      const answers = await Promise.all(['viewer', 'service', 'key'].map((as) => status('GET', path, as)));
      expect([path, answers]).toEqual([path, [200, 200, 403]]);
    }
    expect(await status('GET', 'features/access/audit', 'viewer')).toBe(200);
    expect(await status('POST', 'features/access/publish', 'viewer')).toBe(403);
    expect(await status('DELETE', 'features/access', 'viewer')).toBe(403);
    expect(await status('PUT', 'subscriptions/s', 'viewer', { features: ['access'] })).toBe(403);
    expect(await status('DELETE', 'features/access', 'editor')).toBe(204);
  });

  test('people are told what is wrong, where, and what is meant', async () => {
    const wrong = await call('PUT', 'features/wrong', 'editor', {
      ...countDraft(),
      compute: { kind: 'sum' },
      grup: 'x',
    });
    expect(wrong.status).toBe(400);
    expect(wrong.body).toMatchObject({
      code: 'invalid-feature',
      errors: [{ pointer: '/compute/path' }, { pointer: '/grup' }],
    });
    expect((await call('PUT', 'features/Not-An-Id', 'editor', countDraft())).body).toMatchObject({
      code: 'invalid-feature-id',
    });
    await call('PUT', 'features/showings_7d', 'editor', countDraft());
    expect(await call('GET', 'features/showing_7d', 'viewer')).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining("'showings_7d'") as string },
    });
    expect((await call('PUT', 'features/showings_7d', 'editor', countDraft(), { 'if-match': '3' })).status).toBe(400);
  });

  test('the ETag of what was read guards against the changes of others', async () => {
    const first = await call('PUT', 'features/tagged', 'editor', countDraft());
    expect([first.status, first.etag]).toEqual([201, '"1"']);
    const second = await call('PUT', 'features/tagged', 'editor', countDraft({ name: 'B' }), { 'if-match': '"1"' });
    expect([second.status, second.etag]).toEqual([200, '"2"']);
    const late = await call('PUT', 'features/tagged', 'editor', countDraft({ name: 'C' }), { 'if-match': '"1"' });
    expect([late.status, late.body['code']]).toEqual([412, 'version-conflict']);
    expect((await call('GET', 'features/tagged', 'viewer')).etag).toBe('"2"');
  });

  test('a published feature goes live by itself, and what it was filled from is told', async () => {
    await room.write(
      Array.from({ length: 30 }, (_, i) => room.event({ type: 'life.tested', subject: `broker:l-${i % 7}` })),
    );
    await call('PUT', 'features/life', 'editor', countDraft({ eventTypes: ['life.tested'] }));
    const published = await call('POST', 'features/life/publish');
    expect(published.status).toBe(202);
    expect(FeatureView.parse(published.body)).toMatchObject({ filling: { version: 1 } });
    const live = await eventually('it is live', async () => {
      const { status, filled } = FeatureView.parse((await call('GET', 'features/life', 'viewer')).body);
      return status === 'live' ? filled : undefined;
    });
    expect(live!.partitions).toHaveLength(2);
    expect(live!.partitions.every(({ done }) => done)).toBe(true);
    const again = await call('POST', 'features/life/publish');
    expect(again.body).toMatchObject({ status: 'live', published: { version: 1 }, filling: null });
  });

  test('subscriptions are kept, listed and ended', async () => {
    await call('PUT', 'features/watched', 'editor', countDraft());
    await call('POST', 'features/watched/publish');
    expect((await call('PUT', 'subscriptions/page', 'editor', { features: ['wached'] })).body).toMatchObject({
      status: 404,
      detail: expect.stringContaining("'watched'") as string,
    });
    expect((await call('PUT', 'subscriptions/page', 'editor', { features: ['watched'] })).status).toBe(201);
    expect((await call('PUT', 'subscriptions/page', 'editor', { features: ['watched'] })).status).toBe(200);
    const list = await call('GET', 'subscriptions', 'viewer');
    expect(list.body).toMatchObject({
      subscriptions: [{ id: 'page', features: ['watched'], by: 'editor@example.org' }],
    });
    expect((await call('DELETE', 'subscriptions/page')).status).toBe(204);
    expect((await call('GET', 'subscriptions/page', 'viewer')).status).toBe(404);
    expect((await call('PUT', 'subscriptions/page', 'editor', { features: [] })).status).toBe(400);
  });

  test('what the event catalogue does not have is a warning, not a refusal', async () => {
    const text = { en: 'Deal', zh: '\u6210\u4ea4' };
    const added = await fetch(`${room.ingest.url}/v1/projects/${room.project.id}/event-types/deal.signed`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${tokens.get('editor')!}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        title: text,
        description: text,
        schema: { type: 'object', properties: { price: { type: 'number' } } },
        example: { price: 1 },
      }),
    });
    expect(added.status).toBe(201);
    const draft = countDraft({
      eventTypes: ['deal.singed', 'deal.signed'],
      compute: { kind: 'sum', path: '$.data.prise' },
    });
    const warnings = await eventually('the catalogue is known', async () => {
      const { body } = await call('PUT', 'features/warned', 'editor', draft);
      return FeatureView.parse(body).warnings.length > 0 ? FeatureView.parse(body).warnings : undefined;
    });
    expect(warnings).toEqual([
      { pointer: '/eventTypes/0', message: expect.stringContaining('did you mean "deal.signed"') as string },
      { pointer: '/compute/path', message: expect.stringContaining('did you mean "$.data.price"') as string },
    ]);
  });
});

describe('a preview', () => {
  const DAY = 86_400_000;
  const draft = countDraft({
    eventTypes: ['preview.tested'],
    compute: { kind: 'sum', path: '$.data.n' },
    filter: { all: [{ fact: 'event', path: '$.data.ok', operator: 'equal', value: true }] },
  });
  beforeAll(async () => {
    const at = (daysAgo: number): string => new Date(Date.now() - daysAgo * DAY).toISOString();
    await room.write([
      ...Array.from({ length: 60 }, (_, i) =>
        room.event({
          type: 'preview.tested',
          subject: `broker:p-${i % 12}`,
          time: at((i % 3) + 0.5),
          data: { n: i % 12, ok: i < 48, home: `h-${i % 3}` },
        }),
      ),
      room.event({ type: 'preview.tested', subject: 'broker:p-0', time: at(5), data: { n: 'none', ok: true } }),
      room.event({ type: 'preview.tested', subject: 'broker:p-0', time: at(20), data: { n: 1_000, ok: true } }),
    ]);
  });
  const ask = async (body: object): Promise<FeaturePreview> => {
    const answer = await call('POST', 'features/preview', 'viewer', body);
    expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
    return answer.body as unknown as FeaturePreview;
  };

  test('shows what the draft would answer now, from the events of the last days', async () => {
    const week = await ask({ draft });
    expect(week).toMatchObject({
      complete: true,
      eventsRead: 61,
      eventsMatched: 49,
      eventsIgnored: 1,
      eventsLate: 0,
      subjects: 12,
    });
    expect(week.top.slice(0, 2)).toEqual([
      { subject: 'broker:p-11', value: 44 },
      { subject: 'broker:p-10', value: 40 },
    ]);
    expect(Date.parse(week.to) - Date.parse(week.from)).toBe(7 * DAY);
    const month = await ask({ draft, days: 30, subjects: ['broker:p-0', 'broker:none'] });
    expect(month.sample).toEqual([
      { subject: 'broker:p-0', value: 1_000 },
      { subject: 'broker:none', value: null },
    ]);
    const homes = await ask({ draft: { ...draft, key: { kind: 'field', path: '$.data.home', entity: 'home' } } });
    expect(homes).toMatchObject({ subjects: 3, eventsIgnored: 1 });
  });

  test('of a ratio counts its published parts, and refuses parts that are not', async () => {
    for (const [id, eventTypes] of [
      ['previewed', ['preview.tested']],
      ['never', ['never.seen']],
    ] as const) {
      await call('PUT', `features/${id}`, 'editor', countDraft({ eventTypes: [...eventTypes] }));
      await call('POST', `features/${id}/publish`);
    }
    const ratio = (numerator: string) =>
      countDraft({ eventTypes: [], compute: { kind: 'ratio', numerator, denominator: 'previewed' } });
    const none = await ask({ draft: ratio('never') });
    // None of some is 0.
    expect(none).toMatchObject({ eventsRead: 61, eventsMatched: 61, subjects: 12 });
    expect(none.top[0]!.value).toBe(0);
    const refused = await call('POST', 'features/preview', 'viewer', { draft: ratio('nothing') });
    expect([refused.status, refused.body['code']]).toEqual([400, 'invalid-feature']);
  });

  test('that would read too much answers what it has, and says so', async () => {
    const history = new HistoryClient({
      service: 'profile-store',
      ingestUrl: room.ingest.url,
      serviceSecret: TEST_SERVICE_SECRET,
    });
    const previews = new PreviewService({ published: async () => [] }, history, { withinMs: 30_000, maxEvents: 20 });
    const project = { id: room.project.id, timeZone: 'UTC' };
    const some = await previews.preview(project, { draft }, new AbortController().signal);
    expect(some).toMatchObject({ complete: false, eventsRead: 20 });
    expect(some.subjects).toBeGreaterThan(0);
    const none = await new PreviewService({ published: async () => [] }, history, {
      withinMs: 1,
      maxEvents: 20,
    }).preview(project, { draft }, new AbortController().signal);
    expect(none).toMatchObject({ complete: false, eventsRead: 0, keptSince: null });
  });

  test('without history says that it is away', async () => {
    const nobody = new HistoryClient({
      service: 'profile-store',
      ingestUrl: 'http://127.0.0.1:9',
      serviceSecret: TEST_SERVICE_SECRET,
    });
    const previews = new PreviewService({ published: async () => [] }, nobody);
    const asked = previews.preview({ id: room.project.id, timeZone: 'UTC' }, { draft }, new AbortController().signal);
    await expect(asked).rejects.toMatchObject({ fields: { status: 503, code: 'unavailable' } });
    expect((await call('POST', 'features/preview', 'viewer', { draft, days: 91 })).status).toBe(400);
  });
});
