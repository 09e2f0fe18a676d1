import type { Pool, PoolClient } from 'pg';

/**
 * Runs `work` in one transaction; a throw rolls it back, and a connection that cannot even do that is not used again.
 *
 * @param lock - a name of which one transaction runs at a time, over all processes; the lock ends with the transaction
 * @throws what `work` throws, or PostgreSQL's refusal
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  lock?: string,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    if (lock !== undefined) await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [lock]);
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    await client.query('ROLLBACK').then(
      () => client.release(),
      (broken: Error) => client.release(broken),
    );
    throw error;
  }
}
