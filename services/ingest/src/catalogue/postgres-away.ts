import { isConnectionError } from '@hermes/connectors/clickhouse/retry';

/** Class 57P: the server starts or ends; 42P01 and 3F000: the migration has not run yet; the texts are pg's own, without a code. */
const PASSING_CODES = /^(57P0\d|42P01|3F000|53300)$/;
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
