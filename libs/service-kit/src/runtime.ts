import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import type { ServiceName } from '@hermes/contracts/identifiers';
import type { Logger } from 'pino';
import type { BaseConfig } from './base-config.ts';
import type { ControlCopy } from './control-copy.ts';
import type { ServiceMetrics } from './metrics.ts';

/** Injection token of the ServiceRuntime. */
export const SERVICE_RUNTIME = Symbol('SERVICE_RUNTIME');

/** What the kit hands to a service. */
export interface ServiceRuntime<C = unknown> {
  readonly name: ServiceName;
  /** Unique per process start. */
  readonly instance: string;
  readonly config: BaseConfig & C;
  readonly logger: Logger;
  readonly kafka: KafkaDriver;
  readonly control: ControlCopy;
  readonly metrics: ServiceMetrics;
  /** Run once, in reverse order of registration, after the HTTP port has closed to new requests. */
  onShutdown(label: string, close: () => Promise<void>): void;
  /** Part of `GET /health/ready`: false or a throw means not ready, with this label as the reason. */
  ready(label: string, check: () => boolean | Promise<boolean>): void;
}
