import type { Rule, RuleDraft } from '@hermes/contracts/rule';
import type { Finding } from '@hermes/rules/finding';
import { raiseRevision } from '@hermes/service-kit/publication.repository';
import type { Pool, PoolClient } from 'pg';
import { askForFeatures, releaseFeatures } from '../features/counted-features.ts';
import { tooManyFeatures } from '../features/feature-limit.ts';
import { type Author, type DraftRecord, loadDraft } from '../rules/draft-record.ts';
import type { DraftConflict, Missing, Refused } from '../rules/drafts.repository.ts';
import { missingThings } from '../rules/named-things.ts';
import { inProject, SCHEMA, writeAudit } from '../rules/project-transaction.ts';
import { deleteDraft, endSchedule } from '../rules/publish-draft.ts';
import { inForce, keepVersion, newestVersion } from '../rules/rule-versions.ts';
import { endShadow, loadShadow, loadShadows, loadShadowsEver, type ShadowRun } from './shadow-run.ts';
import { promotionProblems, startProblems } from './shadow-check.ts';

/** Another version runs than the one that is meant. */
export interface OtherCandidate {
  readonly kind: 'other';
  readonly version: number;
}

/** What runs in the shadow, in PostgreSQL. Each change is one transaction with its line of the audit and the note that rules are to be published. */
export class ShadowsRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  list(project: string): Promise<readonly ShadowRun[]> {
    return loadShadows(this.pool, project);
  }

  find(project: string, id: string): Promise<ShadowRun | undefined> {
    return loadShadow(this.pool, project, id);
  }

  /** Newest first. */
  ever(project: string, id: string): Promise<readonly ShadowRun[]> {
    return loadShadowsEver(this.pool, project, id);
  }

  /** What the version says that is in force. */
  async inForce(project: string, id: string): Promise<RuleDraft | undefined> {
    const { rows } = await this.pool.query<{ readonly draft: RuleDraft }>(
      `SELECT v.draft FROM ${SCHEMA}.rules r
         JOIN ${SCHEMA}.rule_versions v ON v.project = r.project AND v.id = r.id AND v.version = r.live_version
        WHERE r.project = $1 AND r.id = $2`,
      [project, id],
    );
    return rows[0]?.draft;
  }

  /**
   * Makes the draft a version that runs in the shadow of the one in force, in the place of any other that does; approvals of it go along, and the draft is
   * gone. `expected`: only when the draft has this revision.
   */
  start(
    project: string,
    id: string,
    by: string,
    expected?: number,
  ): Promise<{ readonly kind: 'started'; readonly run: ShadowRun } | Refused | Missing | DraftConflict> {
    return inProject(this.pool, project, async (client) => {
      const record = await loadDraft(client, project, id);
      if (expected !== undefined && record?.revision !== expected)
        return { kind: 'conflict', revision: record?.revision };
      if (record === undefined) return { kind: 'missing' };
      const { draft } = record;
      const newest = inForce(await newestVersion(client, project, id));
      const problems: readonly Finding[] = [
        ...startProblems({ draft: record, inForce: newest?.draft }),
        ...(await missingThings(client, project, draft)),
        ...(await tooManyFeatures(client, project, draft)),
      ];
      if (newest === undefined || problems.length > 0) return { kind: 'refused', problems };
      const { version } = await keepVersion(client, project, id, newest.draft, { draft, by });
      await endShadow(client, project, id, by, `version ${version} began in its place`);
      await this.begin(client, project, record, version, by);
      await askForFeatures(client, project, { ...draft, id, version });
      const entry = { kind: 'rule', id, by, version, what: 'shadow-started' } as const;
      await writeAudit(client, project, { ...entry, before: newest.draft, after: draft });
      await raiseRevision(client, SCHEMA, project);
      return { kind: 'started', run: (await loadShadow(client, project, id))! };
    });
  }

  /** Notes that a person approves of the candidate; a repeat writes nothing. */
  approve(
    project: string,
    id: string,
    version: number,
    by: Author,
  ): Promise<{ readonly kind: 'approved' | 'own'; readonly run: ShadowRun } | OtherCandidate | Missing> {
    return inProject(this.pool, project, async (client) => {
      const run = await loadShadow(client, project, id);
      if (run === undefined) return { kind: 'missing' };
      if (run.version !== version) return { kind: 'other', version: run.version };
      if (run.editedById === by.id) return { kind: 'own', run };
      const { rowCount } = await client.query(
        `INSERT INTO ${SCHEMA}.shadow_approvals (project, id, version, approved_by_id, approved_by) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING`,
        [project, id, version, by.id, by.name],
      );
      if (rowCount === 0) return { kind: 'approved', run };
      const entry = { kind: 'rule', id, by: by.name, version, what: 'approved' } as const;
      await writeAudit(client, project, { ...entry, after: run.draft });
      return { kind: 'approved', run: (await loadShadow(client, project, id))! };
    });
  }

  /** Puts the candidate in force, unless something keeps it from that. */
  promote(
    project: string,
    id: string,
    version: number,
    by: string,
  ): Promise<{ readonly kind: 'promoted'; readonly rule: Rule } | Refused | OtherCandidate | Missing> {
    return inProject(this.pool, project, async (client) => {
      const run = await loadShadow(client, project, id);
      if (run === undefined) return { kind: 'missing' };
      if (run.version !== version) return { kind: 'other', version: run.version };
      const { draft } = run;
      const problems: readonly Finding[] = [
        ...promotionProblems(run),
        ...(await missingThings(client, project, draft)),
      ];
      if (problems.length > 0) return { kind: 'refused', problems };
      const before = inForce(await newestVersion(client, project, id));
      await client.query(
        `UPDATE ${SCHEMA}.shadow_runs SET ended_at = now(), ended_by = $4, outcome = 'promoted'
          WHERE project = $1 AND id = $2 AND version = $3`,
        [project, id, version, by],
      );
      await client.query(`UPDATE ${SCHEMA}.rules SET version = $3 WHERE project = $1 AND id = $2`, [
        project,
        id,
        version,
      ]);
      await askForFeatures(client, project, { ...draft, id, version });
      const entry = { kind: 'rule', id, by, version, what: 'promoted' } as const;
      await writeAudit(client, project, { ...entry, before: before?.draft, after: draft });
      await raiseRevision(client, SCHEMA, project);
      return { kind: 'promoted', rule: (await newestVersion(client, project, id))!.rule };
    });
  }

  /** False when nothing runs. */
  end(project: string, id: string, by: string): Promise<boolean> {
    return inProject(this.pool, project, async (client) => {
      if (!(await endShadow(client, project, id, by))) return false;
      await releaseFeatures(client, project);
      await raiseRevision(client, SCHEMA, project);
      return true;
    });
  }

  private async begin(
    client: PoolClient,
    project: string,
    record: DraftRecord,
    version: number,
    by: string,
  ): Promise<void> {
    const { id, basedOn, savedBy, savedById } = record;
    await client.query(
      `INSERT INTO ${SCHEMA}.shadow_runs (project, id, version, based_on, edited_by, edited_by_id, started_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [project, id, version, basedOn, savedBy, savedById, by],
    );
    await client.query(
      `INSERT INTO ${SCHEMA}.shadow_approvals (project, id, version, approved_by_id, approved_by, approved_at)
       SELECT project, id, $3, approved_by_id, approved_by, approved_at FROM ${SCHEMA}.approvals
        WHERE project = $1 AND id = $2 AND hash = $4`,
      [project, id, version, record.hash],
    );
    await endSchedule(client, project, id, record, by, 'the draft runs in the shadow');
    await deleteDraft(client, project, id);
  }
}
