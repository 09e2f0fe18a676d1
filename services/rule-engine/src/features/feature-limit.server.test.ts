/** Guards, on the real database: so many versions of features are counted for the rules of a project, and no publication goes beyond it; a roll-back does. */
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { type Condition, RuleDraft } from '@hermes/contracts/rule';
import { inLanguage } from '@hermes/rules/finding';
import { migrate } from '@hermes/service-kit/migrate';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DraftsRepository } from '../rules/drafts.repository.ts';
import { RuleHistoryRepository } from '../rules/history.repository.ts';
import { RulesRepository } from '../rules/rules.repository.ts';
import { withChangeFeatures } from './change-features.ts';
import { CountedFeaturesRepository } from './counted-features.ts';
import { MAX_COUNTED_FEATURES } from './feature-limit.ts';

let database: TestDatabase;
let pool: Pool;
let rules: RulesRepository;
const AUTHOR = { id: 'ann', name: 'ann@example.org' };

beforeAll(async () => {
  database = await makeTestDatabase();
  await migrate(database.url, 'rule_engine', new URL('../../migrations', import.meta.url));
  pool = openPostgres(database.url);
  rules = new RulesRepository(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** A rule that asks what was before at these places. */
async function asking(first: number, count: number, more: object = {}): Promise<RuleDraft> {
  const any = Array.from({ length: count }, (_, i): Condition => ({
    ...{ fact: 'event', path: `$.data.p${String(first + i)}`, operator: 'became', value: 1 },
  }));
  const { conditions, features } = withChangeFeatures('p', { any }, { eventTypes: ['a'] });
  await new CountedFeaturesRepository(pool).remember('p', features);
  return RuleDraft.parse({
    ...{ name: 'R', eventTypes: ['a'], conditions, event: { type: 'r' }, severity: 'info' },
    tests: [{ name: 't', event: { data: { [`p${String(first)}`]: 1 } }, fires: true }],
    ...more,
  });
}
const save = async (id: string, draft: RuleDraft): Promise<string> => {
  const saved = await rules.save('p', id, draft, 'ann');
  return saved.kind === 'refused' ? saved.problems.map(({ code }) => code).join() : saved.kind;
};

test('up to the limit rules are published, beyond it they are refused, and archiving makes room', async () => {
  const few = 3;
  const last = MAX_COUNTED_FEATURES - few;
  expect(await save('many', await asking(0, last))).toBe('published');
  expect(await save('over', await asking(last, few + 1))).toBe('too-many-features');
  expect(await save('full', await asking(last, few))).toBe('published');
  // What is counted already costs nothing.
  expect(await save('shares', await asking(last, few, { name: 'S' }))).toBe('published');
  expect(await save('full', await asking(0, 9))).toBe('published');

  const drafts = new DraftsRepository(pool);
  const over = await asking(1_000, 1);
  await drafts.save('p', 'drafted', over, AUTHOR);
  const refused = await drafts.publish('p', 'drafted', 'ann');
  if (refused.kind !== 'refused') throw new Error(refused.kind);
  expect(inLanguage(refused.problems, 'zh')[0]?.message).toContain('上限是 500 个，此规则还需要 1 个');
  await rules.delete('p', 'shares', 'ann');
  await rules.delete('p', 'many', 'ann');
  expect((await drafts.publish('p', 'drafted', 'ann')).kind).toBe('published');
  expect(await save('again', await asking(2_000, MAX_COUNTED_FEATURES - 20))).toBe('published');
  expect((await new RuleHistoryRepository(pool).rollBack('p', 'many', 1, 'ann')).kind).toBe('rolled-back');
});
