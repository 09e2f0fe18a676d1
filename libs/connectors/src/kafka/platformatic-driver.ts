import type { KafkaConnection, KafkaDriver } from './driver.ts';
import { PlatformaticWire } from './platformatic/wire.ts';
import { WireDriver } from './wire-driver.ts';

/** Kafka through @platformatic/kafka's connections and encoders. Connects when first used. */
export function createPlatformaticDriver(connection: KafkaConnection): KafkaDriver {
  return new WireDriver('platformatic', new PlatformaticWire(connection));
}
