import { inTransaction } from '@hermes/connectors/postgres/transaction';
import type { Pool, PoolClient } from 'pg';

export const SCHEMA = 'profile_store';

/**
 * Runs `work` in a transaction, one of a project at a time: two changes never get the same version or slot, and what one decides by, no
 * other changes meanwhile.
 */
export const inProject = <T>(pool: Pool, project: string, work: (client: PoolClient) => Promise<T>): Promise<T> =>
  inTransaction(pool, work, `profile-store/features/${project}`);

export interface AuditEntry {
  readonly kind: 'feature' | 'subscription';
  readonly id: string;
  readonly by: string;
  readonly what: string;
  readonly version?: number | null;
  readonly before?: unknown;
  readonly after?: unknown;
}

const jsonOrNull = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value);

/** Writes down who changed what, in the change's own transaction. */
export async function writeAudit(client: PoolClient, project: string, entry: AuditEntry): Promise<void> {
  const { kind, id, by, what, version, before, after } = entry;
  await client.query(
    `INSERT INTO ${SCHEMA}.audit (project, kind, id, by, what, version, before, after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [project, kind, id, by, what, version ?? null, jsonOrNull(before), jsonOrNull(after)],
  );
}
