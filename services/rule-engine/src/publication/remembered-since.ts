import type { Condition, Rule } from '@hermes/contracts/rule';
import { memoriesNamed } from '@hermes/rules/memory/memories-named';
import { personName } from '@hermes/rules/person-fact';
import { personsNamed } from '@hermes/rules/persons-named';
import type { PoolClient } from 'pg';
import { SCHEMA } from '../rules/project-transaction.ts';

/** A rule that was changed more often remembers since the oldest of these. */
const VERSIONS_LOOKED_AT = 200;

/** Ids of what is kept for a condition: of its facts with a memory, and of what it asks for of persons. */
const kept = (condition: Condition): readonly string[] => [
  ...memoriesNamed(condition).map(({ id }) => id),
  ...personsNamed(condition).map(personName),
];

/** A version of a rule, of which is asked what it remembers. */
export interface RememberingVersion {
  readonly conditions: Condition;
  readonly publishedAt: Date;
}

/**
 * Since when a rule asks for each of its facts with a memory, and of the person, without a break: what was remembered before is void, because there are events
 * that it has not seen, or changes that nobody was told of. The same for a version whenever it is asked.
 *
 * @param versions - up to the one in question, that one first
 * @param archivedAt - when the rule was last out of force before it
 */
export function rememberedSince(
  versions: readonly RememberingVersion[],
  archivedAt: Date | undefined,
): Readonly<Record<string, string>> {
  const [newest] = versions;
  const entries = (newest === undefined ? [] : kept(newest.conditions)).map((id) => {
    const hasIt = ({ conditions, publishedAt }: RememberingVersion): boolean =>
      (archivedAt === undefined || publishedAt > archivedAt) && kept(conditions).includes(id);
    const broken = versions.findIndex((version) => !hasIt(version));
    const first = versions.at(broken < 0 ? -1 : Math.max(0, broken - 1))!;
    return [id, first.publishedAt.toISOString()] as const;
  });
  return Object.fromEntries(entries);
}

/** The rule as processors read it; one for which nothing is kept as it is. What only ran in the shadow of a version before it says nothing of that one. */
export async function withRememberedSince(db: PoolClient, rule: Rule): Promise<Rule> {
  if (kept(rule.conditions).length === 0) return rule;
  const { project, id, version } = rule;
  const { rows } = await db.query<{ readonly conditions: Condition; readonly publishedAt: Date }>(
    `SELECT draft->'conditions' AS conditions, published_at AS "publishedAt" FROM ${SCHEMA}.rule_versions v
      WHERE project = $1 AND id = $2 AND version <= $3 AND (version = $3 OR NOT EXISTS (
        SELECT 1 FROM ${SCHEMA}.shadow_runs s WHERE s.project = v.project AND s.id = v.id AND s.version = v.version
           AND s.outcome IS DISTINCT FROM 'promoted'))
      ORDER BY version DESC LIMIT ${VERSIONS_LOOKED_AT}`,
    [project, id, version],
  );
  const { rows: archived } = await db.query<{ readonly at: Date | null }>(
    `SELECT max(at) AS at FROM ${SCHEMA}.audit
      WHERE project = $1 AND kind = 'rule' AND id = $2 AND what = 'archived' AND at <= $3`,
    [project, id, rows[0]?.publishedAt ?? rule.publishedAt],
  );
  return { ...rule, rememberedSince: rememberedSince(rows, archived[0]?.at ?? undefined) };
}
