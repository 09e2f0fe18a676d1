/** Guards: a snooze is in force within a second, ends when somebody ends it, and keeps no key. */
import type { KafkaProducer } from '@hermes/connectors/kafka/driver';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DecisionLog } from '../testing/decision-log.ts';
import { RulesRoom, ruleOver } from '../testing/rules-room.ts';

let room: RulesRoom;
let producer: KafkaProducer;
let log: DecisionLog;
let sent = 0;

beforeAll(async () => {
  room = await RulesRoom.open(1);
  producer = await room.kafka.producer();
  log = await DecisionLog.open(room.kafka, room.project.id);
  await room.call('editor', 'PUT', 'rules/r', ruleOver(0));
  await eventually('the rule fires', async () => ((await firedFor('deal:1')) ? true : undefined));
}, 120_000);
afterAll(async () => {
  await log.close();
  await room.close();
});

/** Whether the rule fires on a deal of the subject: one of another subject behind it says when it would have. */
async function firedFor(subject: string): Promise<boolean> {
  const [id, after] = [`deal-${++sent}`, `deal-${++sent}`];
  const deal = (one: string, of: string) =>
    eventRecord(sampleEvent(room.project.id, { id: one, type: 'deal.signed', subject: of, data: { price: 5 } }));
  await producer.send([deal(id, subject), deal(after, 'deal:other')]);
  const has = (one: string): boolean => log.decisions.some(({ event }) => event.id === one);
  await eventually('a decision on the deal behind', () => (has(after) ? true : undefined), 3_000).catch(
    () => undefined,
  );
  return has(id);
}

test('it is in force within a second, for its key alone, until it is ended', async () => {
  expect(await room.outcome('viewer', 'POST', 'rules/r/snoozes', { key: 'deal:1', hours: 1 })).toContain('403');
  expect(await room.outcome('editor', 'POST', 'rules/none/snoozes', { key: 'deal:1', hours: 1 })).toBe('404 not-found');
  expect(await room.outcome('editor', 'POST', 'rules/r/snoozes', { key: 'deal:1' })).toBe('400 invalid-input');
  const over = { key: 'deal:1', until: '2020-01-01T00:00:00Z' };
  expect(await room.outcome('editor', 'POST', 'rules/r/snoozes', over)).toBe('400 not-in-future');

  const made = await room.call('editor', 'POST', 'rules/r/snoozes', { key: 'deal:1', hours: 2, note: 'is on leave' });
  expect(made.status).toBe(201);
  const from = Date.now();
  await eventually('it is snoozed', async () => ((await firedFor('deal:1')) ? undefined : true));
  expect(Date.now() - from).toBeLessThan(1_500);
  expect(await firedFor('deal:2')).toBe(true);
  const { snoozes } = (await room.call('viewer', 'GET', 'rules/r/snoozes')).body as { snoozes: object[] };
  expect(snoozes).toEqual([made.body]);
  expect(JSON.stringify(snoozes)).not.toContain('deal:1');

  expect(await room.outcome('editor', 'DELETE', 'rules/r/snoozes/deal:2')).toBe('404 not-found');
  expect((await room.call('editor', 'DELETE', 'rules/r/snoozes/deal:1')).status).toBe(204);
  await eventually('it fires again', async () => ((await firedFor('deal:1')) ? true : undefined));
  expect((await room.audit('r')).slice(0, 2)).toMatchObject([
    { what: 'snooze-ended', before: { keyHash: made.body['keyHash'] } },
    { what: 'snoozed', note: 'is on leave' },
  ]);
});
