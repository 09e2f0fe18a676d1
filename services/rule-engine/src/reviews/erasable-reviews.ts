import type { OpenErasure } from '@hermes/service-kit/erasure-copy';
import type { ErasableStore } from '@hermes/service-kit/erasure-work';
import type { Pool } from 'pg';
import { SCHEMA } from '../rules/project-transaction.ts';

const WHERE = 'project = $1 AND (subject = $2 OR key = $2) AND event_time <= $3::timestamptz';
const TABLES = ['reviews', 'feedback'] as const;

/** What people said of decisions on a subject's events, or by rules that go by it as another key, and those that wait for it, by the time of the events. */
export function erasableReviews(pool: Pool): ErasableStore {
  const valuesOf = ({ project, subject, erasedAt }: OpenErasure): readonly unknown[] => [project, subject, erasedAt];
  return {
    name: 'reviews',
    async count(erasure) {
      const { rows } = await pool.query<{ rows: string }>(
        `SELECT ${TABLES.map((table) => `(SELECT count(*) FROM ${SCHEMA}.${table} WHERE ${WHERE})`).join(' + ')} AS rows`,
        [...valuesOf(erasure)],
      );
      return Number(rows[0]?.rows);
    },
    async remove(erasure) {
      for (const table of TABLES)
        await pool.query(`DELETE FROM ${SCHEMA}.${table} WHERE ${WHERE}`, [...valuesOf(erasure)]);
    },
  };
}
