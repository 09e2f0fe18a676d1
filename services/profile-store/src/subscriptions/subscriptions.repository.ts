import { isDeepStrictEqual } from 'node:util';
import type { Subscription } from '@hermes/contracts/feature-api';
import { raiseRevision } from '@hermes/service-kit/publication.repository';
import type { Pool, PoolClient } from 'pg';
import { inProject, SCHEMA, writeAudit } from '../features/project-transaction.ts';

interface Row {
  readonly id: string;
  readonly features: string[];
  readonly created_by: string;
  readonly changed_at: Date;
}

const LASTING = `SELECT id, features, created_by, changed_at FROM ${SCHEMA}.subscriptions WHERE project = $1 AND NOT is_lease`;

const subscriptionOf = (row: Row): Subscription => ({
  id: row.id,
  features: row.features,
  by: row.created_by,
  at: row.changed_at.toISOString(),
});

const sorted = (features: readonly string[]): string[] => [...new Set(features)].sort();

async function wishedIn(client: PoolClient, project: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ feature: string }>(
    `SELECT DISTINCT unnest(features) AS feature FROM ${SCHEMA}.subscriptions WHERE project = $1 ORDER BY feature`,
    [project],
  );
  return rows.map(({ feature }) => feature);
}

/**
 * Who wants changes of which features. A change raises the project's revision only when it changes for which features anybody does: each
 * connection of a page would be a publication otherwise.
 */
export class SubscriptionsRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  async list(project: string): Promise<readonly Subscription[]> {
    const { rows } = await this.pool.query<Row>(`${LASTING} ORDER BY id`, [project]);
    return rows.map(subscriptionOf);
  }

  async find(project: string, id: string): Promise<Subscription | undefined> {
    const { rows } = await this.pool.query<Row>(`${LASTING} AND id = $2`, [project, id]);
    return rows[0] === undefined ? undefined : subscriptionOf(rows[0]);
  }

  /** Keeps a lasting subscription; the same again changes nothing. */
  async save(
    project: string,
    id: string,
    wanted: readonly string[],
    by: string,
  ): Promise<{ readonly subscription: Subscription; readonly isNew: boolean; readonly raised: boolean }> {
    const features = sorted(wanted);
    return this.changing(project, async (client) => {
      const { rows: found } = await client.query<Row>(`${LASTING} AND id = $2`, [project, id]);
      const before = found[0];
      if (before !== undefined && isDeepStrictEqual(before.features, features))
        return { subscription: subscriptionOf(before), isNew: false };
      const { rows } = await client.query<Row>(
        `INSERT INTO ${SCHEMA}.subscriptions (project, is_lease, id, features, created_by) VALUES ($1, false, $2, $3, $4)
         ON CONFLICT (project, is_lease, id) DO UPDATE SET features = excluded.features, created_by = excluded.created_by,
           changed_at = now()
         RETURNING id, features, created_by, changed_at`,
        [project, id, features, by],
      );
      const audited = { kind: 'subscription', id, by, what: 'subscribed' } as const;
      await writeAudit(client, project, { ...audited, before: before?.features, after: features });
      return { subscription: subscriptionOf(rows[0]!), isNew: before === undefined };
    });
  }

  async delete(
    project: string,
    id: string,
    by: string,
  ): Promise<{ readonly isDeleted: boolean; readonly raised: boolean }> {
    return this.changing(project, async (client) => {
      const { rows } = await client.query<{ features: string[] }>(
        `DELETE FROM ${SCHEMA}.subscriptions WHERE project = $1 AND NOT is_lease AND id = $2 RETURNING features`,
        [project, id],
      );
      if (rows[0] === undefined) return { isDeleted: false };
      await writeAudit(client, project, {
        kind: 'subscription',
        id,
        by,
        what: 'unsubscribed',
        before: rows[0].features,
      });
      return { isDeleted: true };
    });
  }

  /**
   * A subscription that ends by itself, unless it is renewed by the same call: of a connection. It is no person's change, so the audit does
   * not have it.
   *
   * @param untilMs - epoch milliseconds
   */
  async lease(
    project: string,
    id: string,
    features: readonly string[],
    untilMs: number,
  ): Promise<{ readonly raised: boolean }> {
    return this.changing(project, async (client) => {
      await client.query(
        `INSERT INTO ${SCHEMA}.subscriptions (project, is_lease, id, features, created_by, expires_at)
         VALUES ($1, true, $2, $3, 'lease', $4)
         ON CONFLICT (project, is_lease, id) DO UPDATE SET features = excluded.features, expires_at = excluded.expires_at,
           changed_at = now()`,
        [project, id, sorted(features), new Date(untilMs)],
      );
      return {};
    });
  }

  /** Ends a lease before its time; a repeat changes nothing. */
  async endLease(project: string, id: string): Promise<{ readonly raised: boolean }> {
    return this.changing(project, async (client) => {
      await client.query(`DELETE FROM ${SCHEMA}.subscriptions WHERE project = $1 AND is_lease AND id = $2`, [
        project,
        id,
      ]);
      return {};
    });
  }

  /** Deletes leases that have ended. Answers the projects for which anything is to be published because of it. */
  async endExpired(): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ project: string }>(
      `SELECT DISTINCT project FROM ${SCHEMA}.subscriptions WHERE is_lease AND expires_at <= now()`,
    );
    const changed: string[] = [];
    for (const { project } of rows) {
      const { raised } = await this.changing(project, async (client) => {
        await client.query(
          `DELETE FROM ${SCHEMA}.subscriptions WHERE project = $1 AND is_lease AND expires_at <= now()`,
          [project],
        );
        return {};
      });
      if (raised) changed.push(project);
    }
    return changed;
  }

  private changing<T extends object>(
    project: string,
    work: (client: PoolClient) => Promise<T>,
  ): Promise<T & { readonly raised: boolean }> {
    return inProject(this.pool, project, async (client) => {
      const before = await wishedIn(client, project);
      const result = await work(client);
      const raised = !isDeepStrictEqual(before, await wishedIn(client, project));
      if (raised) await raiseRevision(client, SCHEMA, project);
      return { ...result, raised };
    });
  }
}
