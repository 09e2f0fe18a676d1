import type { KafkaConnection, KafkaDriver } from './driver.ts';
import { KafkajsWire } from './kafkajs/wire.ts';
import { WireDriver } from './wire-driver.ts';

/** Kafka through kafkajs's connections and encoders. Connects when first used. No zstd: such a record stops its partition. */
export function createKafkajsDriver(connection: KafkaConnection): KafkaDriver {
  return new WireDriver('kafkajs', new KafkajsWire(connection));
}
