import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { ProfileClient } from '@hermes/profile-client/profile-client';
import type { TestHermes } from '@hermes/stack/testing/hermes';
import { BENCH_FEATURE_IDS, BENCH_FEATURES } from './bench-features.ts';
import { ensureBenchProject, publishBenchFeatures } from '../service/bench-project.ts';
import { until } from '../service/bench-service.ts';
import { PROJECT } from '../service/deals.ts';

/** Makes the project with its live features; answers a key that reads profiles. @throws Error when a feature does not become live */
export async function makeBenchProject(hermes: TestHermes, kafka: KafkaDriver): Promise<string> {
  const client = await ensureBenchProject(hermes, kafka);
  const { key } = await client.newKey(PROJECT, 'reader', ['profiles:read']);
  await publishBenchFeatures(client, BENCH_FEATURES);
  await untilRead(hermes, key);
  return key;
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
