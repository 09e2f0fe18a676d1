import type { RuleSchedule } from '@hermes/contracts/rule-api';
import type { Pool } from 'pg';
import { tooManyFeatures } from '../features/feature-limit.ts';
import { draftProblems, lastingProblems, scheduleFailure } from './draft-check.ts';
import { type DraftRecord, loadDraft, SCHEDULE_COLUMNS, scheduleOf, type ScheduleRow } from './draft-record.ts';
import type { DraftConflict, Missing, Refused } from './drafts.repository.ts';
import { inProject, SCHEMA, writeAudit } from './project-transaction.ts';
import { endSchedule, publishDraft } from './publish-draft.ts';

/** In the audit of what no person did. */
const OWN_NAME = 'service:rule-engine';

/** A draft whose time has come. */
export interface DueDraft {
  readonly project: string;
  readonly id: string;
}

const inAudit = (schedule: RuleSchedule | null): unknown =>
  schedule === null ? null : { at: schedule.at, hash: schedule.hash };

/** Drafts that are to be published by themselves, in PostgreSQL. The database's clock says when their time has come, for all processes. */
export class SchedulesRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** The next one first. */
  async list(project: string): Promise<readonly RuleSchedule[]> {
    const { rows } = await this.pool.query<ScheduleRow & { readonly id: string }>(
      `SELECT s.id, ${SCHEDULE_COLUMNS} FROM ${SCHEMA}.schedules s WHERE s.project = $1 ORDER BY s.publish_at, s.id`,
      [project],
    );
    return rows.map((row) => scheduleOf(row.id, row));
  }

  /** The draft as it is now is to be published at `at`; an earlier schedule of it is replaced. An approval may still be missing. */
  schedule(
    project: string,
    id: string,
    at: Date,
    by: string,
    expected?: number,
  ): Promise<{ readonly kind: 'scheduled'; readonly schedule: RuleSchedule } | Refused | Missing | DraftConflict> {
    return inProject(this.pool, project, async (client) => {
      const record = await loadDraft(client, project, id);
      if (expected !== undefined && record?.revision !== expected)
        return { kind: 'conflict', revision: record?.revision };
      if (record === undefined) return { kind: 'missing' };
      const problems = lastingProblems(draftProblems(record));
      if (problems.length > 0) return { kind: 'refused', problems };
      await client.query(
        `INSERT INTO ${SCHEMA}.schedules (project, id, publish_at, hash, scheduled_by) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (project, id) DO UPDATE SET publish_at = excluded.publish_at, hash = excluded.hash,
           scheduled_by = excluded.scheduled_by, scheduled_at = now(), failure = NULL`,
        [project, id, at, record.hash, by],
      );
      const { schedule } = (await loadDraft(client, project, id))!;
      await writeAudit(client, project, {
        kind: 'rule',
        id,
        by,
        what: 'scheduled',
        before: inAudit(record.schedule),
        after: inAudit(schedule),
      });
      return { kind: 'scheduled', schedule: schedule! };
    });
  }

  /** False when there is none. */
  cancel(project: string, id: string, by: string): Promise<boolean> {
    return inProject(this.pool, project, async (client) => {
      const record = await loadDraft(client, project, id);
      if (record === undefined || record.schedule === null) return false;
      await endSchedule(client, project, id, record, by);
      return true;
    });
  }

  async due(): Promise<readonly DueDraft[]> {
    const { rows } = await this.pool.query<DueDraft>(
      `SELECT project, id FROM ${SCHEMA}.schedules WHERE failure IS NULL AND publish_at <= now() ORDER BY publish_at LIMIT 100`,
    );
    return rows;
  }

  /**
   * Publishes a draft whose time has come, or notes why it cannot be. Whoever comes second, or after a cancellation, finds nothing to do; a
   * process that is killed in the middle has changed nothing.
   *
   * @returns whether there is something for Kafka
   */
  publishDue({ project, id }: DueDraft): Promise<boolean> {
    return inProject(this.pool, project, async (client) => {
      const { rowCount } = await client.query(
        `SELECT 1 FROM ${SCHEMA}.schedules WHERE project = $1 AND id = $2 AND failure IS NULL AND publish_at <= now() FOR UPDATE`,
        [project, id],
      );
      const record = await loadDraft(client, project, id);
      if (rowCount === 0 || record === undefined || record.schedule === null) return false;
      const { schedule } = record;
      const tooMany = await tooManyFeatures(client, project, record.draft);
      const failure = scheduleFailure(record, schedule.hash) ?? tooMany[0]?.text.en;
      if (failure === undefined) {
        const published: DraftRecord = { ...record, schedule: null };
        const note = `scheduled for ${schedule.at}`;
        return (await publishDraft(client, project, published, schedule.by, note)).kind === 'published';
      }
      await client.query(`UPDATE ${SCHEMA}.schedules SET failure = $3 WHERE project = $1 AND id = $2`, [
        project,
        id,
        failure,
      ]);
      await writeAudit(client, project, {
        kind: 'rule',
        id,
        by: OWN_NAME,
        what: 'schedule-failed',
        before: inAudit(schedule),
        note: failure,
      });
      return false;
    });
  }
}
