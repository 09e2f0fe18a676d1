import { inTransaction } from '@hermes/connectors/postgres/transaction';
import type { RuleAuditKind, RuleChange } from '@hermes/contracts/rule-api';
import { type AuditEntry, writeAuditLine } from '@hermes/service-kit/audit-log';
import type { Pool, PoolClient } from 'pg';

export const SCHEMA = 'rule_engine';

/**
 * Runs `work` in a transaction, one of a project at a time: two changes never get the same version, and what one decides by (settings,
 * approvals), no other changes meanwhile.
 */
export const inProject = <T>(pool: Pool, project: string, work: (client: PoolClient) => Promise<T>): Promise<T> =>
  inTransaction(pool, work, `rule-engine/rules/${project}`);

/** Writes down who changed what, in the change's own transaction. */
export const writeAudit = (
  client: PoolClient,
  project: string,
  entry: AuditEntry<RuleAuditKind, RuleChange>,
): Promise<void> => writeAuditLine(client, SCHEMA, project, entry);
