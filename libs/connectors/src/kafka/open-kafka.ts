import type { KafkaConnection, KafkaDriver } from './driver.ts';
import { createKafkajsDriver } from './kafkajs-driver.ts';
import { createPlatformaticDriver } from './platformatic-driver.ts';

export interface OpenKafkaOptions extends KafkaConnection {
  /** Default: docs/decisions/0020-kafka-through-one-core.md says which and why. */
  readonly driver?: KafkaDriver['name'];
}

/** Opens Kafka with the named client library behind the one contract of `driver.ts`. Connects when first used. */
export function openKafka({ brokers, clientId, driver = 'platformatic' }: OpenKafkaOptions): KafkaDriver {
  const open = driver === 'kafkajs' ? createKafkajsDriver : createPlatformaticDriver;
  return open({ brokers, clientId });
}
