import { type ListDraft, MAX_LISTS, type NamedList } from '@hermes/contracts/named-list';
import type { Pool, PoolClient } from 'pg';
import { inProject, SCHEMA, writeAudit } from '../rules/project-transaction.ts';
import { idsOf, rulesNaming } from '../rules/named-things.ts';
import { inLists, lockLists, raiseLists } from './lists-transaction.ts';

export interface ListRow {
  readonly number: number;
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly revision: number;
  readonly entries: number;
  readonly changed_at: Date;
  readonly changed_by: string;
}

const LISTS = `SELECT number, id, name, description, revision, entries, changed_at, changed_by
                 FROM ${SCHEMA}.lists WHERE project = $1 AND deleted_at IS NULL`;

export const listOf = (row: ListRow): NamedList => ({
  id: row.id,
  name: row.name,
  ...(row.description === null ? {} : { description: row.description }),
  revision: row.revision,
  entries: row.entries,
  changedAt: row.changed_at.toISOString(),
  changedBy: row.changed_by,
});

export async function findList(
  db: Pick<PoolClient, 'query'>,
  project: string,
  id: string,
): Promise<ListRow | undefined> {
  const { rows } = await db.query<ListRow>(`${LISTS} AND id = $2`, [project, id]);
  return rows[0];
}

export type SavedList =
  { readonly kind: 'saved'; readonly list: NamedList; readonly isNew: boolean } | { readonly kind: 'too-many' };

export type DeletedList =
  | { readonly kind: 'deleted' | 'missing' }
  /** Rules ask it. */
  | { readonly kind: 'in-use'; readonly rules: readonly string[] };

/** The project's named lists in PostgreSQL, without their entries. */
export class ListsRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** By id. */
  async list(project: string): Promise<readonly NamedList[]> {
    const { rows } = await this.pool.query<ListRow>(`${LISTS} ORDER BY id`, [project]);
    return rows.map(listOf);
  }

  async find(project: string, id: string): Promise<NamedList | undefined> {
    const row = await findList(this.pool, project, id);
    return row && listOf(row);
  }

  /** Makes the list, or gives it another name; the same again writes nothing. */
  save(project: string, id: string, draft: ListDraft, by: string): Promise<SavedList> {
    return inLists(this.pool, project, async (client): Promise<SavedList> => {
      const row = await findList(client, project, id);
      const before = row && listOf(row);
      if (before !== undefined && before.name === draft.name && before.description === draft.description)
        return { kind: 'saved', list: before, isNew: false };
      if (before === undefined && (await idsOf(client, project, 'list')).length >= MAX_LISTS)
        return { kind: 'too-many' };
      const values = [project, id, draft.name, draft.description ?? null, by];
      if (before === undefined) {
        await client.query(
          `INSERT INTO ${SCHEMA}.lists (project, id, name, description, changed_by) VALUES ($1, $2, $3, $4, $5)`,
          values,
        );
        await raiseLists(client, project);
      } else {
        await client.query(
          `UPDATE ${SCHEMA}.lists SET name = $3, description = $4, changed_by = $5, changed_at = now()
            WHERE project = $1 AND id = $2 AND deleted_at IS NULL`,
          values,
        );
      }
      const named = before && { name: before.name, description: before.description };
      await writeAudit(client, project, { kind: 'list', id, by, what: 'list-saved', before: named, after: draft });
      return { kind: 'saved', list: listOf((await findList(client, project, id))!), isNew: before === undefined };
    });
  }

  /** Takes the list away, unless a rule asks it. */
  delete(project: string, id: string, by: string): Promise<DeletedList> {
    // No rule begins to ask it meanwhile.
    return inProject(this.pool, project, async (client): Promise<DeletedList> => {
      await lockLists(client, project);
      const row = await findList(client, project, id);
      if (row === undefined) return { kind: 'missing' };
      const rules = await rulesNaming(client, project, 'list', id);
      if (rules.length > 0) return { kind: 'in-use', rules };
      await client.query(`UPDATE ${SCHEMA}.lists SET deleted_at = now() WHERE number = $1`, [row.number]);
      const { name, revision, entries } = row;
      const before = { name, revision, entries };
      await writeAudit(client, project, { kind: 'list', id, by, what: 'list-deleted', before });
      await raiseLists(client, project);
      return { kind: 'deleted' };
    });
  }
}
