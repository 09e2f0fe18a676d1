import type { Pool, PoolClient } from 'pg';

/** Injection token of the console's `pg.Pool`. */
export const DATABASE = Symbol('DATABASE');

/** What a query can run on: the pool, or the client of a transaction. */
export type Queryable = Pick<Pool, 'query'>;

/** Runs `work` in one transaction; a throw rolls it back. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/** Whether PostgreSQL refused a row because one with the same key is there. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23505';
