import type { Decision } from '@hermes/contracts/decision';
import type { Feedback, FeedbackBody } from '@hermes/contracts/review-api';
import type { Pool } from 'pg';
import { SCHEMA } from '../rules/project-transaction.ts';

interface FeedbackRow {
  readonly by: string;
  readonly at: Date;
  readonly verdict: Feedback['verdict'];
  readonly note: string | null;
}

/** Who says it: the id tells one person from another, whatever becomes of the name. */
export interface Speaker {
  readonly id: string;
  readonly name: string;
}

const feedbackOf = ({ by, at, verdict, note }: FeedbackRow): Feedback => ({ by, at: at.toISOString(), verdict, note });

/** What people say of decisions. */
export class FeedbackRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** A person's last word. */
  async say(decision: Decision, speaker: Speaker, { verdict, note }: FeedbackBody): Promise<Feedback> {
    const { project, id, ruleId, ruleVersion, subject, key, event, receivedAt } = decision;
    const { rows } = await this.pool.query<FeedbackRow>(
      `INSERT INTO ${SCHEMA}.feedback
         (project, decision_id, by_id, by, verdict, note, rule_id, rule_version, subject, event_time, received_at, key)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       ON CONFLICT (project, decision_id, by_id) DO UPDATE
         SET by = excluded.by, verdict = excluded.verdict, note = excluded.note, at = now()
       RETURNING by, at, verdict, note`,
      [
        project,
        id,
        speaker.id,
        speaker.name,
        verdict,
        note ?? null,
        ruleId,
        ruleVersion,
        subject,
        event.time,
        receivedAt,
        key ?? null,
      ],
    );
    return feedbackOf(rows[0]!);
  }

  /** Newest first. */
  async of(project: string, decisionId: string): Promise<Feedback[]> {
    const { rows } = await this.pool.query<FeedbackRow>(
      `SELECT by, at, verdict, note FROM ${SCHEMA}.feedback WHERE project = $1 AND decision_id = $2 ORDER BY at DESC, by_id`,
      [project, decisionId],
    );
    return rows.map(feedbackOf);
  }
}
