import type { ClickHouseClient } from '@clickhouse/client';
import type { SqlProblem } from '@hermes/contracts/job';
import type { JobPlan } from '@hermes/stream-sql/plan/job-plan';
import type { ProfileStoreAccess } from '../runs/messages.ts';
import { askFeatures, attributeProblems, lookupProblems, usesProfiles, withAllowedValues } from './profile-features.ts';
import { checkTarget, prepareTarget } from './target-table.ts';

/** Who knows what a plan cannot say of itself. */
export interface PlanServers {
  readonly clickhouse: ClickHouseClient;
  readonly profileStore: ProfileStoreAccess | null;
}

/** What only the servers know about a plan. One that is away says nothing against it: it is asked again at each start. */
export async function checkPlan(servers: PlanServers, project: string, plan: JobPlan): Promise<readonly SqlProblem[]> {
  const [ofTable, ofProfiles] = await Promise.all([
    plan.sink.connector === 'clickhouse' ? checkTarget(servers.clickhouse, project, plan.sink).catch(() => []) : [],
    profileProblems(servers, project, plan),
  ]);
  return [...ofTable, ...ofProfiles].sort((a, b) => a.line - b.line || a.column - b.column);
}

/**
 * Makes the target ready before a run starts, checks it, and writes into the plan what only a server knows. What is looked up is checked
 * by the run itself. Rejects when ClickHouse cannot be asked.
 */
export async function preparePlan(
  servers: PlanServers,
  project: string,
  plan: JobPlan,
): Promise<{ readonly plan: JobPlan; readonly problems: readonly SqlProblem[] }> {
  if (plan.sink.connector === 'clickhouse')
    return { plan, problems: await prepareTarget(servers.clickhouse, project, plan.sink) };
  const features = servers.profileStore === null ? undefined : await askFeatures(servers.profileStore, project);
  if (features === undefined) return { plan, problems: [] };
  return { plan: withAllowedValues(plan, features), problems: attributeProblems(plan, features) };
}

async function profileProblems(
  { profileStore }: PlanServers,
  project: string,
  plan: JobPlan,
): Promise<readonly SqlProblem[]> {
  if (!usesProfiles(plan)) return [];
  if (profileStore !== null) {
    const features = await askFeatures(profileStore, project);
    return features === undefined ? [] : [...attributeProblems(plan, features), ...lookupProblems(plan, features)];
  }
  const lookup = plan.operators.find(({ kind }) => kind === 'lookup');
  if (lookup?.kind !== 'lookup') return [];
  return [
    {
      ...lookup.columns[0]!.at,
      message: 'profiles cannot be looked up here',
      hint: 'the operator of this installation sets PROFILE_STORE_URL and HERMES_SERVICE_SECRET for sql-executor',
    },
  ];
}
