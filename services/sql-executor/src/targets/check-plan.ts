import type { ClickHouseClient } from '@clickhouse/client';
import type { SqlProblem } from '@hermes/contracts/job';
import type { StreamPlan } from '@hermes/stream-sql/planner/plan';
import type { ProfileStoreAccess } from '../runs/messages.ts';
import { clickHouseTarget, lookedUpTables, writtenTables } from './plan-tables.ts';
import {
  type AllowedValues,
  allowedValues,
  askFeatures,
  attributeProblems,
  lookupProblems,
  usesProfiles,
} from './profile-features.ts';
import { checkTarget, prepareTarget } from './target-table.ts';

/** Who knows what a plan cannot say of itself. */
export interface PlanServers {
  readonly clickhouse: ClickHouseClient;
  readonly profileStore: ProfileStoreAccess | null;
}

/** What only the servers know about a plan. One that is away says nothing against it: it is asked again at each start. */
export async function checkPlan(
  servers: PlanServers,
  project: string,
  plan: StreamPlan,
): Promise<readonly SqlProblem[]> {
  const tables = writtenTables(plan, 'clickhouse').map(clickHouseTarget);
  const found = await Promise.all([
    ...tables.map((target) => checkTarget(servers.clickhouse, project, target).catch(() => [])),
    profileProblems(servers, project, plan),
  ]);
  return found.flat().sort((a, b) => a.line - b.line || a.column - b.column);
}

/** A plan that is ready to run, with what only a server knows. */
export interface PreparedPlan {
  readonly allowed: AllowedValues;
  readonly problems: readonly SqlProblem[];
}

/**
 * Makes the targets ready before a run starts and checks them. What is looked up is checked by the run itself. Rejects when ClickHouse cannot
 * be asked.
 */
export async function preparePlan(servers: PlanServers, project: string, plan: StreamPlan): Promise<PreparedPlan> {
  const problems: SqlProblem[] = [];
  for (const table of writtenTables(plan, 'clickhouse'))
    problems.push(...(await prepareTarget(servers.clickhouse, project, clickHouseTarget(table))));
  const { profileStore } = servers;
  if (writtenTables(plan, 'hermes-profile').length === 0 || profileStore === null) return { allowed: {}, problems };
  const features = await askFeatures(profileStore, project);
  if (features === undefined) return { allowed: {}, problems };
  return { allowed: allowedValues(features), problems: [...problems, ...attributeProblems(plan, features)] };
}

async function profileProblems(
  { profileStore }: PlanServers,
  project: string,
  plan: StreamPlan,
): Promise<readonly SqlProblem[]> {
  if (!usesProfiles(plan)) return [];
  if (profileStore !== null) {
    const features = await askFeatures(profileStore, project);
    return features === undefined ? [] : [...attributeProblems(plan, features), ...lookupProblems(plan, features)];
  }
  const [lookup] = lookedUpTables(plan, 'hermes-profile');
  if (lookup === undefined) return [];
  return [
    {
      ...lookup.lookup.table.at,
      message: 'profiles cannot be looked up here',
      hint: 'the operator of this installation sets PROFILE_STORE_URL and HERMES_SERVICE_SECRET for sql-executor',
    },
  ];
}
