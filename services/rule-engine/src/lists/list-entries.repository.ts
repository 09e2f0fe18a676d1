import { bucketOf, MAX_BUCKET_ENTRIES } from '@hermes/contracts/list-bucket';
import {
  type ListChanged,
  type ListEntriesChange,
  type ListEntriesPage,
  type ListMembership,
  MAX_LIST_ENTRIES,
  MAX_PROJECT_ENTRIES,
} from '@hermes/contracts/named-list';
import type { Pool, PoolClient } from 'pg';
import { SCHEMA, writeAudit } from '../rules/project-transaction.ts';
import { findList, type ListRow } from './lists.repository.ts';
import { inLists, raiseLists } from './lists-transaction.ts';

/** What became of a change of entries; what is refused has changed nothing. */
export type EntriesChanged =
  | (ListChanged & { readonly kind: 'changed' })
  | { readonly kind: 'missing' }
  | { readonly kind: 'full'; readonly most: number; readonly of: 'list' | 'project' }
  /** Its entries were chosen so that they cannot be told apart quickly. */
  | { readonly kind: 'too-alike' };

/** Thrown to roll back. */
class Refusal extends Error {
  readonly outcome: EntriesChanged;
  constructor(outcome: EntriesChanged) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/** Which entries are to be in the list. */
interface Wanted {
  /** A query of their columns `entry` and `bucket`, in which $1 is `source`. */
  readonly sql: string;
  readonly source: readonly unknown[];
}

const wantedEntries = (entries: readonly string[]): Wanted => ({
  sql: `SELECT * FROM unnest($1::text[], $2::smallint[]) AS given (entry, bucket)`,
  source: [entries, entries.map(bucketOf)],
});
const uploadedEntries = (upload: string): Wanted => ({
  sql: `SELECT entry, bucket FROM ${SCHEMA}.list_uploads WHERE upload = $1::uuid`,
  source: [upload],
});

/** How many changed, and in which buckets. */
type Change = readonly [changed: number, buckets: readonly number[]];

async function changed(client: PoolClient, statement: string, values: readonly unknown[]): Promise<Change> {
  const { rows } = await client.query<{ count: number; buckets: number[] | null }>(
    `WITH changed AS (${statement} RETURNING bucket)
     SELECT count(*)::integer AS count, array_agg(DISTINCT bucket) AS buckets FROM changed`,
    [...values],
  );
  return [rows[0]!.count, rows[0]!.buckets ?? []];
}

/** Entries of lists in PostgreSQL. Each change is one transaction with its line of the audit and the note that it is to be published. */
export class ListEntriesRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  change(project: string, id: string, { add, remove }: ListEntriesChange, by: string): Promise<EntriesChanged> {
    return this.inList(project, id, by, async (client, { number }) => [
      await changed(client, `DELETE FROM ${SCHEMA}.list_entries WHERE list = $1 AND entry = ANY($2)`, [number, remove]),
      await this.insert(client, number, wantedEntries(add)),
    ]);
  }

  /** Adds what was uploaded, or puts it in the place of all that the list has. */
  take(project: string, id: string, upload: string, mode: 'add' | 'replace', by: string): Promise<EntriesChanged> {
    return this.inList(project, id, by, async (client, { number }) => {
      await client.query(`ANALYZE ${SCHEMA}.list_uploads`);
      const removed =
        mode === 'add'
          ? ([0, []] as const)
          : await changed(
              client,
              `DELETE FROM ${SCHEMA}.list_entries e WHERE e.list = $1 AND NOT EXISTS (
                 SELECT 1 FROM ${SCHEMA}.list_uploads u WHERE u.upload = $2 AND u.entry = e.entry)`,
              [number, upload],
            );
      return [removed, await this.insert(client, number, uploadedEntries(upload))];
    });
  }

  /** Keeps entries of an upload until it is taken or dropped. */
  async stage(upload: string, entries: readonly string[]): Promise<void> {
    await this.pool.query(
      `INSERT INTO ${SCHEMA}.list_uploads (upload, entry, bucket)
       SELECT $1, entry, bucket FROM unnest($2::text[], $3::smallint[]) AS given (entry, bucket)`,
      [upload, entries, entries.map(bucketOf)],
    );
  }

  /** Forgets an upload, and those that were begun long ago by a process that is no more. */
  async drop(upload: string): Promise<void> {
    await this.pool.query(
      `DELETE FROM ${SCHEMA}.list_uploads WHERE upload = $1 OR uploaded_at < now() - interval '1 day'`,
      [upload],
    );
  }

