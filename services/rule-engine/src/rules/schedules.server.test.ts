import { openPostgres } from '@hermes/connectors/postgres/pool';
import type { KafkaProducer } from '@hermes/connectors/kafka/driver';
import { type RuleSchedule, RuleSchedules } from '@hermes/contracts/rule-api';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DecisionLog } from '../testing/decision-log.ts';
import { emailOf, ruleOver, RulesRoom } from '../testing/rules-room.ts';

let room: RulesRoom;
let producer: KafkaProducer;
let log: DecisionLog;
beforeAll(async () => {
  room = await RulesRoom.open();
  producer = await room.kafka.producer();
  log = await DecisionLog.open(room.kafka, room.project.id);
}, 120_000);
afterAll(async () => {
  await log.close();
  await room.close();
});

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const schedule = (id: string, at: string): Promise<string> =>
  room.outcome('editor', 'POST', `rules/${id}/publish`, { at });
const schedules = async (): Promise<readonly RuleSchedule[]> =>
  RuleSchedules.parse((await room.call('viewer', 'GET', 'rule-schedules')).body).schedules;
const failed = (id: string): Promise<RuleSchedule> =>
  eventually(`the schedule of ${id} has failed`, async () =>
    (await schedules()).find((one) => one.ruleId === id && one.state === 'failed'),
  );
const published = (id: string): Promise<true> =>
  eventually(`${id} is published`, async () =>
    (await room.outcome('viewer', 'GET', `rules/${id}`)) === '200' ? true : undefined,
  );

let sent = 0;
const decided = (ruleId: string): Promise<number> =>
  eventually(`a decision of ${ruleId}`, async () => {
    const event = sampleEvent(room.project.id, { id: `e-${sent++}`, data: { price: 1_000 } });
    await producer.send([eventRecord(event)]);
    const decision = log.decisions.find((one) => one.ruleId === ruleId);
    return decision && log.seenAtMs.get(decision.id);
  });

test('a scheduled draft decides soon after its time, not before it, and is published by who scheduled it', async () => {
  await room.call('editor', 'PUT', 'rules/warm', ruleOver(1));
  await decided('warm');
  await room.draft('timed', ruleOver(2), 'owner');
  const at = inMs(2_500);
  const answer = await room.call('editor', 'POST', 'rules/timed/publish', { at });
  expect([answer.status, answer.body]).toMatchObject([202, { ruleId: 'timed', at, state: 'waiting', reason: null }]);
  expect(await schedules()).toEqual([answer.body]);
  expect((await room.call('viewer', 'GET', 'rules/timed/draft')).body['schedule']).toEqual(answer.body);
  const afterMs = (await decided('timed')) - Date.parse(at);
  expect(afterMs).toBeGreaterThanOrEqual(0);
  // Two test files share this machine: it takes a few tenths of a second where nothing else runs.
  expect(afterMs).toBeLessThan(2_000);
  expect(await schedules()).toEqual([]);
  expect((await room.audit('timed'))[0]).toMatchObject({
    what: 'published',
    by: emailOf('editor'),
    note: `scheduled for ${at}`,
  });
});

test('what is over, cannot be published anyhow, or is cancelled is not scheduled', async () => {
  await room.draft('no', ruleOver(1));
  expect(await schedule('no', inMs(-1))).toBe('400 not-in-future');
  expect(await schedule('no', 'soon')).toBe('400 invalid-input');
  expect(await schedule('none', inMs(60_000))).toBe('404 not-found');
  expect(await room.outcome('editor', 'DELETE', 'rules/no/schedule')).toBe('404 not-found');
  expect(await schedule('no', inMs(1_500))).toBe('202');
  expect(await room.outcome('editor', 'DELETE', 'rules/no/schedule')).toBe('204');
  await room.draft('failing', ruleOver(1, { tests: [{ name: 'no', event: { data: {} }, fires: true }] }));
  expect(await schedule('failing', inMs(60_000))).toBe('400 failed-tests');
  // Another that is due later says that their time was over.
  await room.draft('later', ruleOver(1));
  expect(await schedule('later', inMs(2_000))).toBe('202');
  await published('later');
  expect(await room.outcome('viewer', 'GET', 'rules/no')).toBe('404 not-found');
});

