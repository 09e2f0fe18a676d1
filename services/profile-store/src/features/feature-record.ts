import { isDeepStrictEqual } from 'node:util';
import type { Feature, FeatureDraft } from '@hermes/contracts/feature';
import type { FillFigures } from '@hermes/contracts/feature-api';
import type { PoolClient } from 'pg';
import { SCHEMA } from './project-transaction.ts';

/** A version that counts, or has counted. */
export interface VersionRecord {
  readonly feature: Feature;
  readonly publishedBy: string;
  readonly liveAt: Date | null;
  readonly replacedAt: Date | null;
  readonly filled: FillFigures | null;
}

/** A feature that is not archived, as the database has it. */
export interface FeatureRecord {
  readonly id: string;
  readonly revision: number;
  readonly draft: FeatureDraft | null;
  readonly draftBy: string | null;
  readonly draftAt: Date | null;
  readonly live: VersionRecord | null;
  readonly filling: VersionRecord | null;
}

interface VersionColumns {
  readonly definition: string;
  readonly published_by: string;
  readonly live_at: Date | null;
  readonly replaced_at: Date | null;
  readonly filled: FillFigures | null;
}

interface FeatureRow {
  readonly id: string;
  readonly revision: number;
  readonly draft: FeatureDraft | null;
  readonly draft_by: string | null;
  readonly draft_at: Date | null;
  readonly live_definition: string | null;
  readonly live_by: string | null;
  readonly live_at: Date | null;
  readonly live_filled: FillFigures | null;
  readonly filling_definition: string | null;
  readonly filling_by: string | null;
}

const FEATURES = `
  SELECT f.id, f.revision, f.draft, f.draft_by, f.draft_at,
         l.definition AS live_definition, l.published_by AS live_by, l.live_at, l.filled AS live_filled,
         w.definition AS filling_definition, w.published_by AS filling_by
    FROM ${SCHEMA}.features f
    LEFT JOIN ${SCHEMA}.feature_versions l ON l.project = f.project AND l.id = f.id AND l.version = f.live_version
    LEFT JOIN ${SCHEMA}.feature_versions w ON w.project = f.project AND w.id = f.id AND w.version = f.filling_version
   WHERE f.project = $1 AND f.archived_at IS NULL`;

export const featureOfText = (definition: string): Feature => JSON.parse(definition) as Feature;

export const versionOfRow = (row: VersionColumns): VersionRecord => ({
  feature: featureOfText(row.definition),
  publishedBy: row.published_by,
  liveAt: row.live_at,
  replacedAt: row.replaced_at,
  filled: row.filled,
});

function versionOf(
  definition: string | null,
  publishedBy: string | null,
  liveAt: Date | null,
  filled: FillFigures | null,
): VersionRecord | null {
  if (definition === null) return null;
  return { feature: featureOfText(definition), publishedBy: publishedBy ?? '', liveAt, replacedAt: null, filled };
}

const recordOf = (row: FeatureRow): FeatureRecord => ({
  id: row.id,
  revision: row.revision,
  draft: row.draft,
  draftBy: row.draft_by,
  draftAt: row.draft_at,
  live: versionOf(row.live_definition, row.live_by, row.live_at, row.live_filled),
  filling: versionOf(row.filling_definition, row.filling_by, null, null),
});

/** The project's features that are not archived, by id. */
export async function loadFeatures(db: Pick<PoolClient, 'query'>, project: string): Promise<readonly FeatureRecord[]> {
  const { rows } = await db.query<FeatureRow>(`${FEATURES} ORDER BY f.id`, [project]);
  return rows.map(recordOf);
}

export async function loadFeature(
  db: Pick<PoolClient, 'query'>,
  project: string,
  id: string,
): Promise<FeatureRecord | undefined> {
  const { rows } = await db.query<FeatureRow>(`${FEATURES} AND f.id = $2`, [project, id]);
  return rows[0] === undefined ? undefined : recordOf(rows[0]);
}

/** The newest version that counts: what a draft is compared with. */
export const newestOf = (record: FeatureRecord): VersionRecord | null => record.filling ?? record.live;

/** What a person wrote of a published feature. */
export function draftOf(feature: Feature): FeatureDraft {
  const { id, project, version, slot, timeZone, publishedAt, ...draft } = feature;
  void [id, project, version, slot, timeZone, publishedAt];
  return draft;
}

/** Whether two drafts say the same, whatever the order of their fields. */
export const sameDraft = (a: FeatureDraft, b: FeatureDraft): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));

/** Whether publishing the draft would count just what the version counts; calendar windows follow the project's time zone. */
export const countsTheSame = (draft: FeatureDraft, timeZone: string, { feature }: VersionRecord): boolean =>
  sameDraft(draft, draftOf(feature)) && (draft.window.kind !== 'calendar' || feature.timeZone === timeZone);