  /** Undefined: there is no such list. */
  async page(project: string, id: string, after: string, limit: number): Promise<ListEntriesPage | undefined> {
    const list = await findList(this.pool, project, id);
    if (list === undefined) return undefined;
    const { rows } = await this.pool.query<{ entry: string }>(
      `SELECT entry FROM ${SCHEMA}.list_entries WHERE list = $1 AND entry > $2 ORDER BY entry LIMIT $3`,
      [list.number, after, limit + 1],
    );
    const entries = rows.slice(0, limit).map(({ entry }) => entry);
    return { entries, after: rows.length > limit ? entries.at(-1)! : null };
  }

  async membership(project: string, id: string, entry: string): Promise<ListMembership | undefined> {
    const list = await findList(this.pool, project, id);
    if (list === undefined) return undefined;
    const { rowCount } = await this.pool.query(`SELECT 1 FROM ${SCHEMA}.list_entries WHERE list = $1 AND entry = $2`, [
      list.number,
      entry,
    ]);
    return { entry, isIn: rowCount === 1, revision: list.revision };
  }

  private insert(client: PoolClient, list: number, { sql, source }: Wanted): Promise<Change> {
    return changed(
      client,
      `INSERT INTO ${SCHEMA}.list_entries (list, entry, bucket)
       SELECT DISTINCT $${source.length + 1}::integer, wanted.entry, wanted.bucket FROM (${sql}) wanted ON CONFLICT DO NOTHING`,
      [...source, list],
    );
  }

  private async inList(
    project: string,
    id: string,
    by: string,
    work: (client: PoolClient, list: ListRow) => Promise<readonly [removed: Change, added: Change]>,
  ): Promise<EntriesChanged> {
    try {
      return await inLists(this.pool, project, async (client): Promise<EntriesChanged> => {
        const list = await findList(client, project, id);
        if (list === undefined) return { kind: 'missing' };
        const [[removed, left], [added, entered]] = await work(client, list);
        const entries = list.entries + added - removed;
        if (added === 0 && removed === 0) return { kind: 'changed', revision: list.revision, entries, added, removed };
        const revision = await this.noteChange(client, list, {
          by,
          entries,
          buckets: [...new Set([...left, ...entered])],
        });
        await withinLimits(client, project, list, entries, entered);
        const after = { revision, entries, added, removed };
        await writeAudit(client, project, {
          kind: 'list',
          id,
          by,
          what: 'list-entries-changed',
          before: { revision: list.revision, entries: list.entries },
          after,
        });
        await raiseLists(client, project);
        return { kind: 'changed', ...after };
      });
    } catch (error) {
      if (error instanceof Refusal) return error.outcome;
      throw error;
    }
  }

  private async noteChange(
    client: PoolClient,
    { number }: ListRow,
    { by, entries, buckets }: { readonly by: string; readonly entries: number; readonly buckets: readonly number[] },
  ): Promise<number> {
    const { rows } = await client.query<{ revision: number }>(
      `UPDATE ${SCHEMA}.lists SET revision = nextval('${SCHEMA}.list_revisions'), entries = $2, changed_by = $3, changed_at = now()
        WHERE number = $1 RETURNING revision`,
      [number, entries, by],
    );
    const { revision } = rows[0]!;
    await client.query(
      `INSERT INTO ${SCHEMA}.list_buckets (list, bucket, revision) SELECT $1, unnest($2::smallint[]), $3
       ON CONFLICT (list, bucket) DO UPDATE SET revision = excluded.revision`,
      [number, buckets, revision],
    );
    return revision;
  }
}

/** @throws Refusal */
async function withinLimits(
  client: PoolClient,
  project: string,
  { number }: ListRow,
  entries: number,
  buckets: readonly number[],
): Promise<void> {
  if (entries > MAX_LIST_ENTRIES) throw new Refusal({ kind: 'full', most: MAX_LIST_ENTRIES, of: 'list' });
  const { rows } = await client.query<{ total: number }>(
    `SELECT sum(entries)::integer AS total FROM ${SCHEMA}.lists WHERE project = $1 AND deleted_at IS NULL`,
    [project],
  );
  if (rows[0]!.total > MAX_PROJECT_ENTRIES)
    throw new Refusal({ kind: 'full', most: MAX_PROJECT_ENTRIES, of: 'project' });
  const { rowCount } = await client.query(
    `SELECT 1 FROM ${SCHEMA}.list_entries WHERE list = $1 AND bucket = ANY($2) GROUP BY bucket HAVING count(*) > ${MAX_BUCKET_ENTRIES} LIMIT 1`,
    [number, buckets],
  );
  if (rowCount !== 0) throw new Refusal({ kind: 'too-alike' });
}
