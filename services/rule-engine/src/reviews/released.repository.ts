import { inTransaction } from '@hermes/connectors/postgres/transaction';
import { Decision } from '@hermes/contracts/decision';
import type { Pool } from 'pg';
import { SCHEMA } from '../rules/project-transaction.ts';

const AT_ONCE = 50;

/** What was released and not sent yet. */
export class ReleasedRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  /**
   * Has `send` send some decisions of these projects that were released, the longest ago first, each as it goes on; others find them when they are not being sent by
   * somebody else. What `send` answers for is not sent again.
   *
   * @returns whether there was anything
   */
  sendSome(
    projects: readonly string[],
    send: (decisions: readonly Decision[]) => Promise<readonly Decision[]>,
  ): Promise<boolean> {
    return inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<{ decision: string; reviewed_by: string; reviewed_at: Date }>(
        `SELECT decision, reviewed_by, reviewed_at FROM ${SCHEMA}.reviews
          WHERE verdict = 'release' AND sent_at IS NULL AND decision IS NOT NULL AND project = ANY($1)
          ORDER BY reviewed_at LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED`,
        [projects],
      );
      if (rows.length === 0) return false;
      const sent = await send(rows.map((row) => releasedDecision(row.decision, row.reviewed_by, row.reviewed_at)));
      await client.query(
        `UPDATE ${SCHEMA}.reviews r SET sent_at = now(), decision = NULL
           FROM unnest($1::text[], $2::text[]) AS sent (project, id) WHERE r.project = sent.project AND r.decision_id = sent.id`,
        [sent.map(({ project }) => project), sent.map(({ id }) => id)],
      );
      return sent.length > 0;
    });
  }

  /** Deletes what was said so long ago that the decisions have expired. */
  async forget(months: number): Promise<void> {
    for (const [table, at] of [
      ['reviews', 'reviewed_at'],
      ['feedback', 'at'],
    ] as const)
      await this.pool.query(
        `DELETE FROM ${SCHEMA}.${table} WHERE ${at} < now() - $1 * interval '1 month' AND received_at < now() - $1 * interval '1 month'`,
        [months],
      );
  }
}

/** A held decision as it goes on when it is let go. */
function releasedDecision(json: string, by: string, at: Date): Decision {
  const { held: _, ...decision } = Decision.parse(JSON.parse(json));
  return { ...decision, released: { by, at: at.toISOString() } };
}
