import { isConnectionError } from '../clickhouse/retry.ts';

/** Class 57P: the server starts or ends; 42P01 and 3F000: the migration has not run yet; 53300: too many connections. */
const PASSING_CODES = /^(57P0\d|42P01|3F000|53300)$/;
/** pg's own texts, which come without a code. */
const PASSING_TEXTS = /timeout exceeded when trying to connect|connection timeout|Connection terminated/i;

/** Whether PostgreSQL is away for the moment: the same call is right a little later. */
export function isPostgresAway(error: unknown): boolean {
  if (isConnectionError(error)) return true;
  if (!(error instanceof Error)) return false;
  return (
    ('code' in error && typeof error.code === 'string' && PASSING_CODES.test(error.code)) ||
    PASSING_TEXTS.test(error.message)
  );
}
