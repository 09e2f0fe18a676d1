import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { FeatureList } from '@hermes/contracts/feature-api';
import { eventsTopic } from '@hermes/contracts/topics';
import { ConsoleClient } from '@hermes/stack/api/console-client';
import type { TestHermes } from '@hermes/stack/testing/hermes';
import type { FeaturePlan } from '../../scenario/publish-features.ts';
import { PARTITIONS, until } from './bench-service.ts';
import { PROJECT } from './deals.ts';

const LIVE_WITHIN_MS = 180_000;

/** Makes the project of the bench; answers the client of its operator. */
export async function ensureBenchProject(hermes: TestHermes, kafka: KafkaDriver): Promise<ConsoleClient> {
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
  return client;
}

/** Publishes features of the project. @throws Error when one does not become live */
export async function publishBenchFeatures(client: ConsoleClient, features: FeaturePlan): Promise<void> {
  for (const [id, draft] of Object.entries(features)) {
    await client.service('profile-store', 'PUT', `projects/${PROJECT}/features/${id}`, draft);
    await client.service('profile-store', 'POST', `projects/${PROJECT}/features/${id}/publish`);
  }
  await untilLive(client, Object.keys(features).length);
}

async function untilLive(client: ConsoleClient, count: number): Promise<void> {
  let waiting: readonly string[] = [];
  await until(LIVE_WITHIN_MS, 'the features are not live', async () => {
    const answer = await client.service('profile-store', 'GET', `projects/${PROJECT}/features`);
    const { features } = FeatureList.parse(await answer.json());
    waiting = features.flatMap(({ id, status, filling }) =>
      status === 'live' ? [] : [`${id}: ${status}${filling?.reason === null ? '' : `, ${filling?.reason ?? ''}`}`],
    );
    return features.length === count && waiting.length === 0;
  }).catch((error: unknown) => {
    throw new Error(`${(error as Error).message} ${waiting.join('; ')}`);
  });
}
