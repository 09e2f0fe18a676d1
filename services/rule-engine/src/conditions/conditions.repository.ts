import { isDeepStrictEqual } from 'node:util';
import type { ConditionUse, NamedCondition, NamedConditionDraft } from '@hermes/contracts/named-condition';
import type { Condition, ConditionRef, RuleDraft } from '@hermes/contracts/rule';
import { conditionsNamed, type KnownConditions } from '@hermes/rules/named-conditions';
import type { Pool, PoolClient } from 'pg';
import { CANDIDATE_VERSION } from '../rules/candidate-version.ts';
import { inProject, SCHEMA, writeAudit } from '../rules/project-transaction.ts';

type Db = Pick<PoolClient, 'query'>;

interface ConditionRow {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly description: string | null;
  readonly conditions: Condition;
  readonly saved_at: Date;
  readonly saved_by: string;
}

const NEWEST = `SELECT v.id, v.version, v.name, v.description, v.conditions, v.saved_at, v.saved_by
                  FROM ${SCHEMA}.conditions c JOIN ${SCHEMA}.condition_versions v USING (project, id, version)
                 WHERE c.project = $1 AND c.deleted_at IS NULL`;

const conditionOf = (row: ConditionRow): NamedCondition => ({
  id: row.id,
  version: row.version,
  name: row.name,
  ...(row.description === null ? {} : { description: row.description }),
  conditions: row.conditions,
  savedAt: row.saved_at.toISOString(),
  savedBy: row.saved_by,
});

async function find(db: Db, project: string, id: string): Promise<NamedCondition | undefined> {
  const { rows } = await db.query<ConditionRow>(`${NEWEST} AND c.id = $2`, [project, id]);
  return rows[0] && conditionOf(rows[0]);
}

/** Rules and drafts that have the condition in them, by id. */
async function usesOf(db: Db, project: string, id: string): Promise<readonly Omit<ConditionUse, 'isOlder'>[]> {
  const { rows } = await db.query<{ id: string; draft: RuleDraft; is_draft: boolean }>(
    `SELECT v.id, v.draft, false AS is_draft FROM ${SCHEMA}.rules r
       JOIN ${SCHEMA}.rule_versions v ON v.project = r.project AND v.id = r.id AND v.version IN (r.version, ${CANDIDATE_VERSION})
      WHERE r.project = $1 AND r.deleted_at IS NULL
      UNION ALL SELECT d.id, d.draft, true FROM ${SCHEMA}.drafts d WHERE d.project = $1
      ORDER BY id, is_draft`,
    [project],
  );
  return rows.flatMap(({ id: ruleId, draft, is_draft: isDraft }) =>
    conditionsNamed(draft.conditions)
      .filter((ref) => ref.id === id)
      .map(({ version }) => ({ ruleId, version, isDraft })),
  );
}

export type DeletedCondition =
  | { readonly kind: 'deleted' | 'missing' }
  /** Rules have it in them: they could not be saved again. */
  | { readonly kind: 'in-use'; readonly rules: readonly string[] };

/** Named conditions in PostgreSQL. Each change is one transaction with its line of the audit. */
export class ConditionsRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** By id. */
  async list(project: string): Promise<readonly NamedCondition[]> {
    const { rows } = await this.pool.query<ConditionRow>(`${NEWEST} ORDER BY c.id`, [project]);
    return rows.map(conditionOf);
  }

  find(project: string, id: string): Promise<NamedCondition | undefined> {
    return find(this.pool, project, id);
  }

  usesOf(project: string, id: string): ReturnType<typeof usesOf> {
    return usesOf(this.pool, project, id);
  }

  /** All that is there now, and what earlier versions said. */
  async known(project: string, kept: readonly ConditionRef[]): Promise<KnownConditions> {
    const newest = new Map((await this.list(project)).map((one) => [one.id, one]));
    const { rows } = await this.pool.query<Pick<ConditionRow, 'id' | 'version' | 'conditions'>>(
      `SELECT v.id, v.version, v.conditions FROM ${SCHEMA}.condition_versions v
         JOIN unnest($2::text[], $3::integer[]) AS asked (id, version) USING (id, version)
        WHERE v.project = $1`,
      [project, kept.map(({ id }) => id), kept.map(({ version }) => version)],
    );
    return {
      ids: [...newest.keys()],
      newest: (id) => newest.get(id),
      version: (ref) => rows.find(({ id, version }) => id === ref.id && version === ref.version)?.conditions,
    };
  }

  /** Makes the next version, or the first; the same again writes nothing. `isNew`: there was none. */
  save(
    project: string,
    id: string,
    { name, description, conditions }: NamedConditionDraft,
    by: string,
  ): Promise<{ readonly condition: NamedCondition; readonly isNew: boolean }> {
    return inProject(this.pool, project, async (client) => {
      const before = await find(client, project, id);
      const draft = { name, ...(description === undefined ? {} : { description }), conditions };
      if (before !== undefined && isSame(before, draft)) return { condition: before, isNew: false };
      const { rows } = await client.query<{ version: number }>(
        `INSERT INTO ${SCHEMA}.conditions (project, id, version) VALUES ($1, $2, 1)
         ON CONFLICT (project, id) DO UPDATE SET version = conditions.version + 1, deleted_at = NULL RETURNING version`,
        [project, id],
      );
      const { version } = rows[0]!;
      await client.query(
        `INSERT INTO ${SCHEMA}.condition_versions (project, id, version, name, description, conditions, saved_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [project, id, version, name, description ?? null, JSON.stringify(conditions), by],
      );
      const entry = { kind: 'condition', id, by, what: 'condition-saved' } as const;
      await writeAudit(client, project, { ...entry, before: before && draftOf(before), after: draft });
      return { condition: (await find(client, project, id))!, isNew: before === undefined };
    });
  }

  delete(project: string, id: string, by: string): Promise<DeletedCondition> {
    return inProject(this.pool, project, async (client): Promise<DeletedCondition> => {
      const before = await find(client, project, id);
      if (before === undefined) return { kind: 'missing' };
      const rules = [...new Set((await usesOf(client, project, id)).map(({ ruleId }) => ruleId))];
      if (rules.length > 0) return { kind: 'in-use', rules };
      await client.query(`UPDATE ${SCHEMA}.conditions SET deleted_at = now() WHERE project = $1 AND id = $2`, [
        project,
        id,
      ]);
      const entry = { kind: 'condition', id, by, what: 'condition-deleted' } as const;
      await writeAudit(client, project, { ...entry, before: draftOf(before) });
      return { kind: 'deleted' };
    });
  }
}

const draftOf = ({ name, description, conditions }: NamedCondition): NamedConditionDraft => ({
  name,
  ...(description === undefined ? {} : { description }),
  conditions,
});

const isSame = (before: NamedCondition, draft: NamedConditionDraft): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(draftOf(before))), JSON.parse(JSON.stringify(draft)));
