import type { RuleDraft } from '@hermes/contracts/rule';
import type { Finding } from '@hermes/rules/finding';
import type { Pool, PoolClient } from 'pg';
import { tooManyFeatures } from '../features/feature-limit.ts';
import { sameDraft } from './change-summary.ts';
import { approvalRefusal, draftProblems } from './draft-check.ts';
import { type Author, type DraftRecord, hashOf, loadDraft, loadDrafts } from './draft-record.ts';
import { missingThings } from './named-things.ts';
import { inProject, SCHEMA, writeAudit } from './project-transaction.ts';
import { dropDraft, endSchedule, publishDraft, type PublishedDraft } from './publish-draft.ts';
import { inForce, newestVersion } from './rule-versions.ts';

/** Somebody else was faster: the draft's revision now, undefined when there is no draft. */
export interface DraftConflict {
  readonly kind: 'conflict';
  readonly revision: number | undefined;
}

export type Refused = { readonly kind: 'refused'; readonly problems: readonly Finding[] };
export type Missing = { readonly kind: 'missing' };

export type SavedDraft =
  /** `isNew` is false too when it was the draft already, and nothing was written. */
  { readonly kind: 'saved'; readonly record: DraftRecord; readonly isNew: boolean } | DraftConflict | Refused;

export type ApprovedDraft =
  | { readonly kind: 'approved'; readonly record: DraftRecord }
  /** The draft is no longer what was read; or it is the person's own. */
  | { readonly kind: 'changed' | 'own'; readonly record: DraftRecord }
  | Missing;

const isStale = (record: DraftRecord | undefined, expected: number | undefined): boolean =>
  expected !== undefined && record?.revision !== expected;

/** Drafts of rules in PostgreSQL. Each change is one transaction with its line of the audit. */
export class DraftsRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  list(project: string): Promise<readonly DraftRecord[]> {
    return loadDrafts(this.pool, project);
  }

  find(project: string, id: string): Promise<DraftRecord | undefined> {
    return loadDraft(this.pool, project, id);
  }

  /** Keeps a draft on top of the newest version; approvals of the one before are void. `expected`: only when the draft has this revision. */
  save(project: string, id: string, draft: RuleDraft, by: Author, expected?: number): Promise<SavedDraft> {
    return inProject(this.pool, project, async (client): Promise<SavedDraft> => {
      const current = await loadDraft(client, project, id);
      if (isStale(current, expected)) return { kind: 'conflict', revision: current?.revision };
      const newest = await newestVersion(client, project, id);
      const basedOn = newest?.rule.version ?? 0;
      if (current !== undefined && current.basedOn === basedOn && sameDraft(current.draft, draft))
        return { kind: 'saved', record: current, isNew: false };
      const problems = await missingThings(client, project, draft);
      if (problems.length > 0) return { kind: 'refused', problems };
      await client.query(
        `INSERT INTO ${SCHEMA}.drafts (project, id, draft, based_on, hash, saved_by, saved_by_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (project, id) DO UPDATE SET draft = excluded.draft, based_on = excluded.based_on, hash = excluded.hash,
           saved_by = excluded.saved_by, saved_by_id = excluded.saved_by_id, saved_at = now(), revision = excluded.revision`,
        [project, id, JSON.stringify(draft), basedOn, hashOf(draft, basedOn), by.name, by.id],
      );
      await client.query(`DELETE FROM ${SCHEMA}.approvals WHERE project = $1 AND id = $2`, [project, id]);
      const before = current?.draft ?? inForce(newest)?.draft;
      const entry = { kind: 'rule', id, by: by.name, what: 'draft-saved' } as const;
      await writeAudit(client, project, { ...entry, before, after: draft });
      return { kind: 'saved', record: await this.reloaded(client, project, id), isNew: current === undefined };
    });
  }

  delete(
    project: string,
    id: string,
    by: string,
    expected?: number,
  ): Promise<{ readonly kind: 'deleted' } | Missing | DraftConflict> {
    return inProject(this.pool, project, async (client) => {
      const current = await loadDraft(client, project, id);
      if (isStale(current, expected)) return { kind: 'conflict', revision: current?.revision };
      if (current === undefined) return { kind: 'missing' };
      await dropDraft(client, project, current, by);
      return { kind: 'deleted' };
    });
  }

  /** Notes that a person approves of the draft with this hash; a repeat writes nothing. */
  approve(project: string, id: string, hash: string, by: Author): Promise<ApprovedDraft> {
    return inProject(this.pool, project, async (client): Promise<ApprovedDraft> => {
      const record = await loadDraft(client, project, id);
      if (record === undefined) return { kind: 'missing' };
      const refusal = approvalRefusal(record, { hash, byId: by.id });
      if (refusal !== undefined) return { kind: refusal, record };
      const { rowCount } = await client.query(
        `INSERT INTO ${SCHEMA}.approvals (project, id, approved_by_id, approved_by, hash) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING`,
        [project, id, by.id, by.name, hash],
      );
      if (rowCount === 0) return { kind: 'approved', record };
      const entry = { kind: 'rule', id, by: by.name, what: 'approved' } as const;
      await writeAudit(client, project, { ...entry, after: record.draft });
      return { kind: 'approved', record: await this.reloaded(client, project, id) };
    });
  }

  /** Publishes the draft as the next version, unless something keeps it from that. */
  publish(
    project: string,
    id: string,
    by: string,
    expected?: number,
  ): Promise<PublishedDraft | Refused | Missing | DraftConflict> {
    return inProject(this.pool, project, async (client) => {
      const record = await loadDraft(client, project, id);
      if (isStale(record, expected)) return { kind: 'conflict', revision: record?.revision };
      if (record === undefined) return { kind: 'missing' };
      const problems = [...draftProblems(record), ...(await tooManyFeatures(client, project, record.draft))];
      if (problems.length > 0) return { kind: 'refused', problems };
      await endSchedule(client, project, id, record, by, 'published before its time');
      return publishDraft(client, project, { ...record, schedule: null }, by);
    });
  }

  private async reloaded(client: PoolClient, project: string, id: string): Promise<DraftRecord> {
    return (await loadDraft(client, project, id))!;
  }
}
