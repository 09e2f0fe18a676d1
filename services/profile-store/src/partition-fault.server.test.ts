import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openRedis } from '@hermes/connectors/redis/client';
import type { Heartbeat } from '@hermes/contracts/metrics';
import { eventsTopic, METRICS_TOPIC, projectTopics } from '@hermes/contracts/topics';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import {
  buildService,
  endServices,
  eventually,
  serverUrl,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { makeTestProject, type TestProject } from '@hermes/service-kit/testing/test-project';
import { acceptLoss } from '@hermes/stream-runtime/accept-loss';
import { metaKey } from '@hermes/stream-runtime/state-keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROFILE_JOB } from './processing/profile-jobs.ts';

const folder = new URL('..', import.meta.url);
const redis = openRedis(serverUrl('REDIS_URL'));
let kafka: KafkaDriver;
let project: TestProject;

beforeAll(async () => {
  buildService(folder);
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'partition-fault-test' });
  project = await makeTestProject(kafka, 1);
});
afterAll(async () => {
  await endServices();
  const keys = await redis.keys(`*${PROFILE_JOB}:${project.id}:0*`);
  if (keys.length > 0) await redis.del(keys);
  redis.disconnect();
  await project.remove();
  await kafka.close();
});

test('a partition whose topic was made anew says so within 10 s, over a change of processes, until it runs again', async () => {
  /** What was said of the partition, without repeats. */
  const said: string[] = [];
  const follower = await kafka.follow({
    topic: METRICS_TOPIC,
    from: 'latest',
    onRecord: ({ value }) => {
      const beat = JSON.parse(String(value)) as Heartbeat;
      const text = beat.fault ?? beat.state;
      if (beat.component === `partition/${PROFILE_JOB}/${project.id}/0` && said.at(-1) !== text) said.push(text);
    },
  });
  const environment = { KAFKA_SESSION_TIMEOUT_MS: '6000' };
  const first = await startService(folder, environment);
  const producer = await kafka.producer();
  await producer.send([eventRecord(sampleEvent(project.id, { id: 'e-1' }))]);
  await producer.close();
  await eventually('the event is counted', async () =>
    (await redis.hget(metaKey(PROFILE_JOB, project.id, 0), 'offset')) === '1' ? true : undefined,
  );
  await eventually('the partition is well', () => (said.at(-1) === 'stopping' ? true : undefined));
  expect(said).toEqual(['running', 'stopping']);
  said.length = 0;

  const admin = await kafka.admin();
  const topic = eventsTopic(project.id);
  await admin.deleteTopics([topic]);
  await eventually('the topic is gone', async () =>
    (await admin.describeTopic(topic)) === undefined ? true : undefined,
  );
  await admin.ensureTopics(projectTopics(project.id, 1));
  const brokenMs = performance.now();
  await eventually('the fault is told', () => said.find((text) => !/^(running|stopping)$/.test(text)));
  expect(performance.now() - brokenMs).toBeLessThan(10_000);

  // The one that told it dies; its successor finds the same, and does not take it back.
  await first.kill('SIGKILL');
  said.length = 0;
  const second = await startService(folder, environment);
  await eventually('the successor tells it too', () => said[0], 30_000);
  expect(said[0]).toContain('the topic was deleted and made anew');

  const { topicId } = (await admin.describeTopic(topic))!;
  await second.kill('SIGTERM');
  await acceptLoss(redis, { job: PROFILE_JOB, project: project.id, partition: 0, nextOffset: 0, topicId });
  expect(said).toHaveLength(1);
  said.length = 0;
  await startService(folder, environment);
  await eventually('it is taken back', () => (said.at(-1) === 'stopping' ? true : undefined), 30_000);
  expect(said).toEqual(['running', 'stopping']);
  await follower.close();
  await admin.close();
}, 120_000);
