import type { GuardedCommand } from '../process/guarded-spawn.ts';
import type { Report } from './cache.ts';

export const partNames = ['kafka', 'valkey', 'clickhouse', 'postgres'] as const;
export type PartName = (typeof partNames)[number];

/** What one instance of a part is made of. Files of the part live only under `dataDir`. */
export interface PartInstance {
  dataDir: string;
  port: number;
  /** Kafka's controller listens beside its broker. */
  controllerPort: number;
  passwords: PartPasswords;
}

export interface PartPasswords {
  clickhouse: string;
  /** ClickHouse's read-only user, for queries that people write. */
  clickhouseAnalyst: string;
  postgres: string;
}

/** One real server: how it is fetched, laid out, started, asked and stopped. Each part is one module of this shape. */
export interface Part {
  name: PartName;
  /** The environment variable that names a server of one's own, and names this one to the services. */
  variable: 'KAFKA_BROKERS' | 'REDIS_URL' | 'CLICKHOUSE_URL' | 'DATABASE_URL';
  version: string;
  /** Fetches what is missing into the cache; returns the folder of the installed part. */
  install(report: Report): Promise<string>;
  /** Writes the configuration and, the first time, the data folder. Runs before each start. */
  prepare(instance: PartInstance, home: string): Promise<void>;
  command(instance: PartInstance, home: string): GuardedCommand;
  /** True when a server that speaks the protocol answers at the url with its credentials. Rejects or false when not. */
  answers(url: string): Promise<boolean>;
  url(instance: PartInstance): string;
  /** How it is asked to end, and how long it may take before it is made to. */
  stop: { signal: NodeJS.Signals; graceMs: number };
  /** How long a start may take before it counts as failed: a start after a kill -9 recovers first. */
  readyWithinMs: number;
}
