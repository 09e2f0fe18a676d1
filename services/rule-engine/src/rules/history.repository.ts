import type { Rule } from '@hermes/contracts/rule';
import type {
  RuleAuditKind,
  RuleAuditLine,
  RuleChange,
  RuleVersion,
  RuleVersionView,
} from '@hermes/contracts/rule-api';
import type { Finding } from '@hermes/rules/finding';
import type { Pool } from 'pg';
import { SHADOW_APPROVED_BY } from '../shadows/shadow-run.ts';
import { PUBLISHED_AT } from './candidate-version.ts';
import { sameDraft } from './change-summary.ts';
import { missingThings } from './named-things.ts';
import { inProject, SCHEMA } from './project-transaction.ts';
import { addVersion, inForce, newestVersion, type RuleRow, ruleOf } from './rule-versions.ts';
import { loadSettings } from './settings.repository.ts';

interface VersionRow extends RuleRow {
  readonly published_by: string;
  readonly approved_by: string[];
  readonly rolled_back_to: number | null;
  readonly summary: string | null;
  readonly shadow: RuleVersion['shadow'];
}

interface AuditRow {
  readonly kind: RuleAuditKind;
  readonly id: string;
  readonly at: Date;
  readonly by: string;
  readonly what: RuleChange;
  readonly version: number | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly note: string | null;
}

export type RolledBack =
  | { readonly kind: 'rolled-back'; readonly rule: Rule }
  /** The version in force says the same: nothing was written. */
  | { readonly kind: 'unchanged'; readonly rule: Rule }
  | { readonly kind: 'missing' }
  /** It only ran in the shadow. */
  | { readonly kind: 'never-in-force' }
  /** It names lists or lookups that are gone. */
  | { readonly kind: 'refused'; readonly problems: readonly Finding[] };

/** Who approved of a version in the shadow did so while it ran; it is published when it is promoted. */
const VERSION_COLUMNS = `id, version, ${PUBLISHED_AT}, rolled_back_to,
  CASE WHEN s.outcome = 'promoted' THEN s.ended_by ELSE v.published_by END AS published_by, summary,
  CASE WHEN s.started_at IS NULL THEN NULL ELSE coalesce(s.outcome, 'running') END AS shadow,
  CASE WHEN s.started_at IS NULL THEN v.approved_by ELSE ${SHADOW_APPROVED_BY} END AS approved_by`;
const VERSIONS = `${SCHEMA}.rule_versions v LEFT JOIN ${SCHEMA}.shadow_runs s USING (project, id, version)`;

const versionOf = (row: Omit<VersionRow, 'draft'>): RuleVersion => ({
  version: row.version,
  publishedAt: row.published_at.toISOString(),
  publishedBy: row.published_by,
  approvedBy: row.approved_by,
  rolledBackTo: row.rolled_back_to,
  summary: row.summary,
  shadow: row.shadow,
});

/** Under four eyes it goes through without an approval of its own: the audit says whose there was. */
function noteOfRollBack(version: number, approvedBy: readonly string[]): string {
  const was =
    approvedBy.length === 0 ? 'was published without an approval' : `was approved by ${approvedBy.join(', ')}`;
  return `version ${version} ${was}; a roll-back needs none of its own`;
}

/** What there was of a rule: its versions, who changed what, and the way back. */
export class RuleHistoryRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** Newest first, also of an archived rule. */
  async versions(project: string, id: string, limit: number): Promise<readonly RuleVersion[]> {
    const { rows } = await this.pool.query<VersionRow>(
      `SELECT ${VERSION_COLUMNS} FROM ${VERSIONS} WHERE project = $1 AND id = $2 ORDER BY version DESC LIMIT $3`,
      [project, id, limit],
    );
    return rows.map(versionOf);
  }

  async version(project: string, id: string, version: number): Promise<RuleVersionView | undefined> {
    const { rows } = await this.pool.query<VersionRow>(
      `SELECT ${VERSION_COLUMNS}, draft FROM ${VERSIONS} WHERE project = $1 AND id = $2 AND version = $3`,
      [project, id, version],
    );
    const [row] = rows;
    return row && { ...versionOf(row), rule: ruleOf(project, row) };
  }

  /** Publishes the content of an earlier version as a new one, also of an archived rule. A draft stays, but is no longer on top of the newest version. */
  rollBack(project: string, id: string, version: number, by: string): Promise<RolledBack> {
    return inProject(this.pool, project, async (client): Promise<RolledBack> => {
      const { rows } = await client.query<VersionRow>(
        `SELECT ${VERSION_COLUMNS}, draft FROM ${VERSIONS} WHERE project = $1 AND id = $2 AND version = $3`,
        [project, id, version],
      );
      const [earlier] = rows;
      if (earlier === undefined) return { kind: 'missing' };
      if (earlier.shadow === 'running' || earlier.shadow === 'ended') return { kind: 'never-in-force' };
      const newest = await newestVersion(client, project, id);
      const current = inForce(newest);
      if (current !== undefined && sameDraft(current.draft, earlier.draft))
        return { kind: 'unchanged', rule: current.rule };
      const problems = await missingThings(client, project, earlier.draft);
      if (problems.length > 0) return { kind: 'refused', problems };
      const { fourEyes } = await loadSettings(client, project);
      const rule = await addVersion(client, project, id, newest, {
        draft: earlier.draft,
        by,
        approvedBy: earlier.approved_by,
        rolledBackTo: version,
        note: fourEyes ? noteOfRollBack(version, earlier.approved_by) : undefined,
      });
      return { kind: 'rolled-back', rule };
    });
  }

  /** Newest first; `id`: of one rule, archived or not, without it of the whole project. */
  async audit(project: string, limit: number, id?: string): Promise<readonly RuleAuditLine[]> {
    const { rows } = await this.pool.query<AuditRow>(
      `SELECT kind, id, at, by, what, version, before, after, note FROM ${SCHEMA}.audit
        WHERE project = $1 ${id === undefined ? '' : "AND kind = 'rule' AND id = $3"} ORDER BY number DESC LIMIT $2`,
      [project, limit, ...(id === undefined ? [] : [id])],
    );
    return rows.map(({ at, ...line }) => ({
      ruleId: line.kind === 'rule' ? line.id : null,
      at: at.toISOString(),
      ...line,
    }));
  }
}
