import type { Language } from '@hermes/contracts/language';
import type { RuleDraft } from '@hermes/contracts/rule';
import type { RuleShadow } from '@hermes/contracts/rule-shadow';
import { inLanguage } from '@hermes/rules/finding';
import type { PoolClient } from 'pg';
import { SCHEMA, writeAudit } from '../rules/project-transaction.ts';
import { type Candidate, promotionProblems } from './shadow-check.ts';

type Db = Pick<PoolClient, 'query'>;

/** A version that runs, or ran, in the shadow, as the database has it. */
export interface ShadowRun extends Candidate {
  readonly ruleId: string;
  readonly startedBy: string;
  readonly startedAt: Date;
  /** Features that are still to be filled, by id. */
  readonly waitsFor: readonly string[];
  readonly runningSince: Date | null;
  readonly endedBy: string | null;
  readonly endedAt: Date | null;
  readonly outcome: 'promoted' | 'ended' | null;
  readonly note: string | null;
}

interface ShadowRow {
  readonly id: string;
  readonly version: number;
  readonly draft: RuleDraft;
  readonly based_on: number;
  readonly newest_version: number;
  readonly edited_by: string;
  readonly edited_by_id: string;
  readonly started_by: string;
  readonly started_at: Date;
  readonly waits_for: readonly string[];
  readonly running_since: Date | null;
  readonly ended_by: string | null;
  readonly ended_at: Date | null;
  readonly outcome: ShadowRun['outcome'];
  readonly note: string | null;
  readonly four_eyes: boolean;
  readonly approvals: readonly { readonly by: string; readonly byId: string; readonly at: string }[];
}

/** Who has approved of a version in the shadow, in SQL; `v`: of rule_versions. */
export const SHADOW_APPROVED_BY = `ARRAY(SELECT a.approved_by FROM ${SCHEMA}.shadow_approvals a
  WHERE a.project = v.project AND a.id = v.id AND a.version = v.version ORDER BY a.approved_at)`;

const RUNS = `
  SELECT s.id, s.version, v.draft, s.based_on, r.version AS newest_version, s.edited_by, s.edited_by_id, s.started_by, s.started_at,
         ARRAY(SELECT f.feature_id FROM ${SCHEMA}.rule_features f
                 LEFT JOIN ${SCHEMA}.counted_features c
                   ON c.project = f.project AND c.id = f.feature_id AND c.version = f.feature_version
                WHERE f.project = s.project AND f.rule_id = s.id AND f.rule_version = s.version AND c.filled_at IS NULL
                  AND s.ended_at IS NULL ORDER BY f.feature_id) AS waits_for,
         s.running_since, s.ended_by, s.ended_at, s.outcome, s.note, coalesce(w.four_eyes, false) AS four_eyes,
         (SELECT coalesce(json_agg(json_build_object('by', a.approved_by, 'byId', a.approved_by_id, 'at', a.approved_at)
                   ORDER BY a.approved_at), '[]')
            FROM ${SCHEMA}.shadow_approvals a
           WHERE a.project = s.project AND a.id = s.id AND a.version = s.version) AS approvals
    FROM ${SCHEMA}.shadow_runs s
    JOIN ${SCHEMA}.rule_versions v USING (project, id, version)
    JOIN ${SCHEMA}.rules r ON r.project = s.project AND r.id = s.id
    LEFT JOIN ${SCHEMA}.settings w ON w.project = s.project
   WHERE s.project = $1`;

const runOf = (row: ShadowRow): ShadowRun => ({
  ruleId: row.id,
  version: row.version,
  draft: row.draft,
  basedOn: row.based_on,
  newestVersion: row.newest_version,
  editedBy: row.edited_by,
  editedById: row.edited_by_id,
  startedBy: row.started_by,
  startedAt: row.started_at,
  waitsFor: row.waits_for,
  runningSince: row.running_since,
  endedBy: row.ended_by,
  endedAt: row.ended_at,
  outcome: row.outcome,
  note: row.note,
  fourEyes: row.four_eyes,
  approvals: row.approvals.map((approval) => ({ ...approval, at: new Date(approval.at) })),
});

/** Those of the project that are not over, by the rule's id. */
export async function loadShadows(db: Db, project: string): Promise<readonly ShadowRun[]> {
  const { rows } = await db.query<ShadowRow>(`${RUNS} AND s.ended_at IS NULL ORDER BY s.id`, [project]);
  return rows.map(runOf);
}

/** The rule's candidate. */
export async function loadShadow(db: Db, project: string, id: string): Promise<ShadowRun | undefined> {
  const { rows } = await db.query<ShadowRow>(`${RUNS} AND s.id = $2 AND s.ended_at IS NULL`, [project, id]);
  return rows[0] && runOf(rows[0]);
}

/** Every version of the rule that ever ran in the shadow, newest first. */
export async function loadShadowsEver(db: Db, project: string, id: string): Promise<readonly ShadowRun[]> {
  const { rows } = await db.query<ShadowRow>(`${RUNS} AND s.id = $2 ORDER BY s.version DESC`, [project, id]);
  return rows.map(runOf);
}

/**
 * Ends what runs in the shadow of the rule, with its line of the audit; `note`: why, where nobody asked for it. The caller releases its features, and notes that
 * the rules are to be published.
 *
 * @returns whether anything did
 */
export async function endShadow(
  client: PoolClient,
  project: string,
  id: string,
  by: string,
  note?: string,
): Promise<boolean> {
  const run = await loadShadow(client, project, id);
  if (run === undefined) return false;
  const { version } = run;
  await client.query(
    `UPDATE ${SCHEMA}.shadow_runs SET ended_at = now(), ended_by = $4, outcome = 'ended', note = $5
      WHERE project = $1 AND id = $2 AND version = $3`,
    [project, id, version, by, note ?? null],
  );
  await writeAudit(client, project, { kind: 'rule', id, by, what: 'shadow-ended', version, before: run.draft, note });
  return true;
}

function stateOf({ outcome, runningSince }: ShadowRun): RuleShadow['state'] {
  if (outcome !== null) return outcome;
  return runningSince === null ? 'waiting' : 'running';
}

/** As people read it. */
export const shadowView = (run: ShadowRun, language: Language): RuleShadow => ({
  ruleId: run.ruleId,
  version: run.version,
  state: stateOf(run),
  basedOn: run.basedOn,
  startedBy: run.startedBy,
  startedAt: run.startedAt.toISOString(),
  waitsFor: [...run.waitsFor],
  runningSince: run.runningSince?.toISOString() ?? null,
  endedBy: run.endedBy,
  endedAt: run.endedAt?.toISOString() ?? null,
  note: run.note,
  approvals: run.approvals.map(({ by, at }) => ({ by, at: at.toISOString() })),
  problems: run.outcome === null ? [...inLanguage(promotionProblems(run), language)] : [],
});
