import type { Pool } from 'pg';

/** Injection token of the console's `pg.Pool`. */
export const DATABASE = Symbol('DATABASE');

/** What a query can run on: the pool, or the client of a transaction. */
export type Queryable = Pick<Pool, 'query'>;

/** Whether PostgreSQL refused a row because one with the same key is there. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23505';
