import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { type Feature, FEATURE_STATUS_ID, type FeatureStatus } from '@hermes/contracts/feature';
import type { HermesEvent } from '@hermes/contracts/event';
import { featuresTopic } from '@hermes/contracts/topics';
import { featureOf } from '@hermes/profiles/testing/features';
import { type PlainEvent, recompute } from '@hermes/profiles/testing/recompute';
import { ProfileClient } from '@hermes/profile-client/profile-client';
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
import { partitionTag } from '@hermes/stream-runtime/state-keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ValkeyCluster } from '../processor/valkey-cluster.ts';

const PARTITIONS = 8;
const SUBJECTS = 40;
const folder = new URL('../../services/profile-store/', import.meta.url);

let cluster: ValkeyCluster;
let kafka: KafkaDriver;
let project: TestProject;
let service: ServiceProcess;
let client: ProfileClient;

const path = '$.data.price';
const FEATURES: readonly Feature[] = [
  featureOf({ compute: { kind: 'count' } }, 'deals', 1),
  featureOf({ compute: { kind: 'sum', path }, window: { kind: 'sliding', length: '7d' } }, 'value_7d', 2),
  featureOf({ compute: { kind: 'distinct-count', path }, group: 'apart' }, 'prices', 3),
  featureOf({ compute: { kind: 'last-n', path, n: 5 } }, 'last_5', 4),
];

beforeAll(async () => {
  buildService(folder);
  cluster = await ValkeyCluster.start();
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'profile-cluster-test' });
  project = await makeTestProject(kafka, PARTITIONS);
  const status: FeatureStatus = { live: Object.fromEntries(FEATURES.map(({ id }) => [id, 1])), subscribed: [] };
  // Answered from the first event on: there is no history to fill from.
  await publishDefinitionSet(kafka, featuresTopic(project.id), {
    publishedAt: new Date().toISOString(),
    members: [
      ...FEATURES.map((feature) => ({
        id: feature.id,
        version: 1,
        value: JSON.stringify({ ...feature, project: project.id }),
      })),
      { id: FEATURE_STATUS_ID, version: 1, value: JSON.stringify(status) },
    ],
  });
  // A read waits out what a move of its slot takes, however slow the machine; how quick it is, is not the question here.
  service = await startService(folder, { REDIS_URL: cluster.url, PROFILE_STORE_READ_TIMEOUT_MS: '10000' });
  const key = await project.key(['profiles:read']);
  client = new ProfileClient({ url: service.url, project: project.id, key, timeoutMs: 20_000 });
  // The project is new to the service: its features have been read when the first answer comes.
  await eventually('the project is taken up', async () => {
    const read = await client.read('customer:nobody', ['deals']);
    return read.kind === 'ok' ? true : undefined;
  });
}, 180_000);
afterAll(async () => {
  await client?.close();
  await endServices();
  await project?.remove();
  await kafka?.close();
  await cluster?.close();
});

test('on a cluster whose slots are moved under load every event counts once, and reads go on', async () => {
  const producer = await kafka.producer();
  const sent: HermesEvent[] = [];
  let loading = true;
  const feeding = (async () => {
    while (loading) {
      const more = Array.from({ length: 50 }, (_, i) => {
        const n = sent.length + i;
        return sampleEvent(project.id, {
          id: `e-${n}`,
          type: 'a',
          subject: `customer:c-${(n * 7) % SUBJECTS}`,
          time: new Date(Date.now() - ((n * 7_919) % 1_000) * 3_600_000).toISOString(),
          data: { price: (n * 31) % 97 },
        });
      });
      await producer.send(more.map(eventRecord));
      sent.push(...more);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const reads = { ok: 0, failed: [] as string[] };
  const reading = (async () => {
    for (let i = 0; loading; i++) {
      const read = await client.read(
        `customer:c-${i % SUBJECTS}`,
        FEATURES.map(({ id }) => id),
      );
      if (read.kind === 'ok') reads.ok += 1;
      else reads.failed.push(`${read.kind}: ${read.detail}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const slot = await cluster.slotOf(partitionTag('profile-store', project.id, partition));
    const to = ((await cluster.ownerOf(slot)) + 1) % 3;
    await (partition % 2 === 0 ? cluster.moveKeyByKey(slot, to) : cluster.moveAtOnce(slot, to));
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  loading = false;
  await Promise.all([feeding, reading]);
  await producer.close();

  const subjects = Array.from({ length: SUBJECTS }, (_, i) => `customer:c-${i}`);
  const plain: PlainEvent[] = sent.map(({ time, receivedat, ...event }) => ({
    ...event,
    timeMs: Date.parse(time),
    receivedAtMs: Date.parse(receivedat),
  }));
  const countOf = (subject: string): number => plain.filter((event) => event.subject === subject).length;
  const profiles = await eventually('every event is counted', async () => {
    const read = await client.readMany<Record<string, unknown>>(
      subjects,
      FEATURES.map(({ id }) => id),
    );
    if (read.kind !== 'ok') return undefined;
    return read.profiles.every((one) => one.features['deals']?.value === countOf(one.subject))
      ? read.profiles
      : undefined;
  });
  for (const profile of profiles) {
    const mine = plain.filter((event) => event.subject === profile.subject);
    for (const feature of FEATURES) {
      const { value, interval, late } = profile.features[feature.id]!;
      const nowMs = interval.to === null ? Date.now() : Date.parse(interval.to) - 1;
      const expected = recompute(feature, mine, nowMs);
      expect([profile.subject, feature.id, value, late ?? 0]).toEqual([
        profile.subject,
        feature.id,
        expected.value,
        expected.late,
      ]);
    }
  }
  expect(reads.failed).toEqual([]);
  expect(reads.ok).toBeGreaterThan(100);
}, 120_000);
