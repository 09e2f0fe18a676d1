import { MAX_SNOOZES, type Snooze, type SnoozedRule } from '@hermes/contracts/snooze';
import { raiseRevision } from '@hermes/service-kit/publication.repository';
import type { Pool, PoolClient } from 'pg';
import { inProject, SCHEMA, writeAudit } from '../rules/project-transaction.ts';

interface SnoozeRow {
  readonly key_hash: string;
  readonly until: Date;
  readonly note: string | null;
  readonly snoozed_at: Date;
  readonly snoozed_by: string;
}

const COLUMNS = 'key_hash, until, note, snoozed_at, snoozed_by';

/** A partition may be behind by as much as its topic keeps; until then its events are snoozed as they were. */
const KEPT = '1 day';

const snoozeOf = (row: SnoozeRow): Snooze => ({
  keyHash: row.key_hash,
  until: row.until.toISOString(),
  note: row.note,
  snoozedAt: row.snoozed_at.toISOString(),
  snoozedBy: row.snoozed_by,
});

/** What the project's rules are snoozed for, as it is published; expired ones are there until they are swept, so that a revision says one thing. */
export async function snoozedRules(db: Pick<PoolClient, 'query'>, project: string): Promise<readonly SnoozedRule[]> {
  const { rows } = await db.query<{ rule_id: string; revision: number; keys: [string, number][] }>(
    `SELECT r.rule_id, r.revision,
            json_agg(json_build_array(s.key_hash, (extract(epoch FROM s.until) * 1000)::bigint) ORDER BY s.key_hash) AS keys
       FROM ${SCHEMA}.snoozed_rules r JOIN ${SCHEMA}.snoozes s USING (project, rule_id)
      WHERE r.project = $1 GROUP BY r.rule_id, r.revision ORDER BY r.rule_id`,
    [project],
  );
  return rows.map(({ rule_id: ruleId, revision, keys }) => ({ ruleId, revision, keys }));
}

/** Notes, in the change's own transaction, that what a rule is snoozed for is to be published. */
async function raise(client: PoolClient, project: string, ruleId: string): Promise<void> {
  await client.query(
    `INSERT INTO ${SCHEMA}.snoozed_rules (project, rule_id, revision) VALUES ($1, $2, nextval('${SCHEMA}.snooze_revisions'))
     ON CONFLICT (project, rule_id) DO UPDATE SET revision = excluded.revision`,
    [project, ruleId],
  );
  await raiseRevision(client, SCHEMA, project);
}

export interface NewSnooze {
  readonly keyHash: string;
  readonly until: Date;
  readonly note: string | undefined;
  readonly by: string;
}

export type Snoozed =
  | { readonly kind: 'snoozed'; readonly snooze: Snooze }
  /** There is no such rule in force. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'too-many' };

/** Snoozes in PostgreSQL. Each change is one transaction with its line of the audit and the note that it is to be published. */
export class SnoozesRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** Those that are not over, the next one to end first. */
  async list(project: string, ruleId: string): Promise<readonly Snooze[]> {
    const { rows } = await this.pool.query<SnoozeRow>(
      `SELECT ${COLUMNS} FROM ${SCHEMA}.snoozes WHERE project = $1 AND rule_id = $2 AND until > now() ORDER BY until, key_hash`,
      [project, ruleId],
    );
    return rows.map(snoozeOf);
  }

  /** One key has one snooze of a rule: another one takes its place. */
  snooze(project: string, ruleId: string, { keyHash, until, note, by }: NewSnooze): Promise<Snoozed> {
    return inProject(this.pool, project, async (client): Promise<Snoozed> => {
      const rule = await client.query(
        `SELECT 1 FROM ${SCHEMA}.rules WHERE project = $1 AND id = $2 AND deleted_at IS NULL`,
        [project, ruleId],
      );
      if (rule.rowCount === 0) return { kind: 'missing' };
      const others = await client.query<{ count: number }>(
        `SELECT count(*)::integer AS count FROM ${SCHEMA}.snoozes
          WHERE project = $1 AND NOT (rule_id = $2 AND key_hash = $3)`,
        [project, ruleId, keyHash],
      );
      if (others.rows[0]!.count >= MAX_SNOOZES) return { kind: 'too-many' };
      const { rows } = await client.query<SnoozeRow>(
        `INSERT INTO ${SCHEMA}.snoozes (project, rule_id, key_hash, until, note, snoozed_by) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (project, rule_id, key_hash) DO UPDATE SET until = excluded.until, note = excluded.note,
           snoozed_by = excluded.snoozed_by, snoozed_at = now() RETURNING ${COLUMNS}`,
        [project, ruleId, keyHash, until, note ?? null, by],
      );
      const snooze = snoozeOf(rows[0]!);
      const after = { keyHash, until: snooze.until };
      await writeAudit(client, project, { kind: 'rule', id: ruleId, by, what: 'snoozed', after, note });
      await raise(client, project, ruleId);
      return { kind: 'snoozed', snooze };
    });
  }

  /** The rule fires for the key again; false when it was not snoozed. */
  end(project: string, ruleId: string, keyHash: string, by: string): Promise<boolean> {
    return inProject(this.pool, project, async (client) => {
      const { rows } = await client.query<SnoozeRow>(
        `DELETE FROM ${SCHEMA}.snoozes WHERE project = $1 AND rule_id = $2 AND key_hash = $3 RETURNING ${COLUMNS}`,
        [project, ruleId, keyHash],
      );
      if (rows[0] === undefined) return false;
      const before = { keyHash, until: rows[0].until.toISOString() };
      await writeAudit(client, project, { kind: 'rule', id: ruleId, by, what: 'snooze-ended', before });
      await raise(client, project, ruleId);
      return true;
    });
  }

  /** Forgets what was over long ago; answers of which projects. */
  async sweep(): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ project: string }>(
      `SELECT DISTINCT project FROM ${SCHEMA}.snoozes WHERE until < now() - interval '${KEPT}'`,
    );
    for (const { project } of rows)
      await inProject(this.pool, project, async (client) => {
        const swept = await client.query<{ rule_id: string }>(
          `DELETE FROM ${SCHEMA}.snoozes WHERE project = $1 AND until < now() - interval '${KEPT}' RETURNING rule_id`,
          [project],
        );
        for (const ruleId of new Set(swept.rows.map((row) => row.rule_id))) await raise(client, project, ruleId);
      });
    return rows.map(({ project }) => project);
  }
}
