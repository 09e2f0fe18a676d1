import { SCHEMA } from './project-transaction.ts';

/** The version that runs in the shadow of the one in force, in SQL; `r`: of rules. NULL: there is none. */
export const CANDIDATE_VERSION = `(SELECT s.version FROM ${SCHEMA}.shadow_runs s
  WHERE s.project = r.project AND s.id = r.id AND s.ended_at IS NULL)`;
