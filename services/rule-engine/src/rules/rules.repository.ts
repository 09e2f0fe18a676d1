import { isDeepStrictEqual } from 'node:util';
import { inTransaction } from '@hermes/connectors/postgres/transaction';
import type { Rule, RuleDraft } from '@hermes/contracts/rule';
import { raiseRevision } from '@hermes/service-kit/publication.repository';
import type { Pool, PoolClient } from 'pg';

interface RuleRow {
  readonly id: string;
  readonly version: number;
  readonly draft: RuleDraft;
  readonly published_at: Date;
}

/** What became of a write. */
export type SavedRule =
  | { readonly kind: 'published'; readonly rule: Rule; readonly isNew: boolean }
  /** The draft is the published version's already: nothing was written. */
  | { readonly kind: 'unchanged'; readonly rule: Rule }
  /** `expectedVersion` is not the published one; undefined: there is no such rule. */
  | { readonly kind: 'conflict'; readonly version: number | undefined };

const PUBLISHED = `
  SELECT v.id, v.version, v.draft, v.published_at
    FROM rule_engine.rules r
    JOIN rule_engine.rule_versions v ON v.project = r.project AND v.id = r.id AND v.version = r.version
   WHERE r.project = $1 AND r.deleted_at IS NULL`;

const ruleOf = (project: string, row: RuleRow): Rule => ({
  ...row.draft,
  id: row.id,
  project,
  version: row.version,
  publishedAt: row.published_at.toISOString(),
});

/** The project's rules in force, by id. */
export async function publishedRules(db: Pick<PoolClient, 'query'>, project: string): Promise<readonly Rule[]> {
  const { rows } = await db.query<RuleRow>(`${PUBLISHED} ORDER BY v.id`, [project]);
  return rows.map((row) => ruleOf(project, row));
}

/** Rules and their versions in PostgreSQL. Each change is one transaction with the note that it is to be published. */
export class RulesRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  list(project: string): Promise<readonly Rule[]> {
    return publishedRules(this.pool, project);
  }

  async find(project: string, id: string): Promise<Rule | undefined> {
    const { rows } = await this.pool.query<RuleRow>(`${PUBLISHED} AND r.id = $2`, [project, id]);
    return rows[0] === undefined ? undefined : ruleOf(project, rows[0]);
  }

  /** Publishes a new version of the rule, or the first one. `expectedVersion`: only when this one is published now. */
  async save(project: string, id: string, draft: RuleDraft, by: string, expectedVersion?: number): Promise<SavedRule> {
    return this.inProject(project, async (client) => {
      const { rows: found } = await client.query<RuleRow>(`${PUBLISHED} AND r.id = $2`, [project, id]);
      const current = found[0];
      if (expectedVersion !== undefined && current?.version !== expectedVersion)
        return { kind: 'conflict', version: current?.version };
      if (current !== undefined && isDeepStrictEqual(current.draft, JSON.parse(JSON.stringify(draft)))) {
        return { kind: 'unchanged', rule: ruleOf(project, current) };
      }
      const { rows: versions } = await client.query<{ version: number }>(
        `INSERT INTO rule_engine.rules (project, id, version) VALUES ($1, $2, 1)
         ON CONFLICT (project, id) DO UPDATE SET version = rules.version + 1, deleted_at = NULL
         RETURNING version`,
        [project, id],
      );
      const { rows } = await client.query<RuleRow>(
        `INSERT INTO rule_engine.rule_versions (project, id, version, draft, published_by) VALUES ($1, $2, $3, $4, $5)
         RETURNING id, version, draft, published_at`,
        [project, id, versions[0]!.version, JSON.stringify(draft), by],
      );
      await raiseRevision(client, 'rule_engine', project);
      return { kind: 'published', rule: ruleOf(project, rows[0]!), isNew: current === undefined };
    });
  }

  /** Takes the rule out of force; false when there is none. */
  async delete(project: string, id: string): Promise<boolean> {
    return this.inProject(project, async (client) => {
      const { rowCount } = await client.query(
        'UPDATE rule_engine.rules SET deleted_at = now() WHERE project = $1 AND id = $2 AND deleted_at IS NULL',
        [project, id],
      );
      if (rowCount === 0) return false;
      await raiseRevision(client, 'rule_engine', project);
      return true;
    });
  }

  /** One writer per project at a time: two changes of one rule never get the same version. */
  private inProject<T>(project: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, work, `rule-engine/rules/${project}`);
  }
}
