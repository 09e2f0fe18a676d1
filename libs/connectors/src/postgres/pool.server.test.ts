import { expect, test } from 'vitest';
import { openPostgres } from './pool.ts';

test('a connection that breaks while somebody holds it ends no process: the next query rejects, and the pool goes on', async () => {
  const url = process.env['DATABASE_URL'];
  if (url === undefined) throw new Error('DATABASE_URL is not set: this test needs a real PostgreSQL');
  const pool = openPostgres(url);
  const held = await pool.connect();
  const { rows } = await held.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await expect(held.query('SELECT 1')).rejects.toThrow();
  held.release(true);
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await pool.end();
});
