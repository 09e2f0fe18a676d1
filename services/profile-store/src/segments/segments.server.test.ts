/** Guards: segments over HTTP, in reads, on the topic and in streams; live, and the same on any number of partitions, through kill -9. */
import type { Follower } from '@hermes/connectors/kafka/driver';
import type { HermesEvent } from '@hermes/contracts/event';
import { isRepeat, outboxPlaceOf } from '@hermes/contracts/outbox-place';
import { SegmentChange } from '@hermes/contracts/profile-change';
import { profileChangesTopic } from '@hermes/contracts/topics';
import { IngestRoom } from '@hermes/service-kit/testing/ingest-room';
import {
  buildService,
  endServices,
  eventually,
  type ServiceProcess,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeLimitedKey } from '../testing/limited-key.ts';
import { openChanges } from '../testing/test-changes.ts';

const FOLDER = new URL('../../', import.meta.url);
const vip = (least: number) => ({
  title: { en: 'Vip', zh: '贵宾' },
  condition: { all: [{ fact: 'feature', params: { id: 'deals' }, operator: 'greaterThanInclusive', value: least }] },
});

describe.each([1, 8])('segments, on %i partitions', (partitions) => {
  let room: IngestRoom;
  let database: TestDatabase;
  let service: ServiceProcess;
  let follower: Follower;
  const tokens = new Map<string, string>();
  const told: SegmentChange[] = [];
  const arrived: HermesEvent[] = [];

  const start = async (): Promise<void> => {
    service = await startService(FOLDER, {
      DATABASE_URL: database.url,
      INGEST_URL: room.ingest.url,
      KAFKA_SESSION_TIMEOUT_MS: '6000',
    });
    await eventually('the project is taken up', async () =>
      (await call('GET', 'features')).status === 200 ? true : undefined,
    );
  };
  const call = async (
    method: string,
    route: string,
    body?: unknown,
    { as = 'editor', language = 'en', ifMatch }: { as?: string; language?: string; ifMatch?: string } = {},
  ) => {
    const response = await fetch(`${service.url}/v1/projects/${room.project.id}/${route}`, {
      method,
      headers: {
        authorization: `Bearer ${tokens.get(as) ?? ''}`,
        'accept-language': language,
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.status, etag: response.headers.get('etag'), body: json };
  };
  const write = async (type: string, subjects: readonly string[]): Promise<readonly HermesEvent[]> => {
    const now = new Date().toISOString();
    const events = subjects.map((subject) => room.event({ type, subject, time: now, receivedat: now, data: {} }));
    await room.write(events);
    arrived.push(...events);
    return events;
  };
  const segmentsOf = async (subject: string, as = 'viewer') =>
    (await call('GET', `profiles/${encodeURIComponent(subject)}`, undefined, { as })).body['segments'];
  const toldOf = (subject: string): readonly string[] =>
    told.filter((one) => one.subject === subject).map(({ segment, change }) => `${segment} ${change}`);

  beforeAll(async () => {
    buildService(FOLDER);
    room = await IngestRoom.open(partitions);
    database = await makeTestDatabase();
    for (const role of ['viewer', 'editor'] as const) tokens.set(role, await room.project.token(role));
    const highest = new Map<string, number>();
    follower = await room.kafka.follow({
      topic: profileChangesTopic(room.project.id),
      onRecord: (record) => {
        const place = outboxPlaceOf(record.headers)!;
        const origin = `${place.origin} in ${record.partition}`;
        if (isRepeat(place, highest.get(origin))) return;
        highest.set(origin, place.sequence);
        const change = SegmentChange.safeParse(JSON.parse(String(record.value))).data;
        if (change !== undefined) told.push(change);
      },
    });
    await start();
    for (const [id, eventTypes] of [
      ['deals', ['deal']],
      ['views', ['view']],
    ] as const) {
      await call('PUT', `features/${id}`, { name: id, eventTypes, compute: { kind: 'count' } });
      await call('POST', `features/${id}/publish`);
      await eventually(
        `"${id}" is answered`,
        async () => ((await call('GET', `features/${id}`)).body['status'] === 'live' ? true : undefined),
        40_000,
      );
    }
  }, 120_000);
  afterAll(async () => {
    await follower.close();
    await endServices();
    await room.remove();
    await database.drop();
  });

  test('what is wrong is said in words, in both languages, and nothing is saved', async () => {
    const wrong = {
      ...vip(1),
      condition: { all: [{ fact: 'feature', params: { id: 'deal' }, operator: 'equal', value: 'x' }] },
    };
    expect(await call('PUT', 'segments/vip', wrong)).toMatchObject({
      status: 400,
      body: { code: 'invalid-segment', detail: expect.stringContaining('did you mean "deals"?') as string },
    });
    const chinese = await call('PUT', 'segments/vip', wrong, { language: 'zh' });
    expect(chinese.body).toMatchObject({
      title: '人群无效',
      detail: expect.stringContaining('是不是“deals”？') as string,
    });
    expect((await call('PUT', 'segments/Vip!', vip(1))).body['code']).toBe('invalid-segment-id');
    expect((await call('PUT', 'segments/vip', vip(1), { as: 'viewer' })).status).toBe(403);
    expect((await call('GET', 'segments')).body).toEqual({ segments: [] });
  });

  test('one has versions and an audit, and two people do not write over each other', async () => {
    const first = await call('PUT', 'segments/kept', vip(5));
    expect([first.status, first.etag, first.body['version']]).toEqual([201, '"1"', 1]);
    expect((await call('PUT', 'segments/kept', vip(5))).body['version']).toBe(1);
    expect((await call('PUT', 'segments/kept', vip(6), { ifMatch: '"1"' })).body['version']).toBe(2);
    expect((await call('PUT', 'segments/kept', vip(7), { ifMatch: '"1"' })).status).toBe(412);
    expect((await call('DELETE', 'features/deals')).body).toMatchObject({ code: 'in-use', usedBy: ['kept'] });
    expect((await call('DELETE', 'segments/kept', undefined, { ifMatch: '"2"' })).status).toBe(204);
    expect((await call('GET', 'segments/kept')).status).toBe(404);
    expect((await call('PUT', 'segments/kept', vip(8))).body['version']).toBe(3);
    await call('DELETE', 'segments/kept');
    const { versions } = (await call('GET', 'segments/kept/versions')).body as {
      versions: { segment: { version: number } }[];
    };
    expect(versions.map(({ segment }) => segment.version)).toEqual([3, 2, 1]);
    const { audit } = (await call('GET', 'segments/kept/audit')).body as { audit: { what: string; version: number }[] };
    expect(audit.map(({ what, version }) => `${what} ${version}`)).toEqual([
      'segment-deleted 3',
      'segment-published 3',
      'segment-deleted 2',
      'segment-published 2',
      'segment-published 1',
    ]);
  });

  test('reads are right at once for who has had no event since, who is told of with the next one', async () => {
    await write('deal', ['customer:old', 'customer:old', 'customer:old']);
    await eventually('they are counted', async () =>
      ((await call('GET', 'profiles/customer%3Aold')).body['features'] as { deals?: { value: number } }).deals
        ?.value === 3
        ? true
        : undefined,
    );
    await call('PUT', 'segments/vip', vip(3));
    await eventually('the segment in reads', async () =>
      JSON.stringify(await segmentsOf('customer:old')) === '["vip"]' ? true : undefined,
    );
    expect(toldOf('customer:old')).toEqual([]);
    expect(await segmentsOf('customer:stranger')).toEqual([]);
    const named = await call('GET', 'profiles/customer%3Aold?features=deals', undefined, { as: 'viewer' });
    expect(named.body).not.toHaveProperty('segments');
    const [view] = await write('view', ['customer:old']);
    await eventually('it is told', () => (toldOf('customer:old').length > 0 ? true : undefined));
    expect(told.find(({ subject }) => subject === 'customer:old')).toMatchObject({
      segment: 'vip',
      change: 'entered',
      version: 1,
      cause: { id: view!.id },
    });
    const batch = await call('POST', 'profiles/batch', { subjects: ['customer:old', 'customer:stranger'] });
    expect((batch.body['profiles'] as { segments: string[] }[]).map(({ segments }) => segments)).toEqual([['vip'], []]);
  });

  test('a key sees those segments of which it may see every feature', async () => {
    const producer = await room.kafka.producer();
    tokens.set('deals', await makeLimitedKey(producer, room.project.id, ['profiles:read'], ['deals']));
    tokens.set('views', await makeLimitedKey(producer, room.project.id, ['profiles:read'], ['views']));
    await eventually('the keys', async () =>
      (await call('GET', 'profiles/customer%3Aold', undefined, { as: 'views' })).status === 200 ? true : undefined,
    );
    expect(await segmentsOf('customer:old', 'deals')).toEqual(['vip']);
    expect(await segmentsOf('customer:old', 'views')).toEqual([]);
    const refused = fetch(`${service.url}/v1/projects/${room.project.id}/changes?segments=vip`, {
      headers: { authorization: `Bearer ${tokens.get('views') ?? ''}` },
    });
    expect((await refused).status).toBe(404);
  });

  test('who enters is told to streams', async () => {
    const route = `${service.url}/v1/projects/${room.project.id}/changes?segments=vip`;
    const stream = await openChanges(route, tokens.get('deals')!);
    await stream.until('ready');
    await write('deal', ['customer:new', 'customer:new', 'customer:new']);
    const [{ data }] = (await stream.changes(1)) as unknown as [{ data: unknown }];
    expect(data).toMatchObject({ subject: 'customer:new', segment: 'vip', change: 'entered' });
    stream.close();
  });

  test('through kill -9 each change is told once, and what was told adds up to what reads say', async () => {
    const subjects = Array.from({ length: 20 }, (_, i) => `customer:c-${i}`);
    const flow = async (rounds: number): Promise<void> => {
      for (let n = 0; n < rounds; n++) {
        await write(
          'deal',
          subjects.filter((_, i) => (i + n) % 3 === 0),
        );
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await Promise.all([
      flow(40),
      new Promise((resolve) => setTimeout(resolve, 300)).then(() => service.kill('SIGKILL')),
    ]);
    await start();
    await Promise.all([flow(20), call('PUT', 'segments/vip', vip(10)), call('PUT', 'segments/some', vip(1))]);
    await eventually(
      'the newest segments',
      async () => (JSON.stringify(await segmentsOf('customer:old')) === '["some"]' ? true : undefined),
      20_000,
    );
    const last = await write('view', subjects);
    await eventually(
      'everybody is decided on',
      () =>
        subjects.every((subject) => toldOf(subject).includes('some entered')) && last.length > 0 ? true : undefined,
      30_000,
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const subject of subjects) {
      const isIn = new Set<string>();
      for (const { segment, change } of told.filter((one) => one.subject === subject)) {
        expect([subject, segment, isIn.has(segment)]).toEqual([subject, segment, change === 'left']);
        if (change === 'left') isIn.delete(segment);
        else isIn.add(segment);
      }
      const deals = arrived.filter((one) => one.subject === subject && one.type === 'deal').length;
      expect([...isIn].sort()).toEqual(['some', ...(deals >= 10 ? ['vip'] : [])]);
      expect(await segmentsOf(subject)).toEqual([...isIn].sort());
    }
  }, 90_000);
});
