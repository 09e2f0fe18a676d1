import { isDeepStrictEqual } from 'node:util';
import { EventType, type EventTypeDraft } from '@hermes/contracts/event-type';
import type { Pool, PoolClient } from 'pg';

interface Row {
  readonly definition: string;
}

/** A version as it is published: the very bytes matter, because a version never changes. */
export interface StoredEventType {
  readonly eventType: EventType;
  readonly text: string;
}

const stored = ({ definition }: Row): StoredEventType => ({
  eventType: EventType.parse(JSON.parse(definition)),
  text: definition,
});

const NEWEST = `SELECT DISTINCT ON (type) definition FROM ingest.event_type WHERE project = $1 ORDER BY type, version DESC`;

export class CatalogueRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** The newest version of each type, by name. */
  async newest(project: string): Promise<readonly StoredEventType[]> {
    const { rows } = await this.pool.query<Row>(NEWEST, [project]);
    return rows.map(stored);
  }

  /** One version of a type, the newest without `version`. */
  async version(project: string, type: string, version: number | undefined): Promise<EventType | undefined> {
    const { rows } = await this.pool.query<Row>(
      `SELECT definition FROM ingest.event_type
       WHERE project = $1 AND type = $2 AND ($3::integer IS NULL OR version = $3) ORDER BY version DESC LIMIT 1`,
      [project, type, version ?? null],
    );
    return rows[0] === undefined ? undefined : stored(rows[0]).eventType;
  }

  /** Makes the draft the newest version of its type; one equal to the newest version changes nothing. */
  async save(
    project: string,
    type: string,
    draft: EventTypeDraft,
    author: string,
    at: Date,
  ): Promise<{ readonly eventType: EventType; readonly isNew: boolean }> {
    return this.locked(project, async (client) => {
      await client.query('BEGIN');
      const { rows } = await client.query<Row>(
        `SELECT definition FROM ingest.event_type WHERE project = $1 AND type = $2 ORDER BY version DESC LIMIT 1`,
        [project, type],
      );
      const before = rows[0] === undefined ? undefined : stored(rows[0]).eventType;
      const { version = 0, createdAt } = before ?? {};
      if (before !== undefined && isDeepStrictEqual(before, { ...draft, type, version, createdAt })) {
        await client.query('ROLLBACK');
        return { eventType: before, isNew: false };
      }
      const eventType: EventType = { ...draft, type, version: version + 1, createdAt: at.toISOString() };
      await client.query(
        `INSERT INTO ingest.event_type (project, type, version, definition, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)`,
        [project, type, eventType.version, JSON.stringify(eventType), at, author],
      );
      await client.query('COMMIT');
      return { eventType, isNew: true };
    });
  }

  /** Hands the newest version of each type to `publish`, one publication of a project at a time over all processes. */
  async publishing<T>(project: string, publish: (types: readonly StoredEventType[]) => Promise<T>): Promise<T> {
    return this.locked(project, async (client) => {
      const { rows } = await client.query<Row>(NEWEST, [project]);
      return publish(rows.map(stored));
    });
  }

  /** One writer a project at a time. The lock ends with its connection, so a killed process holds nobody up. */
  private async locked<T>(project: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    const lock = `ingest/event-types/${project}`;
    try {
      await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [lock]);
      const result = await work(client);
      await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [lock]);
      client.release();
      return result;
    } catch (error) {
      // Destroying the connection ends the lock and the transaction, whatever state they are in.
      client.release(error as Error);
      throw error;
    }
  }
}
