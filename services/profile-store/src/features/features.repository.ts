import type { Feature, FeatureDraft } from '@hermes/contracts/feature';
import type { FeatureAuditLine, FillFigures } from '@hermes/contracts/feature-api';
import { raiseRevision } from '@hermes/service-kit/publication.repository';
import type { Pool, PoolClient } from 'pg';
import {
  countsTheSame,
  draftOf,
  type FeatureRecord,
  loadFeature,
  loadFeatures,
  newestOf,
  sameDraft,
  type VersionRecord,
  versionOfRow,
} from './feature-record.ts';
import { featuresAsked } from '@hermes/rules/features-named';
import { segmentsInForce } from '../segments/segments.repository.ts';
import { inProject, SCHEMA, writeAudit } from './project-transaction.ts';
import { type PublishedFeature, publishRefusal, type PublishRefusal, ratiosOn } from './publish-check.ts';

/** Somebody else was faster: the feature's revision now, undefined when there is no such feature. */
export interface RevisionConflict {
  readonly kind: 'conflict';
  readonly revision: number | undefined;
}

export type SavedDraft =
  | { readonly kind: 'saved'; readonly record: FeatureRecord; readonly isNew: boolean }
  /** It is the draft, or what is published, already: nothing was written. */
  | { readonly kind: 'unchanged'; readonly record: FeatureRecord }
  | RevisionConflict;

export type PublishedDraft =
  /** `withdrawn`: the draft is the answered version's, and the one that was being filled is no more. */
  | { readonly kind: 'published' | 'unchanged' | 'withdrawn'; readonly record: FeatureRecord }
  | { readonly kind: 'refused'; readonly refusal: PublishRefusal }
  | { readonly kind: 'missing' }
  | RevisionConflict;

export type Archived =
  | { readonly kind: 'archived' | 'missing' }
  | { readonly kind: 'in-use'; readonly by: readonly string[] }
  | RevisionConflict;

/** A version whose fill is under way. */
export interface FillingVersion {
  readonly id: string;
  readonly version: number;
  readonly slot: number;
}

type VersionRow = Parameters<typeof versionOfRow>[0];

interface AuditRow {
  readonly at: Date;
  readonly by: string;
  readonly what: FeatureAuditLine['what'];
  readonly version: number | null;
  readonly before: FeatureDraft | null;
  readonly after: FeatureDraft | null;
}

const isStale = (record: FeatureRecord | undefined, expected: number | undefined): boolean =>
  expected !== undefined && record?.revision !== expected;

const publishedAmong = (records: readonly FeatureRecord[]): readonly PublishedFeature[] =>
  records.flatMap((record) => newestOf(record)?.feature ?? []);

const draftIn = (version: VersionRecord | null | undefined): FeatureDraft | undefined =>
  version === null || version === undefined ? undefined : draftOf(version.feature);

async function nextSlot(client: PoolClient, project: string): Promise<number> {
  const { rows } = await client.query<{ last: number }>(
    `INSERT INTO ${SCHEMA}.slots (project, last) VALUES ($1, 1)
     ON CONFLICT (project) DO UPDATE SET last = slots.last + 1 RETURNING last`,
    [project],
  );
  return rows[0]!.last;
}

/**
 * Features and their versions in PostgreSQL. Each change is one transaction with its line of the audit and, when it changes what is to be
 * published, with the note that it is.
 */
