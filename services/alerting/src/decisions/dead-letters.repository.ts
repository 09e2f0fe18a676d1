import { storedText } from '@hermes/alerts/stored-text';
import type { Pool } from 'pg';
import type { DeadRecord } from './decision-batch.ts';

/** Keeps records that are no decisions, as they came. */
export async function keepDeadRecords(db: Pool, dead: readonly DeadRecord[]): Promise<void> {
  if (dead.length === 0) return;
  await db.query(
    `INSERT INTO alerting.dead_letter (topic, partition, record_offset, reason, record_key, record_value)
     SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::bytea[], $6::bytea[]) ON CONFLICT DO NOTHING`,
    [
      dead.map(({ record }) => record.topic),
      dead.map(({ record }) => record.partition),
      dead.map(({ record }) => record.offset),
      dead.map(({ reason }) => storedText(reason, 500)),
      dead.map(({ record }) => record.key),
      dead.map(({ record }) => record.value),
    ],
  );
}
