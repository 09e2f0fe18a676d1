import { createHash } from 'node:crypto';
import type { Language } from '@hermes/contracts/language';
import type { RuleDraft } from '@hermes/contracts/rule';
import type { RuleDraftView, RuleSchedule } from '@hermes/contracts/rule-api';
import { inLanguage } from '@hermes/rules/finding';
import type { PoolClient } from 'pg';
import { type DraftCase, draftProblems } from './draft-check.ts';
import { SCHEMA } from './project-transaction.ts';

/** Who changes something: the name is kept for people, the id tells one from another. */
export interface Author {
  readonly id: string;
  readonly name: string;
}

/** A draft as the database has it. */
export interface DraftRecord extends DraftCase {
  readonly id: string;
  readonly revision: number;
  readonly savedAt: Date;
  readonly schedule: RuleSchedule | null;
}

export interface ScheduleRow {
  readonly publish_at: Date;
  readonly schedule_hash: string;
  readonly scheduled_by: string;
  readonly scheduled_at: Date;
  readonly failure: string | null;
}

type DraftRow = {
  readonly id: string;
  readonly revision: number;
  readonly draft: RuleDraft;
  readonly based_on: number;
  readonly hash: string;
  readonly saved_by: string;
  readonly saved_by_id: string;
  readonly saved_at: Date;
  readonly newest_version: number;
  readonly four_eyes: boolean;
  readonly approvals: readonly { readonly by: string; readonly byId: string; readonly at: string }[];
} & (ScheduleRow | { readonly publish_at: null });

/** Columns of a schedule, table `s`. */
export const SCHEDULE_COLUMNS = 's.publish_at, s.hash AS schedule_hash, s.scheduled_by, s.scheduled_at, s.failure';

const DRAFTS = `
  SELECT d.id, d.revision, d.draft, d.based_on, d.hash, d.saved_by, d.saved_by_id, d.saved_at,
         coalesce(r.version, 0) AS newest_version,
         coalesce(w.four_eyes, false) AS four_eyes,
         (SELECT coalesce(json_agg(json_build_object('by', a.approved_by, 'byId', a.approved_by_id, 'at', a.approved_at)
                   ORDER BY a.approved_at), '[]')
            FROM ${SCHEMA}.approvals a WHERE a.project = d.project AND a.id = d.id AND a.hash = d.hash) AS approvals,
         ${SCHEDULE_COLUMNS}
    FROM ${SCHEMA}.drafts d
    LEFT JOIN ${SCHEMA}.rules r ON r.project = d.project AND r.id = d.id
    LEFT JOIN ${SCHEMA}.settings w ON w.project = d.project
    LEFT JOIN ${SCHEMA}.schedules s ON s.project = d.project AND s.id = d.id
   WHERE d.project = $1`;

export const scheduleOf = (ruleId: string, row: ScheduleRow): RuleSchedule => ({
  ruleId,
  at: row.publish_at.toISOString(),
  hash: row.schedule_hash,
  by: row.scheduled_by,
  scheduledAt: row.scheduled_at.toISOString(),
  state: row.failure === null ? 'waiting' : 'failed',
  reason: row.failure,
});

const recordOf = (row: DraftRow): DraftRecord => ({
  id: row.id,
  revision: row.revision,
  draft: row.draft,
  basedOn: row.based_on,
  newestVersion: row.newest_version,
  hash: row.hash,
  savedBy: row.saved_by,
  savedById: row.saved_by_id,
  savedAt: row.saved_at,
  fourEyes: row.four_eyes,
  approvals: row.approvals.map((approval) => ({ ...approval, at: new Date(approval.at) })),
  schedule: row.publish_at === null ? null : scheduleOf(row.id, row),
});

/** The project's drafts, by id. */
export async function loadDrafts(db: Pick<PoolClient, 'query'>, project: string): Promise<readonly DraftRecord[]> {
  const { rows } = await db.query<DraftRow>(`${DRAFTS} ORDER BY d.id`, [project]);
  return rows.map(recordOf);
}

export async function loadDraft(
  db: Pick<PoolClient, 'query'>,
  project: string,
  id: string,
): Promise<DraftRecord | undefined> {
  const { rows } = await db.query<DraftRow>(`${DRAFTS} AND d.id = $2`, [project, id]);
  return rows[0] && recordOf(rows[0]);
}

/** What an approval or a schedule is of: the same text on top of another version is another draft. */
export const hashOf = (draft: RuleDraft, basedOn: number): string =>
  createHash('sha256')
    .update(`${basedOn}\n${JSON.stringify(draft)}`)
    .digest('hex');

export const draftView = (record: DraftRecord, language: Language): RuleDraftView => ({
  ruleId: record.id,
  draft: record.draft,
  hash: record.hash,
  basedOn: record.basedOn === 0 ? null : record.basedOn,
  savedBy: record.savedBy,
  savedAt: record.savedAt.toISOString(),
  approvals: record.approvals.map(({ by, at }) => ({ by, at: at.toISOString() })),
  schedule: record.schedule,
  problems: [...inLanguage(draftProblems(record), language)],
});
