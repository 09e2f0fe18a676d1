import type { PoolClient } from 'pg';

/** Runs `work`, all of whose reads on this connection see the database as it is at the first of them. */
export async function inSnapshot<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    return await work();
  } finally {
    await client.query('COMMIT');
  }
}