export class FeaturesRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  list(project: string): Promise<readonly FeatureRecord[]> {
    return loadFeatures(this.pool, project);
  }

  find(project: string, id: string): Promise<FeatureRecord | undefined> {
    return loadFeature(this.pool, project, id);
  }

  /** Newest first, also of an archived feature. */
  async versions(project: string, id: string): Promise<readonly VersionRecord[]> {
    const { rows } = await this.pool.query<VersionRow>(
      `SELECT definition, published_by, live_at, replaced_at, filled FROM ${SCHEMA}.feature_versions
        WHERE project = $1 AND id = $2 ORDER BY version DESC`,
      [project, id],
    );
    return rows.map(versionOfRow);
  }

  /** Newest first, also of an archived feature. */
  async audit(project: string, id: string, limit: number): Promise<readonly FeatureAuditLine[]> {
    const { rows } = await this.pool.query<AuditRow>(
      `SELECT at, by, what, version, before, after FROM ${SCHEMA}.audit
        WHERE project = $1 AND kind = 'feature' AND id = $2 ORDER BY number DESC LIMIT $3`,
      [project, id, limit],
    );
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }

  /** Keeps a draft, of a new feature or of a new version. `expected`: only when the feature has this revision. */
  async saveDraft(
    project: string,
    id: string,
    draft: FeatureDraft,
    by: string,
    expected?: number,
  ): Promise<SavedDraft> {
    return inProject(this.pool, project, async (client): Promise<SavedDraft> => {
      const current = await loadFeature(client, project, id);
      if (isStale(current, expected)) return { kind: 'conflict', revision: current?.revision };
      const newest = draftIn(current === undefined ? undefined : newestOf(current));
      const isPublished = newest !== undefined && sameDraft(draft, newest);
      const kept = isPublished ? null : draft;
      const before = current?.draft ?? null;
      if (current !== undefined && (kept === null ? before === null : before !== null && sameDraft(kept, before)))
        return { kind: 'unchanged', record: current };
      await client.query(
        `INSERT INTO ${SCHEMA}.features (project, id, draft, draft_by, draft_at)
         VALUES ($1, $2, $3::json, $4::text, CASE WHEN $4::text IS NULL THEN NULL ELSE now() END)
         ON CONFLICT (project, id) DO UPDATE SET draft = excluded.draft, draft_by = excluded.draft_by,
           draft_at = excluded.draft_at, archived_at = NULL, revision = features.revision + 1`,
        [project, id, kept === null ? null : JSON.stringify(kept), kept === null ? null : by],
      );
      const what = kept === null ? 'draft-dropped' : 'draft-saved';
      await writeAudit(client, project, { kind: 'feature', id, by, what, before: before ?? newest, after: draft });
      const record = (await loadFeature(client, project, id))!;
      return { kind: 'saved', record, isNew: current === undefined };
    });
  }

  /** Makes the draft a version, with a slot of its own. A ratio is answered at once; any other version when it is filled. */
  async publish(
    project: { readonly id: string; readonly timeZone: string },
    id: string,
    by: string,
    expected?: number,
  ): Promise<PublishedDraft> {
    return inProject(this.pool, project.id, async (client): Promise<PublishedDraft> => {
      const all = await loadFeatures(client, project.id);
      const current = all.find((record) => record.id === id);
      if (isStale(current, expected)) return { kind: 'conflict', revision: current?.revision };
      if (current === undefined) return { kind: 'missing' };
      const { live, filling } = current;
      // Without changes of its own the newest version is what is published again: with another time zone it may be another feature.
      const draft = current.draft ?? draftIn(newestOf(current));
      if (draft === undefined) return { kind: 'missing' };
      const reloaded = async (): Promise<FeatureRecord> => (await loadFeature(client, project.id, id))!;
      const newest = newestOf(current);
      if (newest !== null && countsTheSame(draft, project.timeZone, newest))
        return { kind: 'unchanged', record: current };
      const refusal = publishRefusal(id, draft, publishedAmong(all));
      if (refusal !== undefined) return { kind: 'refused', refusal };
      if (live !== null && filling !== null && countsTheSame(draft, project.timeZone, live)) {
        await this.withdraw(client, project.id, current, draft, by);
        return { kind: 'withdrawn', record: await reloaded() };
      }
      await this.addVersion(client, project, current, draft, by);
      return { kind: 'published', record: await reloaded() };
    });
  }

  /** Takes the feature out of force; its versions and audit stay. */
  async archive(project: string, id: string, by: string, expected?: number): Promise<Archived> {
    return inProject(this.pool, project, async (client): Promise<Archived> => {
      const all = await loadFeatures(client, project);
      const current = all.find((record) => record.id === id);
      if (isStale(current, expected)) return { kind: 'conflict', revision: current?.revision };
      if (current === undefined) return { kind: 'missing' };
      const ratios = ratiosOn(id, publishedAmong(all));
      const segments = (await segmentsInForce(client, project)).filter(({ condition }) =>
        featuresAsked(condition).some((feature) => feature.id === id),
      );
      const users = [...ratios, ...segments].map((one) => one.id);
      if (users.length > 0) return { kind: 'in-use', by: users };
      await this.replaced(client, project, id, [current.live, current.filling]);
      await client.query(
        `UPDATE ${SCHEMA}.features SET draft = NULL, draft_by = NULL, draft_at = NULL, live_version = NULL,
           filling_version = NULL, archived_at = now(), revision = revision + 1 WHERE project = $1 AND id = $2`,
        [project, id],
      );
      const newest = newestOf(current);
      await writeAudit(client, project, {
        kind: 'feature',
        id,
        by,
        what: 'archived',
        version: newest?.feature.version ?? null,
        before: current.draft ?? draftIn(newest),
      });
      if (newest !== null) await raiseRevision(client, SCHEMA, project);
      return { kind: 'archived' };
    });
  }

  /** Versions that are being filled now. */
  async filling(project: string): Promise<readonly FillingVersion[]> {
    const { rows } = await this.pool.query<FillingVersion>(
      `SELECT v.id, v.version, v.slot FROM ${SCHEMA}.features f
         JOIN ${SCHEMA}.feature_versions v ON v.project = f.project AND v.id = f.id AND v.version = f.filling_version
        WHERE f.project = $1 ORDER BY v.slot`,
      [project],
    );
    return rows;
  }

  /** The version is filled and takes the older one's place; false when it is not being filled (any more). */
  async markLive(project: string, id: string, version: number, filled: FillFigures, by: string): Promise<boolean> {
    return inProject(this.pool, project, async (client) => {
      const current = await loadFeature(client, project, id);
      if (current?.filling?.feature.version !== version) return false;
      await this.replaced(client, project, id, [current.live]);
      await client.query(
        `UPDATE ${SCHEMA}.feature_versions SET live_at = now(), filled = $4 WHERE project = $1 AND id = $2 AND version = $3`,
        [project, id, version, JSON.stringify(filled)],
      );
      // The revision that people's changes are checked against stays: nobody changed the feature.
      await client.query(
        `UPDATE ${SCHEMA}.features SET live_version = $3, filling_version = NULL WHERE project = $1 AND id = $2`,
        [project, id, version],
      );
      const [before, after] = [draftIn(current.live), draftIn(current.filling)];
      await writeAudit(client, project, { kind: 'feature', id, by, what: 'live', version, before, after });
      await raiseRevision(client, SCHEMA, project);
      return true;
    });
  }

  private async addVersion(
    client: PoolClient,
    project: { readonly id: string; readonly timeZone: string },
    current: FeatureRecord,
    draft: FeatureDraft,
    by: string,
  ): Promise<void> {
    const { id, live, filling } = current;
    const isAnswered = draft.compute.kind === 'ratio';
    const { rows } = await client.query<{ newest_version: number }>(
      `UPDATE ${SCHEMA}.features SET newest_version = newest_version + 1, draft = NULL, draft_by = NULL, draft_at = NULL,
         revision = revision + 1,
         live_version = CASE WHEN $3 THEN newest_version + 1 ELSE live_version END,
         filling_version = CASE WHEN $3 THEN NULL ELSE newest_version + 1 END
       WHERE project = $1 AND id = $2 RETURNING newest_version`,
      [project.id, id, isAnswered],
    );
    const feature: Feature = {
      ...draft,
      id,
      project: project.id,
      version: rows[0]!.newest_version,
      slot: await nextSlot(client, project.id),
      timeZone: project.timeZone,
      publishedAt: new Date().toISOString(),
    };
    await this.replaced(client, project.id, id, isAnswered ? [live, filling] : [filling]);
    await client.query(
      `INSERT INTO ${SCHEMA}.feature_versions (project, id, version, slot, definition, published_at, published_by, live_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $8 THEN $6::timestamptz END)`,
      [project.id, id, feature.version, feature.slot, JSON.stringify(feature), feature.publishedAt, by, isAnswered],
    );
    await writeAudit(client, project.id, {
      kind: 'feature',
      id,
      by,
      what: 'published',
      version: feature.version,
      before: draftIn(newestOf(current)),
      after: draft,
    });
    await raiseRevision(client, SCHEMA, project.id);
  }

  private async withdraw(
    client: PoolClient,
    project: string,
    { id, live, filling }: FeatureRecord,
    draft: FeatureDraft,
    by: string,
  ): Promise<void> {
    await this.replaced(client, project, id, [filling]);
    await client.query(
      `UPDATE ${SCHEMA}.features SET filling_version = NULL, draft = NULL, draft_by = NULL, draft_at = NULL,
         revision = revision + 1 WHERE project = $1 AND id = $2`,
      [project, id],
    );
    await writeAudit(client, project, {
      kind: 'feature',
      id,
      by,
      what: 'fill-withdrawn',
      version: live?.feature.version ?? null,
      before: draftIn(filling),
      after: draft,
    });
    await raiseRevision(client, SCHEMA, project);
  }

  private async replaced(
    client: PoolClient,
    project: string,
    id: string,
    versions: readonly (VersionRecord | null)[],
  ): Promise<void> {
    const numbers = versions.flatMap((version) => version?.feature.version ?? []);
    await client.query(
      `UPDATE ${SCHEMA}.feature_versions SET replaced_at = now() WHERE project = $1 AND id = $2 AND version = ANY($3::integer[])`,
      [project, id, numbers],
    );
  }
}
