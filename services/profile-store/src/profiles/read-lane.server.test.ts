import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { FEATURE_STATUS_ID, type FeatureStatus } from '@hermes/contracts/feature';
import { featuresTopic } from '@hermes/contracts/topics';
import { featureOf } from '@hermes/profiles/testing/features';
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
import { publishDefinitionSet } from '@hermes/stream-runtime/publish-definitions';
import { afterAll, beforeAll, expect, test } from 'vitest';

const folder = new URL('../..', import.meta.url);
const SUBJECT = 'customer:c-1';
const features = [
  featureOf({ compute: { kind: 'count' } }, 'deals', 1),
  featureOf({ compute: { kind: 'last', path: '$.data.district' } }, 'district', 2),
  featureOf(
    { compute: { kind: 'count' }, key: { kind: 'field', path: '$.data.listing', entity: 'listing' } },
    'sold',
    3,
  ),
];

let kafka: KafkaDriver;
let project: TestProject;
let service: ServiceProcess;
let key: string;

beforeAll(async () => {
  buildService(folder);
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'read-lane-test' });
  project = await makeTestProject(kafka, 2);
  key = await project.key(['profiles:read']);
  const status: FeatureStatus = { live: { deals: 1, district: 1, sold: 1 }, subscribed: [] };
  const members = [
    ...features.map((feature) => ({
      id: feature.id,
      version: 1,
      value: JSON.stringify({ ...feature, project: project.id }),
    })),
    { id: FEATURE_STATUS_ID, version: 1, value: JSON.stringify(status) },
  ];
  await publishDefinitionSet(kafka, featuresTopic(project.id), { publishedAt: new Date().toISOString(), members });
  service = await startService(folder, {});
  const producer = await kafka.producer();
  for (let i = 0; i < 3; i++) {
    const data = { district: '浦东', listing: 'l-1' };
    await producer.send([eventRecord(sampleEvent(project.id, { id: `e-${i}`, type: 'a', subject: SUBJECT, data }))]);
  }
  await producer.close();
  // Features of another key are counted by a processor of their own.
  for (const path of [`profiles/${SUBJECT}?features=deals`, 'profiles/listing:l-1?features=sold']) {
    await eventually('the events are counted', async () => {
      const { body } = await ask(path, {});
      return body.includes('"value":3') ? true : undefined;
    });
  }
}, 120_000);
afterAll(async () => {
  await endServices();
  await project?.remove();
  await kafka?.close();
});

interface Asked {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** As a plain client asks, which `fetch` is not: it wants compressed answers. */
function ask(path: string, headers: Readonly<Record<string, string>>): Promise<Asked> {
  const { promise, resolve, reject } = Promise.withResolvers<Asked>();
  const url = `${service.url}/v1/projects/${project.id}/${path}`;
  request(url, { headers: { authorization: `Bearer ${key}`, ...headers } }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => void chunks.push(chunk));
    response.on('end', () => {
      const { etag, 'content-type': type, 'cache-control': cache, 'content-length': length } = response.headers;
      const body = Buffer.concat(chunks).toString();
      resolve({ status: response.statusCode, headers: { etag, type, cache, length }, body });
    });
  })
    .on('error', reject)
    .end();
  return promise;
}

test.each([
  ['a subject with several features', `profiles/${SUBJECT}?features=deals,district`, {}, 200],
  ['text beyond ASCII', `profiles/${encodeURIComponent(SUBJECT)}?features=district`, {}, 200],
  ['a feature of another key', 'profiles/listing:l-1?features=sold', {}, 200],
  ['a subject that nobody has seen', 'profiles/customer:nobody?features=deals', {}, 200],
  ['a tag that is not the answer’s', `profiles/${SUBJECT}?features=deals`, { 'if-none-match': '"another"' }, 200],
  ['no feature at all', `profiles/${SUBJECT}?features=`, {}, 200],
  ['a feature that does not exist', `profiles/${SUBJECT}?features=dealz`, {}, 404],
  ['a parameter that does not exist', `profiles/${SUBJECT}?features=deals&when=now`, {}, 400],
  ['the same parameter twice', `profiles/${SUBJECT}?features=deals&features=district`, {}, 200],
  ['no subject', 'profiles/nobody?features=deals', {}, 400],
  ['a key that is none', `profiles/${SUBJECT}?features=deals`, { authorization: 'Bearer hk_none_none' }, 401],
])('asked for %s, the short way answers what the usual one answers', async (_, path, headers, status) => {
  // A question takes the short way once it has been answered; a client that takes compressed answers never does.
  const usual = await ask(path, { ...headers, 'accept-encoding': 'gzip' });
  expect(usual.status).toBe(status);
  for (let i = 0; i < 3; i++) expect(await ask(path, headers)).toEqual(usual);
});

test('a client that has the answer gets none again on the short way either', async () => {
  const path = `profiles/${SUBJECT}?features=deals,district`;
  await ask(path, {});
  const { headers } = await ask(path, {});
  const again = await ask(path, { 'if-none-match': String(headers['etag']) });
  expect([again.status, again.body, again.headers['etag']]).toEqual([304, '', headers['etag']]);
});

test('a key that is revoked, or of another project, does not get through', async () => {
  const path = `profiles/${SUBJECT}?features=deals`;
  const other = await makeTestProject(kafka, 1);
  const stranger = await other.key(['profiles:read']);
  const writer = await project.key(['profiles:write']);
  await eventually('both keys are known', async () => {
    const answers = await Promise.all([stranger, writer].map((one) => ask(path, { authorization: `Bearer ${one}` })));
    return answers.every((answer) => answer.status === 403) ? true : undefined;
  });
  await other.remove();
});

/** How many profiles were read from where. */
async function readsFrom(where: 'memory' | 'redis'): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  return Number(new RegExp(`^hermes_profile_${where}_reads_total (\\d+)`, 'm').exec(text)?.[1]);
}

test('a profile that was just counted in is read from memory, and later from Redis, with one answer', async () => {
  const path = 'profiles/customer:c-2?features=deals';
  const producer = await kafka.producer();
  await producer.send([
    eventRecord(sampleEvent(project.id, { id: 'm-1', type: 'a', subject: 'customer:c-2', data: {} })),
  ]);
  await producer.close();
  const before = await readsFrom('memory');
  const here = await eventually('the event is counted', async () => {
    const answer = await ask(path, {});
    return answer.body.includes('"value":1') ? answer : undefined;
  });
  await ask(path, {});
  expect(await readsFrom('memory')).toBeGreaterThan(before);
  await sleep(400);
  const fromRedis = await readsFrom('redis');
  expect(await ask(path, {})).toEqual(here);
  expect(await readsFrom('redis')).toBe(fromRedis + 1);
});
