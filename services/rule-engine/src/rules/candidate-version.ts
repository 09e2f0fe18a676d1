import { SCHEMA } from './project-transaction.ts';

/** The version that runs in the shadow of the one in force, in SQL; `r`: of rules. NULL: there is none. */
export const CANDIDATE_VERSION = `(SELECT s.version FROM ${SCHEMA}.shadow_runs s
  WHERE s.project = r.project AND s.id = r.id AND s.ended_at IS NULL)`;

/** When a version came to be in force, in SQL; `v`: of rule_versions. Of one that began in the shadow that is when it was promoted; before, when it began. */
export const PUBLISHED_AT = `coalesce((SELECT s.ended_at FROM ${SCHEMA}.shadow_runs s
  WHERE s.project = v.project AND s.id = v.id AND s.version = v.version AND s.outcome = 'promoted'), v.published_at) AS published_at`;
