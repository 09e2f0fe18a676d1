import { inTransaction } from '@hermes/connectors/postgres/transaction';
import { type AuditEntry, writeAuditLine } from '@hermes/service-kit/audit-log';
import type { Pool, PoolClient } from 'pg';

export const SCHEMA = 'profile_store';

/**
 * Runs `work` in a transaction, one of a project at a time: two changes never get the same version or slot, and what one decides by, no
 * other changes meanwhile.
 */
export const inProject = <T>(pool: Pool, project: string, work: (client: PoolClient) => Promise<T>): Promise<T> =>
  inTransaction(pool, work, `profile-store/features/${project}`);

/** Writes down who changed what, in the change's own transaction. */
export const writeAudit = (
  client: PoolClient,
  project: string,
  entry: AuditEntry<'feature' | 'subscription' | 'segment'>,
): Promise<void> => writeAuditLine(client, SCHEMA, project, entry);
