import type { RuleDraft } from '@hermes/contracts/rule';
import type { Finding } from '@hermes/rules/finding';
import { featuresCounted } from '@hermes/rules/features-of-rule';
import { both } from '@hermes/rules/words';
import type { PoolClient } from 'pg';
import { SCHEMA } from '../rules/project-transaction.ts';

/** So many versions of features are counted for the rules of a project, what was before a change among them: each is state of every key. */
export const MAX_COUNTED_FEATURES = 500;

/** What the rule would have counted beyond that; nothing where it asks for nothing new. Within `inProject` no other rule begins to ask meanwhile. */
export async function tooManyFeatures(
  client: Pick<PoolClient, 'query'>,
  project: string,
  rule: Pick<RuleDraft, 'conditions' | 'actions'>,
): Promise<readonly Finding[]> {
  const asked = featuresCounted(rule);
  if (asked.length === 0) return [];
  const { rows } = await client.query<{ id: string; version: number }>(
    `SELECT id, version FROM ${SCHEMA}.counted_features WHERE project = $1 AND released_at IS NULL`,
    [project],
  );
  const counted = new Set(rows.map(({ id, version }) => `${id} ${version}`));
  const added = asked.filter(({ id, version }) => !counted.has(`${id} ${String(version)}`)).length;
  if (added === 0 || counted.size + added <= MAX_COUNTED_FEATURES) return [];
  const text = both(
    `${counted.size} features are counted for the rules of this project, at most ${MAX_COUNTED_FEATURES} may be, and this rule asks for ${added} more: archive rules that nobody needs, or ask for features that other rules ask for`,
    `本项目的规则已在计算 ${counted.size} 个特征，上限是 ${MAX_COUNTED_FEATURES} 个，此规则还需要 ${added} 个：请归档不再需要的规则，或改用其他规则已在使用的特征`,
  );
  return [{ pointer: '/conditions', code: 'too-many-features', text }];
}
