import type { Rule, RuleDraft } from '@hermes/contracts/rule';
import { conditionHash } from '@hermes/rules/same-rules';
import { raiseRevision } from '@hermes/service-kit/publication.repository';
import type { PoolClient } from 'pg';
import { askForFeatures } from '../features/counted-features.ts';
import { PUBLISHED_AT } from './candidate-version.ts';
import { changeSummary } from './change-summary.ts';
import { SCHEMA, writeAudit } from './project-transaction.ts';

export interface RuleRow {
  readonly id: string;
  readonly version: number;
  readonly draft: RuleDraft;
  readonly published_at: Date;
}

/** A rule's newest version, in force or archived. */
export interface NewestVersion {
  readonly rule: Rule;
  readonly draft: RuleDraft;
  readonly isInForce: boolean;
}

/** What a version is made of, and how it came about. */
export interface NewVersion {
  readonly draft: RuleDraft;
  readonly by: string;
  readonly approvedBy?: readonly string[];
  readonly rolledBackTo?: number;
  /** For the audit. */
  readonly note?: string | undefined;
}

export const ruleOf = (project: string, row: RuleRow): Rule => ({
  ...row.draft,
  id: row.id,
  project,
  version: row.version,
  publishedAt: row.published_at.toISOString(),
});

export async function newestVersion(
  client: PoolClient,
  project: string,
  id: string,
): Promise<NewestVersion | undefined> {
  const { rows } = await client.query<RuleRow & { readonly deleted_at: Date | null }>(
    `SELECT v.id, v.version, v.draft, ${PUBLISHED_AT}, r.deleted_at FROM ${SCHEMA}.rules r
       JOIN ${SCHEMA}.rule_versions v ON v.project = r.project AND v.id = r.id AND v.version = r.version
      WHERE r.project = $1 AND r.id = $2`,
    [project, id],
  );
  const [row] = rows;
  return row && { rule: ruleOf(project, row), draft: row.draft, isInForce: row.deleted_at === null };
}

/** The version of the rule that is in force; undefined when there is none. */
export const inForce = (newest: NewestVersion | undefined): NewestVersion | undefined =>
  newest?.isInForce === true ? newest : undefined;

/** The number that comes after all that the rule ever gave, to a version in the shadow too. Within `inProject` nobody else takes it. */
async function nextNumber(client: PoolClient, project: string, id: string): Promise<number> {
  const { rows } = await client.query<{ readonly next: number }>(
    `SELECT coalesce(max(version), 0) + 1 AS next FROM ${SCHEMA}.rule_versions WHERE project = $1 AND id = $2`,
    [project, id],
  );
  return rows[0]!.next;
}

/** Keeps the next version's content; nothing is in force by that. */
export async function keepVersion(
  client: PoolClient,
  project: string,
  id: string,
  before: RuleDraft | undefined,
  { draft, by, approvedBy = [], rolledBackTo }: NewVersion,
): Promise<Rule> {
  const { rows } = await client.query<RuleRow>(
    `INSERT INTO ${SCHEMA}.rule_versions (project, id, version, draft, published_by, summary, approved_by, rolled_back_to, condition_hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id, version, draft, published_at`,
    [
      project,
      id,
      await nextNumber(client, project, id),
      JSON.stringify(draft),
      by,
      changeSummary(before, draft, rolledBackTo),
      approvedBy,
      rolledBackTo ?? null,
      conditionHash(draft),
    ],
  );
  return ruleOf(project, rows[0]!);
}

/** Makes the next version, which is in force from now on, or once its features are filled; of an archived rule too. With its line of the audit and the note that it is to be published. */
export async function addVersion(
  client: PoolClient,
  project: string,
  id: string,
  newest: NewestVersion | undefined,
  made: NewVersion,
): Promise<Rule> {
  const { draft, by, rolledBackTo, note } = made;
  const rule = await keepVersion(client, project, id, newest?.draft, made);
  const { version } = rule;
  await client.query(
    `INSERT INTO ${SCHEMA}.rules (project, id, version) VALUES ($1, $2, $3)
     ON CONFLICT (project, id) DO UPDATE SET version = excluded.version, deleted_at = NULL`,
    [project, id, version],
  );
  await askForFeatures(client, project, { ...draft, id, version });
  await writeAudit(client, project, {
    kind: 'rule',
    id,
    by,
    what: rolledBackTo === undefined ? 'published' : 'rolled-back',
    version,
    before: inForce(newest)?.draft,
    after: draft,
    note,
  });
  await raiseRevision(client, SCHEMA, project);
  return rule;
}
