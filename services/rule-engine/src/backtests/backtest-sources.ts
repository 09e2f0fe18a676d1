import { Feature } from '@hermes/contracts/feature';
import type { Lookup } from '@hermes/contracts/lookup';
import type { Rule, RuleDraft } from '@hermes/contracts/rule';
import { featuresCounted } from '@hermes/rules/features-of-rule';
import { lookupsNamed } from '@hermes/rules/lookups-named';
import type { Pool } from 'pg';
import { publishedLookups } from '../lookups/lookups.repository.ts';
import { PUBLISHED_AT } from '../rules/candidate-version.ts';
import { loadDraft } from '../rules/draft-record.ts';
import { SCHEMA } from '../rules/project-transaction.ts';
import { ruleOf, type RuleRow } from '../rules/rule-versions.ts';

const VERSION = `v.id, v.version, v.draft, ${PUBLISHED_AT}`;

/** What a backtest takes from PostgreSQL: rules as they are kept, and the features that they name. */
export class BacktestSources {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** The version that is in force: not a newer one that waits for its features. */
  async inForce(project: string, id: string): Promise<Rule | undefined> {
    const { rows } = await this.pool.query<RuleRow>(
      `SELECT ${VERSION} FROM ${SCHEMA}.rules r
         JOIN ${SCHEMA}.rule_versions v ON v.project = r.project AND v.id = r.id AND v.version = r.live_version
        WHERE r.project = $1 AND r.id = $2 AND r.deleted_at IS NULL`,
      [project, id],
    );
    return rows[0] && ruleOf(project, rows[0]);
  }

  async version(project: string, id: string, version: number): Promise<Rule | undefined> {
    const { rows } = await this.pool.query<RuleRow>(
      `SELECT ${VERSION} FROM ${SCHEMA}.rule_versions v WHERE v.project = $1 AND v.id = $2 AND v.version = $3`,
      [project, id, version],
    );
    return rows[0] && ruleOf(project, rows[0]);
  }

  async draft(project: string, id: string): Promise<RuleDraft | undefined> {
    return (await loadDraft(this.pool, project, id))?.draft;
  }

  /** The features that published rules and saved drafts name, as they were remembered when these were saved. */
  async featuresOf(project: string, rules: readonly RuleDraft[]): Promise<readonly Feature[]> {
    const named = rules.flatMap((rule) => featuresCounted(rule));
    if (named.length === 0) return [];
    const { rows } = await this.pool.query<{ definition: unknown }>(
      `SELECT DISTINCT ON (id, version) definition FROM ${SCHEMA}.named_features
         JOIN unnest($2::text[], $3::integer[]) AS asked (id, version) USING (id, version)
        WHERE project = $1`,
      [project, named.map(({ id }) => id), named.map(({ version = 0 }) => version)],
    );
    return rows.map(({ definition }) => Feature.parse(definition));
  }

  /** What rules look up with, as it is now. */
  async lookupsOf(project: string, rules: readonly RuleDraft[]): Promise<readonly Lookup[]> {
    const named = new Set(rules.flatMap((rule) => lookupsNamed(rule).map(({ id }) => id)));
    if (named.size === 0) return [];
    return (await publishedLookups(this.pool, project)).filter(({ id }) => named.has(id));
  }
}
