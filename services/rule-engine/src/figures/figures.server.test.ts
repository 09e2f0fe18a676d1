/** Guards: figures of a rule's versions are what its decisions came to and what people said of them, each person's last word, however many were let go. */
import type { RuleVersionFigures } from '@hermes/contracts/rule-figures';
import type { Decision } from '@hermes/contracts/decision';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ActionsRoom } from '../testing/actions-room.ts';
import { ruleOver } from '../testing/rules-room.ts';

let room: ActionsRoom;
beforeAll(async () => {
  room = await ActionsRoom.open(2);
  await room.restart();
}, 120_000);
afterAll(() => room.close());

const draft = (more: object) => ({
  ...ruleOver(100),
  conditions: {
    all: [
      { fact: 'event', path: '$.data.price', operator: 'greaterThan', value: 100 },
      { fact: 'event', path: '$.data.line', operator: 'in', value: { fact: 'event', path: '$.data.lines' } },
    ],
  },
  tests: [{ name: 'any', event: { data: { price: 101, line: 'rental', lines: ['rental'] } }, fires: true }],
  ...more,
});
const lines = ['rental'];
let n = 0;
/** Deals that fire, do not fire, and on which the rule can say neither. */
const write = (fire: number, not: number, neither: number) =>
  room.ingest.write(
    [
      ...Array.from({ length: fire }, () => ({ price: 200, line: 'rental', lines })),
      ...Array.from({ length: not }, () => ({ price: 2, line: 'rental', lines })),
      ...Array.from({ length: neither }, () => ({ price: 200, line: 'rental', lines: 7 })),
    ].map((data) => room.ingest.event({ subject: `broker:b-${n++ % 5}`, data })),
  );
const of = (version: number): readonly Decision[] =>
  room.log.decisions.filter(({ ruleId, ruleVersion }) => ruleId === 'measured' && ruleVersion === version);
/** Publishes the next version, and answers once it decides. */
async function publish(version: number, more: object): Promise<void> {
  await room.publish({ measured: draft(more) });
  await eventually(`version ${version} decides`, async () => {
    await write(1, 0, 0);
    return of(version).length > 0 ? true : undefined;
  });
}
const figures = async (query = ''): Promise<readonly RuleVersionFigures[]> =>
  (await room.call('viewer', 'GET', `rules/measured/figures${query}`))['versions'] as RuleVersionFigures[];
const say = (as: 'editor' | 'approver' | 'owner' | 'viewer', id: string, verdict: string) =>
  room.call(as, 'PUT', `decisions/${id}/feedback`, { verdict });

const actions = [
  { kind: 'emit-event', type: 'deal.flagged', data: {} },
  { kind: 'set-attribute', attribute: 'tier', value: { fact: 'event', path: '$.data.nowhere' } },
];

test('hits, actions, undecided, held and shadow of each version', async () => {
  await publish(1, { actions });
  await write(9, 4, 3);
  await eventually('version 1 is through', () => (of(1).length >= 10 ? true : undefined));
  await publish(2, { shadow: true });
  await publish(3, { actions: [...actions, { kind: 'hold' }], alert: false });
  await write(4, 0, 0);
  await eventually('version 3 is through', () => (of(3).length >= 5 ? true : undefined));
  const [first, second] = of(3);
  await eventually('they wait', async () => {
    const released = await room.call('editor', 'POST', `reviews/${first!.id}`, { verdict: 'release' });
    const refused = await room.call('editor', 'POST', `reviews/${second!.id}`, { verdict: 'refuse' });
    return released.http === 200 && refused.http === 200 ? true : undefined;
  });
  const told = await eventually('the figures are there', async () => {
    const all = await figures();
    const held = all[0]?.held;
    const isAll =
      all.length === 3 &&
      all[2]!.hits === of(1).length &&
      all[1]!.shadowHits === of(2).length &&
      held!.open === of(3).length - 2 &&
      all.every(({ evaluated }, i) => evaluated >= of(3 - i).length) &&
      all[2]!.undecided === 3 &&
      all[0]!.hits === 1;
    return isAll ? all : undefined;
  });
  const [three, two, one] = told;
  const hits = of(1).length;
  expect(one).toMatchObject({
    version: 1,
    evaluated: hits + 7,
    undecided: 3,
    shadowHits: 0,
    actions: { alert: hits, 'emit-event': hits, 'set-attribute': 0, webhook: 0, skipped: hits },
    held: { open: 0, released: 0, refused: 0 },
  });
  const { p50, p95, p99 } = one!.latencyMs!;
  expect(p50 >= 0 && p50 <= p95 && p95 <= p99).toBe(true);
  expect(two).toMatchObject({ hits: 0, shadowHits: of(2).length, actions: { alert: 0, 'emit-event': 0 } });
  expect(three).toMatchObject({
    hits: 1,
    actions: { alert: 0, 'emit-event': 1, skipped: 1 },
    held: { open: of(3).length - 2, released: 1, refused: 1 },
  });
}, 90_000);

test('precision is of decisions, each as most people say with their last words, and not of those on which as many say the other', async () => {
  const [a, b, c, d] = of(1);
  expect((await say('viewer', a!.id, 'right')).http).toBe(403);
  expect((await say('editor', 'nobody', 'right')).http).toBe(404);
  expect((await say('editor', a!.id, 'perhaps')).http).toBe(400);
  await say('editor', a!.id, 'wrong');
  await say('editor', a!.id, 'right');
  await say('approver', a!.id, 'wrong');
  await say('owner', b!.id, 'right');
  await say('editor', c!.id, 'right');
  for (const person of ['editor', 'approver'] as const) await say(person, d!.id, 'wrong');
  await say('owner', d!.id, 'right');
  const view = await room.call('viewer', 'GET', `decisions/${a!.id}`);
  expect(
    (view['feedback'] as { by: string; verdict: string }[]).map(({ by, verdict }) => `${by} ${verdict}`).sort(),
  ).toEqual(['approver@example.org wrong', 'editor@example.org right']);
  expect((await figures()).at(-1)!.feedback).toEqual({ right: 2, wrong: 1, precision: 2 / 3 });
});

test('what tens of thousands that were let go have done is told as what a few have', async () => {
  const before = (await figures())[0]!;
  const pool = openPostgres(room.database.url);
  await pool.query(
    `INSERT INTO rule_engine.reviews (project, decision_id, rule_id, rule_version, subject, event_time, received_at, held_at, verdict)
     SELECT $1, md5(n::text), 'measured', 3, 's:1', now(), now(), now(), 'release' FROM generate_series(1, 60000) AS n`,
    [room.ingest.project.id],
  );
  await pool.end();
  // Of decisions that are not there nothing is told.
  const { held } = before;
  expect((await figures())[0]).toMatchObject({ ...before, held: { ...held, released: held.released + 60_000 } });
});

test('figures are of the period that is asked for', async () => {
  const to = new Date(Date.now() - 3_600_000).toISOString();
  expect(await figures(`?to=${to}`)).toEqual([]);
  expect((await room.call('viewer', 'GET', `rules/measured/figures?from=${to}&to=${to}`)).http).toBe(400);
});
