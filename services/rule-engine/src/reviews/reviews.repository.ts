import { Decision } from '@hermes/contracts/decision';
import type { Review, ReviewStatus, ReviewVerdict } from '@hermes/contracts/review-api';
import type { Pool, PoolClient } from 'pg';
import { inProject, SCHEMA, writeAudit } from '../rules/project-transaction.ts';
import type { HeldDecision } from './held-decision.ts';

export interface ReviewsFilter {
  readonly status?: ReviewStatus | undefined;
  readonly ruleId?: string | undefined;
  /** Only those after this one in the list. */
  readonly after?: { readonly heldAt: string; readonly decisionId: string } | undefined;
  readonly limit: number;
}

interface ReviewRow {
  readonly decision_id: string;
  readonly rule_id: string;
  readonly rule_version: number;
  readonly subject: string;
  readonly held_at: Date;
  readonly decision: string | null;
  readonly verdict: ReviewVerdict | null;
  readonly reviewed_by: string | null;
  readonly reviewed_at: Date | null;
  readonly note: string | null;
}

/** What a person says of a held decision. */
export interface GivenVerdict {
  readonly verdict: ReviewVerdict;
  readonly by: string;
  readonly note?: string | undefined;
}

export type Reviewed =
  | { readonly kind: 'reviewed'; readonly review: Review }
  /** Somebody has said the other before. */
  | { readonly kind: 'contradicted'; readonly review: Review }
  | { readonly kind: 'missing' };

const COLUMNS =
  'decision_id, rule_id, rule_version, subject, held_at, decision, verdict, reviewed_by, reviewed_at, note';
const STATUS = { release: 'released', refuse: 'refused' } as const satisfies Record<ReviewVerdict, ReviewStatus>;
const VERDICT_IS: Readonly<Record<ReviewStatus, string>> = {
  open: 'verdict IS NULL',
  released: "verdict = 'release'",
  refused: "verdict = 'refuse'",
};

const reviewOf = (row: ReviewRow): Review => ({
  decisionId: row.decision_id,
  ruleId: row.rule_id,
  ruleVersion: row.rule_version,
  subject: row.subject,
  heldAt: row.held_at.toISOString(),
  status: row.verdict === null ? 'open' : STATUS[row.verdict],
  by: row.reviewed_by,
  at: row.reviewed_at?.toISOString() ?? null,
  note: row.note,
  decision: row.verdict === null && row.decision !== null ? Decision.parse(JSON.parse(row.decision)) : null,
});

/** Decisions that wait for a person, and what people said of them. */
export class ReviewsRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** Harmless twice, also after somebody has decided. */
  async add(project: string, held: readonly HeldDecision[]): Promise<void> {
    if (held.length === 0) return;
    const column = <T>(pick: (decision: Decision) => T): T[] => held.map(({ decision }) => pick(decision));
    await this.pool.query(
      `INSERT INTO ${SCHEMA}.reviews
         (project, decision_id, rule_id, rule_version, subject, event_time, received_at, held_at, decision, key)
       SELECT $1, * FROM unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[])
       ON CONFLICT (project, decision_id) DO NOTHING`,
      [
        project,
        column(({ id }) => id),
        column(({ ruleId }) => ruleId),
        column(({ ruleVersion }) => ruleVersion),
        column(({ subject }) => subject),
        column(({ event }) => event.time),
        column(({ receivedAt }) => receivedAt),
        column(({ decidedAt }) => decidedAt),
        held.map(({ json }) => json),
        column(({ key }) => key ?? null),
      ],
    );
  }

  /** Newest first. */
  async list(project: string, { status, ruleId, after, limit }: ReviewsFilter): Promise<readonly Review[]> {
    const { rows } = await this.pool.query<ReviewRow>(
      `SELECT ${COLUMNS} FROM ${SCHEMA}.reviews
        WHERE project = $1 ${status === undefined ? '' : `AND ${VERDICT_IS[status]}`}
          AND ($3::text IS NULL OR rule_id = $3)
          AND ($4::timestamptz IS NULL OR (held_at, decision_id) < ($4, $5))
        ORDER BY held_at DESC, decision_id DESC LIMIT $2`,
      [project, limit, ruleId ?? null, after?.heldAt ?? null, after?.decisionId ?? null],
    );
    return rows.map(reviewOf);
  }

  find(project: string, decisionId: string): Promise<Review | undefined> {
    return findReview(this.pool, project, decisionId);
  }

  /**
   * Takes a person's word, with its line of the audit. The first one counts: of several at the same time the others find it said. What is released is to be
   * sent from then on, whatever becomes of this process.
   */
  review(project: string, decisionId: string, { verdict, by, note }: GivenVerdict): Promise<Reviewed> {
    return inProject(this.pool, project, async (client): Promise<Reviewed> => {
      const before = await findReview(client, project, decisionId);
      if (before === undefined) return { kind: 'missing' };
      if (before.status !== 'open')
        return { kind: before.status === STATUS[verdict] ? 'reviewed' : 'contradicted', review: before };
      const { rows } = await client.query<ReviewRow>(
        `UPDATE ${SCHEMA}.reviews SET verdict = $3, reviewed_by = $4, reviewed_at = now(), note = $5,
           decision = CASE WHEN $3 = 'release' THEN decision END
          WHERE project = $1 AND decision_id = $2 RETURNING ${COLUMNS}`,
        [project, decisionId, verdict, by, note ?? null],
      );
      // The note stays with the review, which an erasure deletes: a line of the audit never changes.
      const { ruleId, ruleVersion } = before;
      const what = STATUS[verdict];
      await writeAudit(client, project, {
        kind: 'rule',
        id: ruleId,
        by,
        what,
        version: ruleVersion,
        after: { decisionId },
      });
      return { kind: 'reviewed', review: reviewOf(rows[0]!) };
    });
  }
}

async function findReview(
  db: Pick<PoolClient, 'query'>,
  project: string,
  decisionId: string,
): Promise<Review | undefined> {
  const { rows } = await db.query<ReviewRow>(
    `SELECT ${COLUMNS} FROM ${SCHEMA}.reviews WHERE project = $1 AND decision_id = $2`,
    [project, decisionId],
  );
  return rows[0] && reviewOf(rows[0]);
}
