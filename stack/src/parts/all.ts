import { clickhouse } from './clickhouse.ts';
import { kafka } from './kafka.ts';
import type { Part, PartName } from './part.ts';
import { postgres } from './postgres.ts';
import { valkey } from './valkey.ts';

export const parts: Record<PartName, Part> = { kafka, valkey, clickhouse, postgres };
