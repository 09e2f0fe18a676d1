import type { Rule, RuleDraft } from '@hermes/contracts/rule';
import type { ArchivedRule } from '@hermes/contracts/rule-api';
import type { Finding } from '@hermes/rules/finding';
import type { NamedRule } from '@hermes/rules/same-rules';
import { raiseRevision } from '@hermes/service-kit/publication.repository';
import type { Pool } from 'pg';
import { tooManyFeatures } from '../features/feature-limit.ts';
import { releaseFeatures } from '../features/counted-features.ts';
import { endShadow } from '../shadows/shadow-run.ts';
import { PUBLISHED_AT } from './candidate-version.ts';
import { sameDraft } from './change-summary.ts';
import { loadDraft } from './draft-record.ts';
import { missingThings } from './named-things.ts';
import { inProject, SCHEMA, writeAudit } from './project-transaction.ts';
import { endSchedule } from './publish-draft.ts';
import { addVersion, inForce, newestVersion, type RuleRow, ruleOf } from './rule-versions.ts';
import { loadSettings } from './settings.repository.ts';

/** What became of a write. */
export type SavedRule =
  | { readonly kind: 'published'; readonly rule: Rule; readonly isNew: boolean }
  /** The draft is the published version's already: nothing was written. */
  | { readonly kind: 'unchanged'; readonly rule: Rule }
  /** `expectedVersion` is not the published one; undefined: there is no such rule. */
  | { readonly kind: 'conflict'; readonly version: number | undefined }
  /** It names lists or lookups that have gone meanwhile, or asks for too many features. */
  | { readonly kind: 'refused'; readonly problems: readonly Finding[] }
  /** The project asks for an approval, so that nothing is published without a draft. */
  | { readonly kind: 'four-eyes' };

const PUBLISHED = `
  SELECT v.id, v.version, v.draft, ${PUBLISHED_AT}
    FROM rule_engine.rules r
    JOIN rule_engine.rule_versions v ON v.project = r.project AND v.id = r.id AND v.version = r.version
   WHERE r.project = $1 AND r.deleted_at IS NULL`;

/** More of the same are no help. */
const MOST_SAME = 10;

/** Rules in force and out of it, in PostgreSQL. Each change is one transaction with its line of the audit and the note that it is to be published. */
export class RulesRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** By id. */
  async list(project: string): Promise<readonly Rule[]> {
    const { rows } = await this.pool.query<RuleRow>(`${PUBLISHED} ORDER BY v.id`, [project]);
    return rows.map((row) => ruleOf(project, row));
  }

  async find(project: string, id: string): Promise<Rule | undefined> {
    const { rows } = await this.pool.query<RuleRow>(`${PUBLISHED} AND r.id = $2`, [project, id]);
    return rows[0] === undefined ? undefined : ruleOf(project, rows[0]);
  }

  /** In or out of force, or in the shadow. */
  async version(project: string, id: string, version: number): Promise<Rule | undefined> {
    const { rows } = await this.pool.query<RuleRow>(
      `SELECT id, version, draft, ${PUBLISHED_AT} FROM ${SCHEMA}.rule_versions v WHERE project = $1 AND id = $2 AND version = $3`,
      [project, id, version],
    );
    return rows[0] === undefined ? undefined : ruleOf(project, rows[0]);
  }

  /**
   * Those in force, by id, of which the newest version has this `conditionHash`; not more than ten. Versions from before hashes were kept are not found.
   *
   * @param besides - the id of a rule that is not asked for
   */
  async withCondition(project: string, hash: string, besides: string | undefined): Promise<readonly NamedRule[]> {
    const { rows } = await this.pool.query<NamedRule>(
      `SELECT v.id, v.draft->>'name' AS name FROM ${SCHEMA}.rule_versions v
         JOIN ${SCHEMA}.rules r ON r.project = v.project AND r.id = v.id AND r.version = v.version
        WHERE v.project = $1 AND v.condition_hash = $2 AND v.id IS DISTINCT FROM $3 AND r.deleted_at IS NULL
        ORDER BY v.id LIMIT ${MOST_SAME}`,
      [project, hash, besides ?? null],
    );
    return rows;
  }

  /** Rules that are out of force, by id. */
  async archived(project: string): Promise<readonly ArchivedRule[]> {
    const { rows } = await this.pool.query<RuleRow & { readonly deleted_at: Date }>(
      `SELECT v.id, v.version, v.draft, ${PUBLISHED_AT}, r.deleted_at FROM ${SCHEMA}.rules r
         JOIN ${SCHEMA}.rule_versions v ON v.project = r.project AND v.id = r.id AND v.version = r.version
        WHERE r.project = $1 AND r.deleted_at IS NOT NULL ORDER BY v.id`,
      [project],
    );
    return rows.map((row) => ({ ...ruleOf(project, row), archivedAt: row.deleted_at.toISOString() }));
  }

  /** Publishes a new version of the rule, or the first one. `expectedVersion`: only when this one is published now. */
  async save(project: string, id: string, draft: RuleDraft, by: string, expectedVersion?: number): Promise<SavedRule> {
    return inProject(this.pool, project, async (client): Promise<SavedRule> => {
      if ((await loadSettings(client, project)).fourEyes) return { kind: 'four-eyes' };
      const newest = await newestVersion(client, project, id);
      const current = inForce(newest);
      if (expectedVersion !== undefined && current?.rule.version !== expectedVersion)
        return { kind: 'conflict', version: current?.rule.version };
      if (current !== undefined && sameDraft(current.draft, draft)) return { kind: 'unchanged', rule: current.rule };
      const problems = [
        ...(await missingThings(client, project, draft)),
        ...(await tooManyFeatures(client, project, draft)),
      ];
      if (problems.length > 0) return { kind: 'refused', problems };
      const rule = await addVersion(client, project, id, newest, { draft, by });
      return { kind: 'published', rule, isNew: current === undefined };
    });
  }

  /** Takes the rule out of force; false when there is none. A draft of it stays, but is not published by itself any more. */
  async delete(project: string, id: string, by: string): Promise<boolean> {
    return inProject(this.pool, project, async (client) => {
      const current = inForce(await newestVersion(client, project, id));
      if (current === undefined) return false;
      const draft = await loadDraft(client, project, id);
      if (draft !== undefined) await endSchedule(client, project, id, draft, by, 'the rule was archived');
      await endShadow(client, project, id, by, 'the rule was archived');
      await client.query(
        `UPDATE ${SCHEMA}.rules SET deleted_at = now(), live_version = NULL WHERE project = $1 AND id = $2`,
        [project, id],
      );
      await releaseFeatures(client, project);
      const { version } = current.rule;
      await writeAudit(client, project, { kind: 'rule', id, by, what: 'archived', version, before: current.draft });
      await raiseRevision(client, SCHEMA, project);
      return true;
    });
  }
}
