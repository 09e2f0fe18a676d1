import {
  HIDDEN,
  type HttpLookup,
  type Lookup,
  type LookupDraft,
  type LookupView,
  type RedisLookup,
} from '@hermes/contracts/lookup';
import { raiseRevision } from '@hermes/service-kit/publication.repository';
import type { Pool, PoolClient } from 'pg';
import { rulesNaming } from '../rules/named-things.ts';
import { inProject, SCHEMA, writeAudit } from '../rules/project-transaction.ts';
import type { HeaderSeal, Headers } from './sealed-headers.ts';

interface LookupRow {
  readonly id: string;
  readonly version: number;
  readonly draft: Omit<HttpLookup, 'headers'> | RedisLookup;
  readonly header_names: readonly string[];
  readonly sealed_headers: string | null;
  readonly changed_at: Date;
  readonly changed_by: string;
}

export type SavedLookup =
  | { readonly kind: 'saved'; readonly lookup: LookupView; readonly isNew: boolean }
  /** A header is to stay as it is, and there is none of this name. */
  | { readonly kind: 'no-such-header'; readonly name: string }
  | { readonly kind: 'too-many' }
  /** There is no secret to keep headers with. */
  | { readonly kind: 'no-secret' };

export type DeletedLookup =
  | { readonly kind: 'deleted' }
  | { readonly kind: 'missing' }
  /** Rules name it. */
  | { readonly kind: 'in-use'; readonly rules: readonly string[] };

/** More than a team can look after; each is known to every partition. */
const MAX_LOOKUPS = 100;

const viewOf = (project: string, row: LookupRow): LookupView => {
  const kept = {
    project,
    id: row.id,
    version: row.version,
    changedAt: row.changed_at.toISOString(),
    changedBy: row.changed_by,
  };
  if (row.draft.kind === 'redis') return { ...row.draft, ...kept };
  const headers = Object.fromEntries(row.header_names.map((name) => [name, HIDDEN]));
  return { ...row.draft, ...(row.header_names.length === 0 ? {} : { headers }), ...kept };
};

const COLUMNS = 'id, version, draft, header_names, sealed_headers, changed_at, changed_by';

async function rowsOf(db: Pick<PoolClient, 'query'>, project: string): Promise<readonly LookupRow[]> {
  const { rows } = await db.query<LookupRow>(
    `SELECT ${COLUMNS} FROM ${SCHEMA}.lookups WHERE project = $1 ORDER BY id`,
    [project],
  );
  return rows;
}

/** What processors look up with. */
export async function publishedLookups(db: Pick<PoolClient, 'query'>, project: string): Promise<readonly Lookup[]> {
  return (await rowsOf(db, project)).map(({ id, version, draft, sealed_headers: sealedHeaders }): Lookup =>
    draft.kind === 'http' && sealedHeaders !== null
      ? { ...draft, id, version, sealedHeaders }
      : { ...draft, id, version },
  );
}

/** Lookups in PostgreSQL. Each change is one transaction with its line of the audit and the note that it is to be published. */
export class LookupsRepository {
  private readonly pool: Pool;
  private readonly seal: HeaderSeal;

  constructor(pool: Pool, seal: HeaderSeal) {
    this.pool = pool;
    this.seal = seal;
  }

  async list(project: string): Promise<readonly LookupView[]> {
    return (await rowsOf(this.pool, project)).map((row) => viewOf(project, row));
  }

  /** As a processor has it. */
  async find(project: string, id: string): Promise<Lookup | undefined> {
    return (await publishedLookups(this.pool, project)).find((lookup) => lookup.id === id);
  }

  /** Headers of which the value is hidden in the draft stay as they are, as long as they go to the same server: who changes it does not learn them. */
  save(project: string, id: string, draft: LookupDraft, by: string): Promise<SavedLookup> {
    return inProject(this.pool, project, async (client): Promise<SavedLookup> => {
      const rows = await rowsOf(client, project);
      const before = rows.find((row) => row.id === id);
      if (before === undefined && rows.length >= MAX_LOOKUPS) return { kind: 'too-many' };
      const { headers: given = {}, ...plain } = draft.kind === 'http' ? draft : { ...draft, headers: undefined };
      const sealed = before?.sealed_headers ?? undefined;
      const kept =
        sealed === undefined || originOf(before?.draft) !== originOf(draft) ? undefined : this.seal.open(sealed);
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(given)) {
        const known = value === HIDDEN ? ownValue(kept, name) : value;
        if (known === undefined) return { kind: 'no-such-header', name };
        headers[name] = known;
      }
      const names = Object.keys(headers).sort();
      if (names.length > 0 && !this.seal.isAble) return { kind: 'no-secret' };
      const sealedHeaders = names.length === 0 ? null : this.seal.seal(headers);
      const { rows: saved } = await client.query<LookupRow>(
        `INSERT INTO ${SCHEMA}.lookups (project, id, version, draft, header_names, sealed_headers, changed_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (project, id) DO UPDATE SET version = excluded.version, draft = excluded.draft, header_names = excluded.header_names,
           sealed_headers = excluded.sealed_headers, changed_at = now(), changed_by = excluded.changed_by
         RETURNING ${COLUMNS}`,
        [project, id, await nextVersion(client, project, id), JSON.stringify(plain), names, sealedHeaders, by],
      );
      const lookup = viewOf(project, saved[0]!);
      const was = before && viewOf(project, before);
      await writeAudit(client, project, { kind: 'lookup', id, by, what: 'lookup-saved', before: was, after: lookup });
      await raiseRevision(client, SCHEMA, project);
      return { kind: 'saved', lookup, isNew: before === undefined };
    });
  }

  /** Not while a rule names it, in force, as its newest version or in a draft. */
  delete(project: string, id: string, by: string): Promise<DeletedLookup> {
    return inProject(this.pool, project, async (client): Promise<DeletedLookup> => {
      const before = (await rowsOf(client, project)).find((row) => row.id === id);
      if (before === undefined) return { kind: 'missing' };
      const rules = await rulesNaming(client, project, 'lookup', id);
      if (rules.length > 0) return { kind: 'in-use', rules };
      await client.query(`DELETE FROM ${SCHEMA}.lookups WHERE project = $1 AND id = $2`, [project, id]);
      await writeAudit(client, project, {
        kind: 'lookup',
        id,
        by,
        what: 'lookup-deleted',
        before: viewOf(project, before),
      });
      await raiseRevision(client, SCHEMA, project);
      return { kind: 'deleted' };
    });
  }
}

/**
 * Goes on after a deletion, by the lines of the audit, which stay: what is published under a version never changes, and answers are kept by it.
 */
async function nextVersion(client: PoolClient, project: string, id: string): Promise<number> {
  const { rows } = await client.query<{ saves: number }>(
    `SELECT count(*)::int AS saves FROM ${SCHEMA}.audit WHERE project = $1 AND kind = 'lookup' AND id = $2 AND what = 'lookup-saved'`,
    [project, id],
  );
  return (rows[0]?.saves ?? 0) + 1;
}

const originOf = (draft: LookupRow['draft'] | undefined): string | undefined =>
  draft?.kind === 'http' ? URL.parse(draft.url.replace('{key}', '0'))?.origin : undefined;

const ownValue = (headers: Headers | undefined, name: string): string | undefined =>
  headers !== undefined && Object.hasOwn(headers, name) ? headers[name] : undefined;
