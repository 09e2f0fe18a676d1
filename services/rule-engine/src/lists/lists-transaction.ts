import { inTransaction } from '@hermes/connectors/postgres/transaction';
import { raiseRevision } from '@hermes/service-kit/publication.repository';
import type { Pool, PoolClient } from 'pg';
import { SCHEMA } from '../rules/project-transaction.ts';

/** Its table that says how far `<project>.lists` has followed. */
export const LIST_STATE = 'list_publication_state';

/** A statement about a million entries takes its time. */
const STATEMENT_TIMEOUT_MS = 120_000;

const lockOf = (project: string): string => `rule-engine/lists/${project}`;

/** Runs `work` in a transaction, one of a project's lists at a time: so their totals stay what they are meanwhile. */
export const inLists = <T>(pool: Pool, project: string, work: (client: PoolClient) => Promise<T>): Promise<T> =>
  inTransaction(
    pool,
    async (client) => {
      await client.query(`SET LOCAL statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
      return work(client);
    },
    lockOf(project),
  );

/** The same within a transaction that keeps rules from changing; those come first. */
export const lockLists = (client: PoolClient, project: string): Promise<unknown> =>
  client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [lockOf(project)]);

/** Notes that the project's lists are to be published. */
export const raiseLists = (client: PoolClient, project: string): Promise<void> =>
  raiseRevision(client, SCHEMA, project, LIST_STATE);
