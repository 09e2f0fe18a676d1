import type { RuleDraft } from '@hermes/contracts/rule';
import type { Finding } from '@hermes/rules/finding';
import { listsNamed } from '@hermes/rules/lists-named';
import { lookupsNamed } from '@hermes/rules/lookups-named';
import { unknownWord } from '@hermes/rules/rule-words';
import type { PoolClient } from 'pg';
import { CANDIDATE_VERSION } from './candidate-version.ts';
import { SCHEMA } from './project-transaction.ts';

type Db = Pick<PoolClient, 'query'>;

/** What rules name that the project may take away, but not while a rule names it. */
interface NamedKind {
  readonly namedIn: (rule: Pick<RuleDraft, 'conditions' | 'actions'>) => readonly string[];
  /** Those that are there. */
  readonly rows: string;
}

const KINDS = {
  list: {
    namedIn: ({ conditions }) => listsNamed(conditions),
    rows: `${SCHEMA}.lists WHERE project = $1 AND deleted_at IS NULL`,
  },
  lookup: {
    namedIn: (rule) => [...new Set(lookupsNamed(rule).map(({ id }) => id))],
    rows: `${SCHEMA}.lookups WHERE project = $1`,
  },
} satisfies Readonly<Record<string, NamedKind>>;

/** Ids of the project's lists, or of its lookups, in order. */
export async function idsOf(db: Db, project: string, kind: keyof typeof KINDS): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(`SELECT id FROM ${KINDS[kind].rows} ORDER BY id`, [project]);
  return rows.map(({ id }) => id);
}

/** What a rule names and the project does not have; within `inProject` nothing of what is there is taken away meanwhile. */
export async function missingThings(
  db: Db,
  project: string,
  rule: Pick<RuleDraft, 'conditions' | 'actions'>,
): Promise<readonly Finding[]> {
  const missing: Finding[] = [];
  for (const kind of ['list', 'lookup'] as const) {
    const named = KINDS[kind].namedIn(rule);
    const known = named.length === 0 ? [] : await idsOf(db, project, kind);
    for (const id of named)
      if (!known.includes(id))
        missing.push({ pointer: '/conditions', code: `unknown-${kind}`, text: unknownWord(kind, id, known) });
  }
  return missing;
}

/** Rules that are in force or are to be, and drafts, which name it: ids, in order. */
export async function rulesNaming(
  db: Db,
  project: string,
  kind: keyof typeof KINDS,
  id: string,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string; draft: RuleDraft }>(
    `SELECT v.id, v.draft FROM ${SCHEMA}.rules r
       JOIN ${SCHEMA}.rule_versions v ON v.project = r.project AND v.id = r.id AND v.version IN (r.version, r.live_version, ${CANDIDATE_VERSION})
      WHERE r.project = $1 AND (r.deleted_at IS NULL OR v.version = r.live_version)
      UNION ALL SELECT d.id, d.draft FROM ${SCHEMA}.drafts d WHERE d.project = $1
      ORDER BY id`,
    [project],
  );
  const naming = rows.filter(({ draft }) => KINDS[kind].namedIn(draft).includes(id));
  return [...new Set(naming.map((row) => row.id))];
}
