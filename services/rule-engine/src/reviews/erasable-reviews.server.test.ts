/** Guards, on PostgreSQL: an erasure takes what waits for a person and what people said, of a subject and of the key that a rule goes by. */
import { openPostgres } from '@hermes/connectors/postgres/pool';
import type { Decision } from '@hermes/contracts/decision';
import type { OpenErasure } from '@hermes/service-kit/erasure-copy';
import { migrate } from '@hermes/service-kit/migrate';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FeedbackRepository } from '../feedback/feedback.repository.ts';
import { erasableReviews } from './erasable-reviews.ts';
import { ReviewsRepository } from './reviews.repository.ts';

const [BEFORE, ERASED_AT, AFTER] = ['2026-03-01T00:00:00.000Z', '2026-03-05T00:00:00.000Z', '2026-03-10T00:00:00.000Z'];

let database: TestDatabase;
let pool: ReturnType<typeof openPostgres>;

beforeAll(async () => {
  database = await makeTestDatabase();
  await migrate(database.url, 'rule_engine', new URL('../../migrations', import.meta.url));
  pool = openPostgres(database.url);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const decisionOf = (id: string, time: string, more: Partial<Decision>): Decision => ({
  id,
  project: 'p',
  ruleId: 'r',
  ruleName: 'R',
  ruleVersion: 1,
  severity: 'info',
  alert: false,
  outcome: { type: 'r' },
  subject: 'broker:b-1',
  event: { id: `e-${id}`, source: '/t', type: 'a', time, data: {} },
  trace: [],
  receivedAt: time,
  acceptedAt: time,
  decidedAt: time,
  held: true,
  ...more,
});

test('of the subject, and of the key, up to the erasure', async () => {
  const reviews = new ReviewsRepository(pool);
  const feedback = new FeedbackRepository(pool);
  const store = erasableReviews(pool);
  const decisions = [
    decisionOf('of-the-subject', BEFORE, { subject: 'device:d-1' }),
    decisionOf('by-the-key', BEFORE, { key: 'device:d-1' }),
    decisionOf('by-the-key-later', AFTER, { key: 'device:d-1' }),
    decisionOf('by-another', BEFORE, { key: 'device:d-2' }),
    decisionOf('by-none', BEFORE, {}),
  ];
  await reviews.add(
    'p',
    decisions.map((decision) => ({ decision, json: JSON.stringify(decision) })),
  );
  for (const decision of decisions) await feedback.say(decision, { id: 'me', name: 'me' }, { verdict: 'right' });
  const erasure: OpenErasure = {
    id: 'x',
    project: 'p',
    subject: 'device:d-1',
    subjectHash: 'x',
    erasedAt: ERASED_AT,
    requestedBy: 'me',
  };
  expect(await store.count(erasure)).toBe(4);
  await store.remove(erasure);
  expect(await store.count(erasure)).toBe(0);
  const left = await reviews.list('p', { limit: 10 });
  expect(left.map(({ decisionId }) => decisionId).sort()).toEqual(['by-another', 'by-none', 'by-the-key-later']);
  expect((await feedback.of('p', 'by-the-key')).length).toBe(0);
  expect((await feedback.of('p', 'by-none')).length).toBe(1);
});
