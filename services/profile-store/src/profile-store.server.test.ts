import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openRedis } from '@hermes/connectors/redis/client';
import type { HermesEvent } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import { Profile } from '@hermes/contracts/profile';
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
import { stateKey } from '@hermes/stream-runtime/state-keys';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BreakableProxy } from '@hermes/service-kit/testing/breakable-proxy';

const folder = new URL('..', import.meta.url);
const iso = (ms: number): string => new Date(ms).toISOString();

/** The profile of these events, computed in one pass from the definition in the contract. */
function recompute(project: string, subject: string, events: readonly HermesEvent[]): Profile {
  const mine = events.filter((event) => event.subject === subject);
  const times = mine.map((event) => event.time).sort();
  const profile: Profile = {
    project,
    subject,
    known: true,
    firstSeenAt: times[0]!,
    lastSeenAt: times.at(-1)!,
    counts: {},
    last: {},
    features: {},
  };
  for (const { type, time, data } of mine) {
    profile.counts[type] = (profile.counts[type] ?? 0) + 1;
    if (profile.last[type] === undefined || time >= profile.last[type].time) profile.last[type] = { time, data };
  }
  return profile;
}

describe.each([1, 8])('profile-store on a project with %i partitions', (partitions) => {
  let kafka: KafkaDriver;
  let producer: KafkaProducer;
  let proxy: BreakableProxy;
  let project: TestProject;
  let service: ServiceProcess;
  let key: string;

  const start = (): Promise<ServiceProcess> =>
    startService(folder, { REDIS_URL: proxy.url, KAFKA_SESSION_TIMEOUT_MS: '6000' });
  beforeAll(async () => {
    buildService(folder);
    kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'profile-store-test' });
    producer = await kafka.producer();
    proxy = await BreakableProxy.open(serverUrl('REDIS_URL'));
    project = await makeTestProject(kafka, partitions);
    key = await project.key(['profiles:read']);
    service = await start();
  });
  afterAll(async () => {
    await endServices();
    await project.remove();
    await kafka.close();
    await proxy.close();
    const redis = openRedis(serverUrl('REDIS_URL'));
    for (let partition = 0; partition < partitions; partition++) {
      const keys = await redis.keys(`*profile-store:${project.id}:${partition}*`);
      if (keys.length > 0) await redis.del(keys);
    }
    redis.disconnect();
  });

  const read = (subject: string, headers: Record<string, string> = {}, credential = key): Promise<Response> =>
    fetch(`${service.url}/v1/projects/${project.id}/profiles/${encodeURIComponent(subject)}`, {
      headers: { authorization: `Bearer ${credential}`, ...headers },
    });
  const profile = async (subject: string): Promise<Profile> => Profile.parse(await (await read(subject)).json());
  const send = (events: readonly HermesEvent[]) => producer.send(events.map(eventRecord));
  const total = (of: Profile): number => Object.values(of.counts).reduce((sum, count) => sum + count, 0);

  test('profiles equal a recomputation from the events, late ones included, through kill -9 of one of two processes', async () => {
    const second = await start();
    const startMs = Date.parse('2026-03-01T00:00:00.000Z');
    const events = Array.from({ length: 4_000 }, (_, i) =>
      sampleEvent(project.id, {
        id: `e-${i}`,
        subject: `customer:c-${i % 83}`,
        type: ['home.viewed', 'call.made', 'deal.signed'][i % 3]!,
        // Back and forth in time, the same instant for several events of a subject now and then.
        time: iso(startMs + ((i * 7_919) % 1_000) * 60_000),
        receivedat: iso(startMs + 90_000_000 + i),
        data: { i, district: '\u671d\u9633' },
      }),
    );
    for (let at = 0; at < events.length; at += 400) {
      await send(events.slice(at, at + 400));
      if (at === 1_200 || at === 2_800) {
        await service.kill('SIGKILL');
        service = await start();
      }
    }
    const subjects = [...new Set(events.map((event) => event.subject))];
    await eventually(
      'every event is counted',
      async () => {
        const counts = await Promise.all(subjects.map(async (subject) => total(await profile(subject))));
        return counts.reduce((sum, count) => sum + count, 0) >= events.length ? true : undefined;
      },
      100_000,
    );
    for (const subject of subjects) expect(await profile(subject)).toEqual(recompute(project.id, subject, events));
    await second.kill('SIGTERM');
  }, 150_000);

  test('an event is readable within half a second of its receipt', async () => {
    const latencies: number[] = [];
    for (let i = 0; i < 20; i++) {
      const event = sampleEvent(project.id, { id: `fresh-${i}`, subject: 'broker:fresh' });
      await send([event]);
      await eventually('the event is counted', async () =>
        total(await profile('broker:fresh')) === i + 1 ? true : undefined,
      );
      latencies.push(Date.now() - Date.parse(event.receivedat));
    }
    expect(latencies.sort((a, b) => a - b)[10]).toBeLessThan(500);
  });

  test('a subject that nobody has seen is unknown; what is no subject is refused', async () => {
    const unknown = await read('customer:never/seen');
    expect(unknown.status).toBe(200);
    expect(await unknown.json()).toEqual({
      project: project.id,
      subject: 'customer:never/seen',
      known: false,
      firstSeenAt: null,
      lastSeenAt: null,
      counts: {},
      last: {},
      features: {},
    });
    const malformed = await read('Customer 7');
    expect(malformed.status).toBe(400);
    expect(await malformed.json()).toMatchObject({ code: 'invalid-subject' });
  });

  test('an unchanged profile is not sent again', async () => {
    await send([sampleEvent(project.id, { id: 'etag-1', subject: 'broker:etag' })]);
    await eventually('the profile', async () => ((await profile('broker:etag')).known ? true : undefined));
    const etag = (await read('broker:etag')).headers.get('etag')!;
    const again = await read('broker:etag', { 'if-none-match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
    await send([sampleEvent(project.id, { id: 'etag-2', subject: 'broker:etag' })]);
    await eventually('the change', async () =>
      (await read('broker:etag', { 'if-none-match': etag })).status === 200 ? true : undefined,
    );
  });

  test('only keys with the scope and members read profiles, and only of a project that exists', async () => {
    const other = await project.key(['events:write']);
    const answer = await eventually('the key is known', async () => {
      const tried = await read('broker:b', {}, other);
      return tried.status === 401 ? undefined : tried;
    });
    expect(answer.status).toBe(403);
    expect((await read('broker:b', {}, await project.token('viewer'))).status).toBe(200);
    expect((await read('broker:b', {}, await project.token('stranger'))).status).toBe(403);
    const gone = await fetch(`${service.url}/v1/projects/no-such-project/profiles/broker:b`, {
      headers: { authorization: `Bearer ${await project.token('operator')}` },
    });
    expect(gone.status).toBe(404);
  });

  test('with Redis away a read is refused at once, and nothing is lost when it comes back', async () => {
    const subject = 'broker:away';
    await send([sampleEvent(project.id, { id: 'before', subject })]);
    await eventually('the profile', async () => ((await profile(subject)).known ? true : undefined));
    proxy.break();
    const refusals: (readonly [status: number, ms: number])[] = [];
    await eventually('a refusal', async () => {
      const startedMs = performance.now();
      const { status } = await read(subject);
      refusals.push([status, performance.now() - startedMs]);
      return refusals.length === 20 ? true : undefined;
    });
    // Never an empty profile: until the break is noticed the old one, then none.
    expect(refusals.at(-1)![0]).toBe(503);
    expect(refusals.every(([status]) => status === 503 || status === 200)).toBe(true);
    expect(Math.max(...refusals.map(([, ms]) => ms))).toBeLessThan(400);
    await send([sampleEvent(project.id, { id: 'while-away', subject })]);
    proxy.mend();
    await eventually('the event is counted', async () => {
      const answer = await read(subject);
      return answer.status === 200 && total(Profile.parse(await answer.json())) === 2 ? true : undefined;
    });
  });

  test('a state of a version that this code does not know is an error, never an empty profile', async () => {
    const redis = openRedis(serverUrl('REDIS_URL'));
    const subject = 'broker:from-the-future';
    await redis.set(
      stateKey('profile-store', project.id, partitionOf(subject, partitions), subject),
      Buffer.from([99]),
    );
    redis.disconnect();
    expect((await read(subject)).status).toBe(500);
  });
});
