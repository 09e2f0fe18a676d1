import type { ProjectDraft } from '@hermes/contracts/console-api';
import type { ProjectRecord } from '@hermes/contracts/control';
import type { Queryable } from '../database/database.ts';

interface ProjectRow {
  readonly id: string;
  readonly name: string;
  readonly time_zone: string;
  readonly currency: string;
  readonly partitions: number;
  readonly dedup_window_ms: string;
  readonly created_at: Date;
}

const toRecord = (row: ProjectRow): ProjectRecord => ({
  kind: 'project',
  id: row.id,
  name: row.name,
  timeZone: row.time_zone,
  currency: row.currency,
  partitions: row.partitions,
  dedupWindowMs: Number(row.dedup_window_ms),
  createdAt: row.created_at.toISOString(),
});

export async function allProjects(db: Queryable): Promise<readonly ProjectRecord[]> {
  const { rows } = await db.query<ProjectRow>('SELECT * FROM console.projects ORDER BY name, id');
  return rows.map(toRecord);
}

export async function findProject(db: Queryable, id: string): Promise<ProjectRecord | undefined> {
  const { rows } = await db.query<ProjectRow>('SELECT * FROM console.projects WHERE id = $1', [id]);
  return rows[0] && toRecord(rows[0]);
}

/** Rejects with a unique violation when the id is taken. */
export async function insertProject(db: Queryable, draft: ProjectDraft): Promise<ProjectRecord> {
  const { rows } = await db.query<ProjectRow>(
    'INSERT INTO console.projects (id, name, time_zone, currency, partitions, dedup_window_ms) VALUES ($1, $2, $3, $4, $5, $6) RETURNING *',
    [draft.id, draft.name, draft.timeZone, draft.currency, draft.partitions, draft.dedupWindowMs],
  );
  return toRecord(rows[0]!);
}
