import type { Rule } from '@hermes/contracts/rule';
import type { Pool, PoolClient } from 'pg';
import { publishedRules } from '../rules/rules.repository.ts';

/** What was published: undefined when the project never had a rule. */
export type Published = { readonly revision: number; readonly rules: number } | undefined;

/** Which projects' rules are on Kafka as they are in the database. */
export class PublicationRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** The projects with changes that Kafka has not acknowledged. */
  async projectsBehind(): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ project: string }>(
      'SELECT project FROM rule_engine.publication_state WHERE published_revision < revision',
    );
    return rows.map((row) => row.project);
  }

  /**
   * Hands the project's rules to `publish`, and notes their revision as published when it resolves. One process at a time: the lock
   * ends with its connection, so a killed process holds nobody up. Everything runs on that one connection, so that many projects
   * at once cannot starve each other of connections.
   */
  async publish(project: string, publish: (rules: readonly Rule[]) => Promise<void>): Promise<Published> {
    const client = await this.pool.connect();
    const lock = `rule-engine/publish/${project}`;
    try {
      await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [lock]);
      const published = await this.publishLocked(client, project, publish);
      await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [lock]);
      client.release();
      return published;
    } catch (error) {
      // Destroying the connection releases the lock, whatever state it is in.
      client.release(error as Error);
      throw error;
    }
  }

  private async publishLocked(
    client: PoolClient,
    project: string,
    publish: (rules: readonly Rule[]) => Promise<void>,
  ): Promise<Published> {
    // The revision is read before the rules: a change in between is published now and, harmlessly, once more.
    const { rows } = await client.query<{ revision: string }>(
      'SELECT revision FROM rule_engine.publication_state WHERE project = $1',
      [project],
    );
    const revision = rows[0]?.revision;
    if (revision === undefined) return undefined;
    const rules = await publishedRules(client, project);
    await publish(rules);
    await client.query(
      'UPDATE rule_engine.publication_state SET published_revision = greatest(published_revision, $2::bigint) WHERE project = $1',
      [project, revision],
    );
    return { revision: Number(revision), rules: rules.length };
  }
}
