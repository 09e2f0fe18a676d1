import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import { unavailable } from './problem.ts';

/** What the database answered. @throws ProblemError 503 when it is away */
export async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (isPostgresAway(error)) throw unavailable('PostgreSQL', error);
    throw error;
  }
}
