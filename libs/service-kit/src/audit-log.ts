import type { PoolClient } from 'pg';

/** Who changed what; `by` as `nameOfCaller` has it. */
export interface AuditEntry<Kind extends string, What extends string = string> {
  readonly kind: Kind;
  readonly id: string;
  readonly by: string;
  readonly what: What;
  readonly version?: number | null | undefined;
  /** As JSON. */
  readonly before?: unknown;
  readonly after?: unknown;
  /** For people; only a schema whose table `audit` has such a column takes it. */
  readonly note?: string | undefined;
}

const jsonOrNull = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value);

/** Writes a line of the table `audit` of a service's schema, in the change's own transaction. */
export async function writeAuditLine(
  client: Pick<PoolClient, 'query'>,
  schema: string,
  project: string,
  entry: AuditEntry<string>,
): Promise<void> {
  const { kind, id, by, what, version, before, after, note } = entry;
  const values = [project, kind, id, by, what, version ?? null, jsonOrNull(before), jsonOrNull(after)];
  const [columns, places] = note === undefined ? ['', ''] : [', note', ', $9'];
  await client.query(
    `INSERT INTO ${schema}.audit (project, kind, id, by, what, version, before, after${columns})
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8${places})`,
    note === undefined ? values : [...values, note],
  );
}
