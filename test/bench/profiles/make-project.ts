import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { Feature, FEATURE_STATUS_ID } from '@hermes/contracts/feature';
import { eventsTopic, featuresTopic } from '@hermes/contracts/topics';
import { ProfileClient } from '@hermes/profile-client/profile-client';
import { ConsoleClient } from '@hermes/stack/api/console-client';
import type { TestHermes } from '@hermes/stack/testing/hermes';
import { publishDefinitionSet } from '@hermes/stream-runtime/publish-definitions';
import { BENCH_FEATURE_IDS, BENCH_FEATURES } from './bench-features.ts';
import { PARTITIONS, until } from './bench-store.ts';
import { PROJECT } from './deals.ts';

/** Makes the project with its live features; answers a key that reads profiles. @throws Error when a feature does not become live */
export async function makeBenchProject(hermes: TestHermes, kafka: KafkaDriver): Promise<string> {
  // Made before the project makes it: the events of the bench are more than a project keeps.
  const admin = await kafka.admin();
  const events = eventsTopic(PROJECT);
  await admin.ensureTopics([
    { name: events, partitions: PARTITIONS, cleanupPolicy: 'delete', retentionMs: -1, retentionBytes: -1 },
  ]);
  await admin.close();
  const console_ = await ConsoleClient.signIn(hermes.url('CONSOLE_URL'), hermes.admin.email, hermes.admin.password);
  await console_.ensureProject({
    id: PROJECT,
    name: PROJECT,
    timeZone: 'Asia/Shanghai',
    currency: 'CNY',
    partitions: PARTITIONS,
  });
  const { key } = await console_.newKey(PROJECT, 'reader', ['profiles:read']);
  await until(30_000, 'the topic of the features is not there', async () => {
    const looking = await kafka.admin();
    return (await looking.describeTopic(featuresTopic(PROJECT)).finally(() => looking.close())) !== undefined;
  });
  await publishDirectly(kafka);
  await untilLive(hermes, key);
  return key;
}

async function publishDirectly(kafka: KafkaDriver): Promise<void> {
  const publishedAt = new Date().toISOString();
  const features = Object.entries(BENCH_FEATURES).map(([id, draft], at) =>
    Feature.parse({ ...draft, id, project: PROJECT, version: 1, slot: at + 1, timeZone: 'Asia/Shanghai', publishedAt }),
  );
  const live = Object.fromEntries(BENCH_FEATURE_IDS.map((id) => [id, 1]));
  const members = [
    ...features.map((feature) => ({ id: feature.id, version: 1, value: JSON.stringify(feature) })),
    { id: FEATURE_STATUS_ID, version: 1, value: JSON.stringify({ live, subscribed: [] }) },
  ];
  await publishDefinitionSet(kafka, featuresTopic(PROJECT), { members, publishedAt });
}

async function untilLive(hermes: TestHermes, key: string): Promise<void> {
  const client = new ProfileClient({ url: hermes.url('PROFILE_STORE_URL'), project: PROJECT, key });
  let said = '';
  await until(60_000, 'the features are not live', async () => {
    const read = await client.read('customer:nobody', BENCH_FEATURE_IDS);
    said = read.kind === 'ok' ? '' : read.detail;
    return read.kind === 'ok';
  }).catch((error: unknown) => {
    throw new Error(`${(error as Error).message} The last answer: ${said}`);
  });
  await client.close();
}
