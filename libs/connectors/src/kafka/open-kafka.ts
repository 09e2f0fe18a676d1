import type { KafkaConnection, KafkaDriver } from './driver.ts';
import { createPlatformaticDriver } from './platformatic-driver.ts';

export interface OpenKafkaOptions extends KafkaConnection {
  readonly driver?: KafkaDriver['name'];
}

/** Opens Kafka with the named client library behind the one contract of `driver.ts`. Connects when first used. */
export function openKafka({ brokers, clientId }: OpenKafkaOptions): KafkaDriver {
  return createPlatformaticDriver({ brokers, clientId });
}
