import type { KeyRecord, KeyScope } from '@hermes/contracts/control';
import type { Queryable } from '../database/database.ts';

interface KeyRow {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly scopes: KeyScope[];
  readonly sha256: string;
  readonly created_at: Date;
  readonly features: string[] | null;
  readonly reads_per_minute: number | null;
}

const toRecord = (row: KeyRow): KeyRecord => ({
  kind: 'key',
  id: row.id,
  project: row.project,
  name: row.name,
  scopes: row.scopes,
  sha256: row.sha256,
  createdAt: row.created_at.toISOString(),
  // Left out, not null: what is published must equal what reconcile compares it with.
  ...(row.features === null ? {} : { features: row.features }),
  ...(row.reads_per_minute === null ? {} : { readsPerMinute: row.reads_per_minute }),
});

/** Keys that open something: of one project, or of all. */
export async function liveKeys(db: Queryable, project?: string): Promise<readonly KeyRecord[]> {
  const { rows } = await db.query<KeyRow>(
    'SELECT * FROM console.keys WHERE revoked_at IS NULL AND ($1::text IS NULL OR project = $1) ORDER BY created_at, id',
    [project ?? null],
  );
  return rows.map(toRecord);
}

export async function revokedKeyIds(db: Queryable): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>('SELECT id FROM console.keys WHERE revoked_at IS NOT NULL');
  return rows.map(({ id }) => id);
}

export async function insertKey(db: Queryable, key: Omit<KeyRecord, 'kind' | 'createdAt'>): Promise<KeyRecord> {
  const { rows } = await db.query<KeyRow>(
    `INSERT INTO console.keys (id, project, name, scopes, sha256, features, reads_per_minute)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *`,
    [key.id, key.project, key.name, key.scopes, key.sha256, key.features ?? null, key.readsPerMinute ?? null],
  );
  return toRecord(rows[0]!);
}

/** Answers the key's name, or undefined when the project has no such live key. */
export async function revokeKey(db: Queryable, project: string, id: string): Promise<string | undefined> {
  const { rows } = await db.query<{ name: string }>(
    'UPDATE console.keys SET revoked_at = now() WHERE project = $1 AND id = $2 AND revoked_at IS NULL RETURNING name',
    [project, id],
  );
  return rows[0]?.name;
}
