/** Guards, on PostgreSQL: rules are found by the condition of the version that is in force, within their project, and those from before hashes were kept are not. */
import { openPostgres } from '@hermes/connectors/postgres/pool';
import type { RuleDraft } from '@hermes/contracts/rule';
import { conditionHash } from '@hermes/rules/same-rules';
import { migrate } from '@hermes/service-kit/migrate';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RulesRepository } from './rules.repository.ts';

let database: TestDatabase;
let pool: ReturnType<typeof openPostgres>;
let rules: RulesRepository;

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

const draft = (value: number, name = 'Large deal'): RuleDraft => ({
  name,
  eventTypes: ['deal.signed'],
  conditions: { all: [{ fact: 'event', path: '$.data.rooms', operator: 'equal', value }] },
  event: { type: 'large-deal' },
  severity: 'warning',
  alert: true,
});
const found = async (value: number, besides?: string, project = 'p'): Promise<readonly string[]> => {
  const same = await rules.withCondition(project, conditionHash(draft(value)), besides);
  return same.map(({ id, name }) => `${id} ${name}`);
};

test('a rule is found by its condition while its newest version has it and is in force', async () => {
  await rules.save('p', 'a', draft(1, 'A'), 'me');
  await rules.save('p', 'b', draft(1, 'B'), 'me');
  expect([await found(1), await found(1, 'a'), await found(2), await found(1, undefined, 'q')]).toEqual([
    ['a A', 'b B'],
    ['b B'],
    [],
    [],
  ]);
  await rules.save('p', 'b', draft(2, 'B'), 'me');
  expect([await found(1), await found(2)]).toEqual([['a A'], ['b B']]);
  await rules.delete('p', 'a', 'me');
  expect(await found(1)).toEqual([]);
  await rules.save('p', 'a', draft(1, 'A again'), 'me');
  expect(await found(1)).toEqual(['a A again']);
});

test('not more than ten are told', async () => {
  for (let i = 0; i < 12; i++) await rules.save('many', `r-${10 + i}`, draft(3), 'me');
  expect(await found(3, 'r-10', 'many')).toEqual(Array.from({ length: 10 }, (_, i) => `r-${11 + i} Large deal`));
});

test('a version from before hashes were kept is not found', async () => {
  await pool.query(`INSERT INTO rule_engine.rules (project, id, version) VALUES ('old', 'a', 1)`);
  await pool.query(
    `INSERT INTO rule_engine.rule_versions (project, id, version, draft, published_by) VALUES ('old', 'a', 1, $1, 'me')`,
    [JSON.stringify(draft(1))],
  );
  expect(await found(1, undefined, 'old')).toEqual([]);
});
