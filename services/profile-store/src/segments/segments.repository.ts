import { isDeepStrictEqual } from 'node:util';
import { Segment, type SegmentAudit, type SegmentDraft } from '@hermes/contracts/profile-segment';
import { raiseRevision } from '@hermes/service-kit/publication.repository';
import type { Pool, PoolClient } from 'pg';
import { inProject, SCHEMA, writeAudit } from '../features/project-transaction.ts';

type Db = Pick<PoolClient, 'query'>;

/** A version with who published it. */
export interface SegmentVersion {
  readonly segment: Segment;
  readonly publishedBy: string;
}

/** Somebody else was faster: the version now, undefined when there is none. */
interface VersionConflict {
  readonly kind: 'conflict';
  readonly version: number | undefined;
}

export type SavedSegment =
  | { readonly kind: 'published'; readonly segment: Segment; readonly isNew: boolean }
  /** It says that already: nothing was written. */
  | { readonly kind: 'unchanged'; readonly segment: Segment }
  | { readonly kind: 'too-many' }
  | VersionConflict;

export type DeletedSegment = { readonly kind: 'deleted' | 'missing' } | VersionConflict;

/** Each is asked of a profile on every event that may change it. */
export const MAX_SEGMENTS = 100;

interface Row {
  readonly definition: string;
  readonly published_by: string;
}

const NEWEST = `SELECT v.definition, v.published_by FROM ${SCHEMA}.segments s
  JOIN ${SCHEMA}.segment_versions v USING (project, id, version) WHERE s.project = $1 AND s.deleted_at IS NULL`;

const segmentOf = ({ definition }: Row): Segment => Segment.parse(JSON.parse(definition));

export function draftOf({
  id: _id,
  project: _project,
  version: _version,
  publishedAt: _at,
  ...draft
}: Segment): SegmentDraft {
  return draft;
}

async function find(db: Db, project: string, id: string): Promise<Segment | undefined> {
  const { rows } = await db.query<Row>(`${NEWEST} AND s.id = $2`, [project, id]);
  return rows[0] && segmentOf(rows[0]);
}

/** Those in force, by id. */
export async function segmentsInForce(db: Db, project: string): Promise<readonly Segment[]> {
  const { rows } = await db.query<Row>(`${NEWEST} ORDER BY s.id`, [project]);
  return rows.map(segmentOf);
}

/** Whether there ever was one. */
export async function hadSegments(db: Db, project: string): Promise<boolean> {
  const { rows } = await db.query(`SELECT 1 FROM ${SCHEMA}.segments WHERE project = $1 LIMIT 1`, [project]);
  return rows.length > 0;
}

/** Segments in PostgreSQL. Each change is one transaction with its line of the audit and the note that it is to be published. */
export class SegmentsRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  list(project: string): Promise<readonly Segment[]> {
    return segmentsInForce(this.pool, project);
  }

  find(project: string, id: string): Promise<Segment | undefined> {
    return find(this.pool, project, id);
  }

  /** Newest first, also of one that was deleted. */
  async versions(project: string, id: string): Promise<readonly SegmentVersion[]> {
    const { rows } = await this.pool.query<Row>(
      `SELECT definition, published_by FROM ${SCHEMA}.segment_versions WHERE project = $1 AND id = $2 ORDER BY version DESC`,
      [project, id],
    );
    return rows.map((row) => ({ segment: segmentOf(row), publishedBy: row.published_by }));
  }

  /** Newest first, also of one that was deleted. */
  async audit(project: string, id: string, limit: number): Promise<SegmentAudit['audit']> {
    const { rows } = await this.pool.query<Omit<SegmentAudit['audit'][number], 'at'> & { readonly at: Date }>(
      `SELECT at, by, what, version, before, after FROM ${SCHEMA}.audit
        WHERE project = $1 AND kind = 'segment' AND id = $2 ORDER BY number DESC LIMIT $3`,
      [project, id, limit],
    );
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }

  /** Makes the next version, or the first. `expected`: only when this is the version in force. */
  save(project: string, id: string, draft: SegmentDraft, by: string, expected?: number): Promise<SavedSegment> {
    return inProject(this.pool, project, async (client): Promise<SavedSegment> => {
      const before = await find(client, project, id);
      if (expected !== undefined && before?.version !== expected) return { kind: 'conflict', version: before?.version };
      const was = before && draftOf(before);
      if (before !== undefined && isDeepStrictEqual(was, draft)) return { kind: 'unchanged', segment: before };
      if (before === undefined && (await segmentsInForce(client, project)).length >= MAX_SEGMENTS)
        return { kind: 'too-many' };
      const { rows } = await client.query<{ version: number; now: Date }>(
        `INSERT INTO ${SCHEMA}.segments (project, id, version) VALUES ($1, $2, 1)
         ON CONFLICT (project, id) DO UPDATE SET version = segments.version + 1, deleted_at = NULL
         RETURNING version, now() AS now`,
        [project, id],
      );
      const { version, now } = rows[0]!;
      const segment: Segment = { ...draft, id, project, version, publishedAt: now.toISOString() };
      await client.query(
        `INSERT INTO ${SCHEMA}.segment_versions (project, id, version, definition, published_at, published_by)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [project, id, version, JSON.stringify(segment), now, by],
      );
      const entry = { kind: 'segment', id, by, what: 'segment-published', version } as const;
      await writeAudit(client, project, { ...entry, before: was, after: draft });
      await raiseRevision(client, SCHEMA, project);
      return { kind: 'published', segment, isNew: before === undefined };
    });
  }

  delete(project: string, id: string, by: string, expected?: number): Promise<DeletedSegment> {
    return inProject(this.pool, project, async (client): Promise<DeletedSegment> => {
      const before = await find(client, project, id);
      if (expected !== undefined && before?.version !== expected) return { kind: 'conflict', version: before?.version };
      if (before === undefined) return { kind: 'missing' };
      await client.query(`UPDATE ${SCHEMA}.segments SET deleted_at = now() WHERE project = $1 AND id = $2`, [
        project,
        id,
      ]);
      const entry = { kind: 'segment', id, by, what: 'segment-deleted', version: before.version } as const;
      await writeAudit(client, project, { ...entry, before: draftOf(before) });
      await raiseRevision(client, SCHEMA, project);
      return { kind: 'deleted' };
    });
  }
}
