import { blackhole } from './blackhole.ts';
import { clickhouse } from './clickhouse.ts';
import { datagen } from './datagen.ts';
import type { ConnectorDescription } from './description.ts';
import { filesystem } from './filesystem.ts';
import { hermesProfile } from './hermes-profile.ts';
import { jdbc } from './jdbc.ts';
import { kafka } from './kafka.ts';
import { print } from './print.ts';
import { redis } from './redis.ts';
import { upsertKafka } from './upsert-kafka.ts';

/** The connectors that every job may name. */
export const CONNECTORS: readonly ConnectorDescription[] = [
  kafka,
  upsertKafka,
  clickhouse,
  hermesProfile,
  redis,
  jdbc,
  filesystem,
  datagen,
  print,
  blackhole,
];
