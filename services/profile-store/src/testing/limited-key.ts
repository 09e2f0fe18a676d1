import { createHash, randomBytes } from 'node:crypto';
import type { KafkaProducer } from '@hermes/connectors/kafka/driver';
import { type ControlRecord, controlKey, type KeyScope } from '@hermes/contracts/control';
import { controlTopic } from '@hermes/service-kit/testing/control-topic';

/** Makes a key that may see only some features, and answers its text. */
export async function makeLimitedKey(
  producer: KafkaProducer,
  project: string,
  scopes: readonly KeyScope[],
  features: readonly string[],
): Promise<string> {
  const id = randomBytes(6).toString('hex');
  const text = `hk_${id}_${randomBytes(16).toString('hex')}`;
  const record: ControlRecord = {
    kind: 'key',
    id,
    project,
    name: 'limited',
    scopes: [...scopes],
    sha256: createHash('sha256').update(text).digest('hex'),
    createdAt: new Date().toISOString(),
    features: [...features],
  };
  await producer.send([
    { topic: controlTopic(), partition: 0, key: controlKey(record), value: JSON.stringify(record) },
  ]);
  return text;
}
