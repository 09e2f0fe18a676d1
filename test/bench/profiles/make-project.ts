import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { FeatureList } from '@hermes/contracts/feature-api';
import { eventsTopic } from '@hermes/contracts/topics';
import { ProfileClient } from '@hermes/profile-client/profile-client';
import { ConsoleClient } from '@hermes/stack/api/console-client';
import type { TestHermes } from '@hermes/stack/testing/hermes';
import { BENCH_FEATURE_IDS, BENCH_FEATURES } from './bench-features.ts';
import { PARTITIONS, until } from './bench-store.ts';
import { PROJECT } from './deals.ts';

const LIVE_WITHIN_MS = 180_000;

/** Makes the project with its live features; answers a key that reads profiles. @throws Error when a feature does not become live */
export async function makeBenchProject(hermes: TestHermes, kafka: KafkaDriver): Promise<string> {
  // Made before the project makes it: the events of the bench are more than a project keeps.
  const admin = await kafka.admin();
  const events = eventsTopic(PROJECT);
  await admin.ensureTopics([
    { name: events, partitions: PARTITIONS, cleanupPolicy: 'delete', retentionMs: -1, retentionBytes: -1 },
  ]);
  await admin.close();
  const client = await ConsoleClient.signIn(hermes.url('CONSOLE_URL'), hermes.admin.email, hermes.admin.password);
  await client.ensureProject({
    id: PROJECT,
    name: PROJECT,
    timeZone: 'Asia/Shanghai',
    currency: 'CNY',
    partitions: PARTITIONS,
  });
  const { key } = await client.newKey(PROJECT, 'reader', ['profiles:read']);
  for (const [id, draft] of Object.entries(BENCH_FEATURES)) {
    await client.service('profile-store', 'PUT', `projects/${PROJECT}/features/${id}`, draft);
    await client.service('profile-store', 'POST', `projects/${PROJECT}/features/${id}/publish`);
  }
  await untilLive(client);
  await untilRead(hermes, key);
  return key;
}

async function untilLive(client: ConsoleClient): Promise<void> {
  let waiting: readonly string[] = BENCH_FEATURE_IDS;
  await until(LIVE_WITHIN_MS, 'the features are not live', async () => {
    const answer = await client.service('profile-store', 'GET', `projects/${PROJECT}/features`);
    const { features } = FeatureList.parse(await answer.json());
    waiting = features.flatMap(({ id, status, filling }) =>
      status === 'live' ? [] : [`${id}: ${status}${filling?.reason === null ? '' : `, ${filling?.reason ?? ''}`}`],
    );
    return features.length === BENCH_FEATURE_IDS.length && waiting.length === 0;
  }).catch((error: unknown) => {
    throw new Error(`${(error as Error).message} ${waiting.join('; ')}`);
  });
}

/** The key, and the newest set of features, reach the readers through topics. */
async function untilRead(hermes: TestHermes, key: string): Promise<void> {
  const client = new ProfileClient({ url: hermes.url('PROFILE_STORE_URL'), project: PROJECT, key });
  let said = '';
  await until(60_000, 'the features are not answered', async () => {
    const read = await client.read('customer:nobody', BENCH_FEATURE_IDS);
    said = read.kind === 'ok' ? '' : read.detail;
    return read.kind === 'ok';
  }).catch((error: unknown) => {
    throw new Error(`${(error as Error).message} The last answer: ${said}`);
  });
  await client.close();
}
