import type { Condition, RuleDraft } from '@hermes/contracts/rule';
import type { RuleRemark } from '@hermes/contracts/rule-api';
import { listsNamed } from '@hermes/rules/lists-named';
import { suggest } from '@hermes/rules/suggestion';
import type { PoolClient } from 'pg';
import { SCHEMA } from '../rules/project-transaction.ts';
import { CANDIDATE_VERSION } from '../rules/candidate-version.ts';

type Db = Pick<PoolClient, 'query'>;

/** Ids of the project's lists, in order. */
export async function listIds(db: Db, project: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT id FROM ${SCHEMA}.lists WHERE project = $1 AND deleted_at IS NULL ORDER BY id`,
    [project],
  );
  return rows.map(({ id }) => id);
}

/** What is wrong with a condition that asks lists which are not there. */
export function unknownLists(condition: Condition, known: readonly string[]): readonly RuleRemark[] {
  return listsNamed(condition)
    .filter((id) => !known.includes(id))
    .map((id) => {
      const advice = known.length === 0 ? 'the project has no lists yet' : suggest(id, known);
      return { pointer: '/conditions', code: 'unknown-list', message: `no list is called "${id}"; ${advice}` };
    });
}

/** The same, of the lists that are there now; within `inProject` none of those is deleted meanwhile. */
export async function listProblems(db: Db, project: string, condition: Condition): Promise<readonly RuleRemark[]> {
  if (listsNamed(condition).length === 0) return [];
  return unknownLists(condition, await listIds(db, project));
}

/** Notes which lists a rule's version asks. */
export async function noteLists(
  client: PoolClient,
  project: string,
  rule: { readonly id: string; readonly version: number; readonly conditions: Condition },
): Promise<void> {
  const lists = listsNamed(rule.conditions);
  if (lists.length === 0) return;
  await client.query(
    `INSERT INTO ${SCHEMA}.rule_lists (project, rule_id, rule_version, list_id) SELECT $1, $2, $3, unnest($4::text[])`,
    [project, rule.id, rule.version, lists],
  );
}

/** Rules that ask the list: those that are in force or are to be, and drafts; by id. */
export async function rulesThatAsk(db: Db, project: string, list: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT DISTINCT r.id FROM ${SCHEMA}.rule_lists l JOIN ${SCHEMA}.rules r ON r.project = l.project AND r.id = l.rule_id
      WHERE l.project = $1 AND l.list_id = $2
        AND (l.rule_version IN (r.live_version, ${CANDIDATE_VERSION}) OR (l.rule_version = r.version AND r.deleted_at IS NULL))`,
    [project, list],
  );
  const drafts = await db.query<{ id: string; draft: RuleDraft }>(
    `SELECT id, draft FROM ${SCHEMA}.drafts WHERE project = $1`,
    [project],
  );
  const drafted = drafts.rows.filter(({ draft }) => listsNamed(draft.conditions).includes(list));
  return [...new Set([...rows, ...drafted].map(({ id }) => id))].sort();
}
