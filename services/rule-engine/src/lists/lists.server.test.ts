/** Guards: named lists as people keep them and rules ask them, a million entries long, through processes that die and topics that are lost. */
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import type { Decision } from '@hermes/contracts/decision';
import { listsTopic } from '@hermes/contracts/topics';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { eventually, serverUrl } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DecisionLog } from '../testing/decision-log.ts';
import { RulesRoom, ruleOver } from '../testing/rules-room.ts';

const asking = (list: string) =>
  ruleOver(0, {
    conditions: { all: [{ fact: 'event', path: '$.data.customer', operator: 'inList', value: { list } }] },
    tests: [{ name: 'one of them', event: { data: { customer: 'c-1' } }, lists: { [list]: ['c-1'] }, fires: true }],
  });

describe('named lists', () => {
  let room: RulesRoom;
  let kafka: KafkaDriver;
  let producer: KafkaProducer;
  let log: DecisionLog;
  let sent = 0;

  beforeAll(async () => {
    room = await RulesRoom.open(2);
    kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'lists-test' });
    producer = await kafka.producer();
    log = await DecisionLog.open(kafka, room.project.id);
  }, 120_000);
  afterAll(async () => {
    await log.close();
    await kafka.close();
    await room.close();
  });

  const deal = async (customer: unknown): Promise<string> => {
    const id = `deal-${++sent}`;
    await producer.send([
      eventRecord(sampleEvent(room.project.id, { id, type: 'deal.signed', data: { customer } as never })),
    ]);
    return id;
  };
  /** Sends deals until one of them is decided on. */
  const firesOn = (customer: unknown): Promise<Decision> =>
    eventually(`a decision on a deal of ${String(customer)}`, async () => {
      const id = await deal(customer);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return log.decisions.find(({ event }) => event.id === id);
    });
  const change = (list: string, body: unknown) => room.call('editor', 'POST', `lists/${list}/entries`, body);

  test('a list is made, changed and read, by those who may, and each change is in the audit', async () => {
    expect(await room.outcome('viewer', 'PUT', 'lists/vip', { name: 'VIP' })).toContain('403');
    expect(await room.outcome('editor', 'PUT', 'lists/No', { name: 'x' })).toBe('400 invalid-list-id');
    expect((await room.call('editor', 'PUT', 'lists/vip', { name: 'VIP' })).status).toBe(201);
    const { body } = await change('vip', { add: ['c-1', 17, 'c-1', '海淀'] });
    expect(body).toMatchObject({ entries: 3, added: 3, removed: 0 });
    expect((await change('vip', { add: ['c-1'] })).body).toMatchObject({ revision: body['revision'], added: 0 });
    expect(await room.outcome('editor', 'POST', 'lists/vip/entries', { add: ['a'], remove: ['a'] })).toContain('400');
    expect(await room.outcome('editor', 'POST', 'lists/none/entries', { add: ['a'] })).toBe('404 not-found');
    expect((await room.call('viewer', 'GET', 'lists/vip/entries?limit=2')).body).toEqual({
      entries: ['17', 'c-1'],
      after: 'c-1',
    });
    expect((await room.call('viewer', 'GET', 'lists/vip/entries?after=c-1')).body).toEqual({
      entries: ['海淀'],
      after: null,
    });
    expect((await room.call('viewer', 'GET', `lists/vip/entries/${encodeURIComponent('海淀')}`)).body).toMatchObject({
      isIn: true,
    });
    const audit = (await room.call('viewer', 'GET', 'rule-audit')).body['audit'] as {
      what: string;
      id: string;
      after: object;
    }[];
    expect(audit.map(({ what, id }) => [what, id])).toEqual([
      ['list-entries-changed', 'vip'],
      ['list-saved', 'vip'],
    ]);
    expect(audit[0]).toMatchObject({ kind: 'list', ruleId: null, after: { added: 3, entries: 3 } });
  });

  test('a rule asks it: a change is in force within a second, and the decision names the revision', async () => {
    expect(await room.call('editor', 'PUT', 'rules/vips', asking('vpi'))).toMatchObject({
      status: 400,
      body: { errors: [{ code: 'unknown-list', message: 'unknown list "vpi"; did you mean "vip"?' }] },
    });
    expect((await room.call('editor', 'PUT', 'rules/vips', asking('vip'))).status).toBe(201);
    await firesOn(17);
    const changed = await change('vip', { add: ['c-new'] });
    const from = Date.now();
    const decision = await firesOn('c-new');
    expect(Date.now() - from).toBeLessThan(1_000);
    expect(decision).toMatchObject({
      lists: { vip: changed.body['revision'] },
      trace: [{}, { actual: 'c-new', expected: { list: 'vip' } }],
    });
    const dry = (customer: string, more: object = {}) =>
      room.call('viewer', 'POST', 'rules/vips/dry-run', {
        event: { type: 'deal.signed', data: { customer } },
        ...more,
      });
    expect((await dry('c-new')).body['outcome']).toBe('fires');
    expect((await dry('c-new', { lists: { vip: ['other'] } })).body['outcome']).toBe('does-not-fire');
  });

  test('it cannot be deleted while a rule or a draft asks it', async () => {
    expect(await room.outcome('editor', 'DELETE', 'lists/vip')).toBe('409 list-in-use');
    await room.call('editor', 'PUT', 'lists/other', { name: 'Other' });
    await room.draft('drafted', asking('other'));
    expect((await room.call('editor', 'DELETE', 'lists/other')).body['rules']).toEqual(['drafted']);
    await room.call('editor', 'DELETE', 'rules/drafted/draft');
    expect((await room.call('editor', 'DELETE', 'lists/other')).status).toBe(204);
    expect(await room.outcome('editor', 'PUT', 'rules/drafted/draft', asking('other'))).toBe('400 invalid-rule');
  });

  const upload = (list: string, mode: string, lines: string, type = 'text/csv') =>
    room.upload('editor', `lists/${list}/entries/upload?mode=${mode}`, lines, type);

  test('what is wrong in an upload is told by line, and nothing is changed', async () => {
    const answer = await upload('vip', 'replace', '"ok"\nnope\n{}\n', 'application/x-ndjson');
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-lines', errors: [{ line: 2 }, { line: 3 }] } });
    expect((await room.call('viewer', 'GET', 'lists/vip')).body['entries']).toBe(4);
    expect((await upload('vip', 'replace', 'x', 'text/plain')).status).toBe(415);
  });

  test('a million entries are uploaded, asked and looked up, through a kill -9; an upload of nearly the same changes little', async () => {
    await room.call('editor', 'PUT', 'lists/big', { name: 'Big' });
    const lines = Array.from({ length: 1_000_000 }, (_, i) => `customer:c-${i}\n`).join('');
    const from = Date.now();
    expect((await upload('big', 'add', lines)).body).toMatchObject({ entries: 1_000_000, added: 1_000_000 });
    process.stdout.write(`a million entries were taken up in ${Date.now() - from} ms\n`);
    await room.call('editor', 'PUT', 'rules/bigs', asking('big'));
    await firesOn('customer:c-999999');
    process.stdout.write(`and were in force after ${Date.now() - from} ms\n`);
    const [process1] = room.processes();
    await room.start();
    await room.kill9(process1!);
    await firesOn('customer:c-500000');
    const other = lines.replace('customer:c-0\n', 'somebody-else\n');
    expect((await upload('big', 'replace', other)).body).toMatchObject({ entries: 1_000_000, added: 1, removed: 1 });
    await firesOn('somebody-else');
    expect(await room.outcome('editor', 'POST', 'lists/big/entries', { add: ['one more'] })).toBe('409 list-full');
  }, 240_000);

  test('what the topic has lost is published anew at the next start', async () => {
    const admin = await kafka.admin();
    for (const name of room.processes()) await room.kill9(name);
    await admin.deleteTopics([listsTopic(room.project.id)]);
    await admin.close();
    await room.start();
    await firesOn('c-new');
  }, 120_000);
});
