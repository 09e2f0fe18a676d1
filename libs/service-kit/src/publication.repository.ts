import type { Pool, PoolClient } from 'pg';

/** What was published: undefined when the project never had a definition. */
export type Published = { readonly revision: number } | undefined;

export interface PublicationSetting<T> {
  /** Of the service. */
  readonly schema: string;
  /** Its table that says how far each project's topic has followed; default `publication_state`. */
  readonly table?: string;
  /** What is to be published now, with the project's revision. */
  readonly load: (db: PoolClient, project: string, revision: number) => Promise<T>;
}

/** Notes, in the change's own transaction, that the project's definitions are to be published. */
export async function raiseRevision(
  client: Pick<PoolClient, 'query'>,
  schema: string,
  project: string,
  table = 'publication_state',
): Promise<void> {
  await client.query(
    `INSERT INTO ${schema}.${table} AS state (project, revision) VALUES ($1, 1)
     ON CONFLICT (project) DO UPDATE SET revision = state.revision + 1`,
    [project],
  );
}

/** Which projects' definitions are on Kafka as they are in the database. */
export class PublicationRepository<T> {
  private readonly pool: Pool;
  private readonly setting: PublicationSetting<T>;
  private readonly state: string;
  constructor(pool: Pool, setting: PublicationSetting<T>) {
    this.pool = pool;
    this.setting = setting;
    this.state = `${setting.schema}.${setting.table ?? 'publication_state'}`;
  }

  /** The projects with changes that Kafka has not acknowledged. */
  async projectsBehind(): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ project: string }>(
      `SELECT project FROM ${this.state} WHERE published_revision < revision`,
    );
    return rows.map((row) => row.project);
  }

  /**
   * Hands the project's definitions to `publish`, and notes their revision as published when it resolves. One process at a time: the lock
   * ends with its connection, so a killed process holds nobody up. Everything runs on that one connection, so that many projects
   * at once cannot starve each other of connections.
   */
  async publish(project: string, publish: (definitions: T) => Promise<void>): Promise<Published> {
    const client = await this.pool.connect();
    const lock = `${this.setting.schema}/publish/${this.setting.table === undefined ? '' : `${this.setting.table}/`}${project}`;
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
    publish: (definitions: T) => Promise<void>,
  ): Promise<Published> {
    // The revision is read before the definitions: a change in between is published now and, harmlessly, once more.
    const { rows } = await client.query<{ revision: string }>(`SELECT revision FROM ${this.state} WHERE project = $1`, [
      project,
    ]);
    const revision = rows[0]?.revision;
    if (revision === undefined) return undefined;
    await publish(await this.setting.load(client, project, Number(revision)));
    await client.query(
      `UPDATE ${this.state} SET published_revision = greatest(published_revision, $2::bigint) WHERE project = $1`,
      [project, revision],
    );
    return { revision: Number(revision) };
  }
}