test('the schedule of an archived rule is cancelled', async () => {
  await room.call('editor', 'PUT', 'rules/gone', ruleOver(1));
  await room.draft('gone', ruleOver(2));
  await schedule('gone', inMs(60_000));
  await room.call('editor', 'DELETE', 'rules/gone');
  expect(await schedules()).toEqual([]);
  expect((await room.audit('gone'))[1]).toMatchObject({ what: 'schedule-cancelled', note: 'the rule was archived' });
});

test('a draft that was changed after it was scheduled is not published, and the schedule says why', async () => {
  await room.draft('changed', ruleOver(1));
  await schedule('changed', inMs(1_500));
  await room.draft('changed', ruleOver(2), 'owner');
  expect((await failed('changed')).reason).toContain(`${emailOf('owner')} changed the draft`);
  expect(await room.outcome('viewer', 'GET', 'rules/changed')).toBe('404 not-found');
  expect((await room.audit('changed'))[0]).toMatchObject({ what: 'schedule-failed', by: 'service:rule-engine' });
  expect(await schedule('changed', inMs(300))).toBe('202');
  await published('changed');
});

test('under four eyes a scheduled draft still needs its approval when its time has come', async () => {
  await room.call('owner', 'PUT', 'rule-settings', { fourEyes: true });
  const [seen, unseen] = [await room.draft('seen', ruleOver(1)), await room.draft('unseen', ruleOver(1))];
  for (const id of ['seen', 'unseen']) expect(await schedule(id, inMs(1_500))).toBe('202');
  await room.call('approver', 'POST', 'rules/seen/draft/approve', { hash: seen.hash });
  expect((await failed('unseen')).reason).toContain('another person than editor@example.org has to approve');
  await published('seen');
  // It is not published behind anybody's back when the approval comes late.
  await room.call('approver', 'POST', 'rules/unseen/draft/approve', { hash: unseen.hash });
  expect(await room.outcome('viewer', 'GET', 'rules/unseen')).toBe('404 not-found');
  expect(await room.outcome('editor', 'POST', 'rules/unseen/publish')).toBe('201');
  await room.call('owner', 'PUT', 'rule-settings', { fourEyes: false });
});

test.each([
  ['two processes publish a scheduled draft once', 'both', false],
  ['a process that is killed with kill -9 in the middle leaves a scheduled draft to the other', 'killed', true],
])(
  '%s',
  async (_, name, isKilled) => {
    await room.start();
    const ids = Array.from({ length: 10 }, (_unused, i) => `${name}-${i}`);
    for (const id of ids) await room.draft(id, ruleOver(5));
    const at = inMs(3_000);
    for (const id of ids) expect(await schedule(id, at)).toBe('202');
    const pool = openPostgres(room.database.url);
    const holder = await pool.connect();
    const waiting = async (query: string): Promise<readonly string[]> => {
      const { rows } = await pool.query<{ name: string }>(
        `SELECT application_name AS name FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1`,
        [query],
      );
      return rows.map((row) => row.name);
    };
    // One comes as far as the last statement of its transaction, and the other has begun as well.
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE rule_engine.publication_state IN SHARE MODE');
    const inTheMiddle = await eventually('a process is in the middle, and the other has begun', async () => {
      const [first] = await waiting('INSERT INTO rule_engine.publication_state%');
      return new Set(await waiting('%')).size < 2 ? undefined : first;
    });
    if (isKilled) await room.kill9(inTheMiddle);
    await holder.query('COMMIT');
    holder.release();
    await pool.end();
    for (const id of ids) {
      await published(id);
      expect(await room.versions(id)).toHaveLength(1);
      expect((await room.audit(id)).filter(({ what }) => what === 'published')).toHaveLength(1);
    }
    await decided(`${name}-9`);
    // The next test begins with one process again.
    if (!isKilled) await room.kill9(room.processes()[0]!);
  },
  90_000,
);

test('what came due while no process ran is published by the next', async () => {
  await room.draft('meanwhile', ruleOver(1));
  const at = inMs(600);
  await schedule('meanwhile', at);
  for (const name of room.processes()) await room.kill9(name);
  await new Promise((resolve) => setTimeout(resolve, Date.parse(at) - Date.now() + 200));
  await room.start();
  await published('meanwhile');
}, 90_000);
