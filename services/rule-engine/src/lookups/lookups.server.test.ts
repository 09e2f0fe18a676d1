/** Guards: a rule asks another system about its event and decides by the answer, or by the stated fallback; whoever may read lookups sees no secret of theirs. */
import type { Decision } from '@hermes/contracts/decision';
import type { RuleDraft } from '@hermes/contracts/rule';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DecisionLog } from '../testing/decision-log.ts';
import { RulesRoom } from '../testing/rules-room.ts';

/** Says of customers what they are worth; `c-slow` is never answered. */
class CreditOffice {
  readonly asked: { readonly url: string; readonly authorization: string | undefined }[] = [];
  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
  }

  static async open(): Promise<CreditOffice> {
    const server = createServer();
    const office = new CreditOffice(server);
    server.on('request', (request: IncomingMessage, response) => {
      const customer = decodeURIComponent(new URL(request.url!, 'http://x').pathname.split('/').at(-1)!);
      office.asked.push({ url: request.url!, authorization: request.headers.authorization });
      if (customer === 'c-slow') return;
      if (customer === 'c-new') return void response.writeHead(404).end();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ score: customer === 'c-poor' ? 300 : 800 }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return office;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const rule = (more: Partial<RuleDraft> = {}): RuleDraft => ({
  name: 'A large deal of a poor customer',
  eventTypes: ['deal.signed'],
  conditions: {
    all: [
      { fact: 'event', path: '$.data.price', operator: 'greaterThan', value: 100 },
      {
        fact: 'lookup',
        params: { id: 'credit', key: { fact: 'event', path: '$.data.customerId' } },
        path: '$.score',
        operator: 'lessThan',
        value: 500,
      },
    ],
  },
  event: { type: 'poor' },
  severity: 'warning',
  alert: true,
  tests: [
    { name: 'poor', event: { data: { price: 101, customerId: 'c' } }, lookups: { credit: { score: 1 } }, fires: true },
  ],
  ...more,
});

let room: RulesRoom;
let office: CreditOffice;
let log: DecisionLog;
beforeAll(async () => {
  [room, office] = await Promise.all([
    RulesRoom.open(2, { RULE_ENGINE_LOOKUP_PRIVATE_ADDRESSES: 'allow' }),
    CreditOffice.open(),
  ]);
  log = await DecisionLog.open(room.kafka, room.project.id);
});
afterAll(async () => {
  await log.close();
  await room.close();
  office.close();
});

const credit = () => ({
  kind: 'http',
  name: 'Credit office',
  url: `${office.url}/customers/{key}`,
  headers: { authorization: 'Bearer very-secret' },
  timeoutMs: 150,
  fallback: { score: 0 },
});

describe('what is wrong is said', () => {
  test('of a lookup, each with its place', async () => {
    const errors = async (draft: unknown): Promise<unknown> =>
      (await room.call('owner', 'PUT', 'lookups/credit', draft)).body['errors'];
    expect(await errors({ ...credit(), url: 'http://credit.example/customers' })).toMatchObject([{ pointer: '/url' }]);
    expect(await errors({ ...credit(), fallback: undefined })).toMatchObject([{ pointer: '/fallback' }]);
    expect(await errors({ ...credit(), timeoutMs: 60_000 })).toMatchObject([{ pointer: '/timeoutMs' }]);
    const redis = { kind: 'redis', name: 'R', server: 'crm', key: 'c:{key}', fallback: null };
    expect(await room.outcome('owner', 'PUT', 'lookups/credit', redis)).toBe('400 unknown-server');
    expect(await room.outcome('editor', 'PUT', 'lookups/credit', credit())).toBe('403 forbidden');
  });

  test('of a rule that names one that is not there', async () => {
    const { status, body } = await room.call('editor', 'POST', 'rules', rule());
    expect([status, body['errors']]).toMatchObject([400, [{ code: 'unknown-lookup', pointer: '/conditions' }]]);
  });
});

describe('a lookup', () => {
  test('is asked for events that leave the rule open, and the decision says what it answered', async () => {
    expect((await room.call('owner', 'PUT', 'lookups/credit', credit())).status).toBe(201);
    expect((await room.call('editor', 'PUT', 'rules/poor', rule())).status).toBe(201);
    const producer = await room.kafka.producer();
    const send = (id: string, price: number, customerId: string): Promise<unknown> =>
      producer.send([
        eventRecord(sampleEvent(room.project.id, { id, subject: `broker:${id}`, data: { price, customerId } })),
      ]);
    let n = 0;
    await eventually('the rule is in force', async () => {
      await send(`warm-${n++}`, 101, 'c-poor');
      return log.decisions.length > 0 ? true : undefined;
    });
    office.asked.length = 0;
    await send('cheap', 50, 'c-never-asked');
    await send('rich', 101, 'c-rich');
    await send('new', 101, 'c-new');
    await send('poor', 101, 'c-poor');
    await send('slow', 101, 'c-slow');
    const seen = (id: string): Decision | undefined => log.decisions.find(({ event }) => event.id === id);
    await eventually('all have been decided', async () => (seen('slow') && seen('poor') ? true : undefined));
    await producer.close();
    expect(seen('poor')?.lookups).toMatchObject([{ id: 'credit', key: 'c-poor', value: { score: 300 }, version: 1 }]);
    expect(seen('slow')?.lookups).toEqual([
      {
        id: 'credit',
        key: 'c-slow',
        version: 1,
        value: { score: 0 },
        from: 'fallback',
        reason: 'it did not answer within 150 ms',
      },
    ]);
    expect([seen('cheap'), seen('rich'), seen('new')]).toEqual([undefined, undefined, undefined]);
    expect(office.asked.map(({ url }) => url).sort()).toEqual([
      '/customers/c-new',
      '/customers/c-rich',
      '/customers/c-slow',
    ]);
    expect(office.asked[0]?.authorization).toBe('Bearer very-secret');
    const id = seen('slow')!.id;
    await eventually('it has landed', async () => {
      const { status, body } = await room.call('viewer', 'GET', `decisions/${id}`);
      return status === 200 && body['lookups'] !== undefined ? true : undefined;
    });
  });

  test('is read without its secrets, which a change may leave as they are, and the audit has none either', async () => {
    const { body } = await room.call('viewer', 'GET', 'lookups/credit');
    expect(body).toMatchObject({ headers: { authorization: '***' }, version: 1, changedBy: 'owner@example.org' });
    const changed = { ...credit(), name: 'Office', cacheSeconds: 0, headers: { authorization: '***' } };
    expect((await room.call('owner', 'PUT', 'lookups/credit', changed)).body).toMatchObject({ version: 2 });
    office.asked.length = 0;
    const tried = await room.call('editor', 'POST', 'lookups/credit/try', { key: 'c/1 ?' });
    expect(tried.body).toMatchObject({ value: { score: 800 }, from: 'source', version: 2 });
    expect(office.asked).toEqual([{ url: '/customers/c%2F1%20%3F', authorization: 'Bearer very-secret' }]);
    const missing = { ...changed, headers: { 'x-key': '***' } };
    expect(await room.outcome('owner', 'PUT', 'lookups/credit', missing)).toBe('400 no-such-header');
    const elsewhere = { ...changed, url: changed.url.replace('127.0.0.1', 'localhost') };
    expect(await room.outcome('owner', 'PUT', 'lookups/credit', elsewhere)).toBe('400 no-such-header');
    const audit = JSON.stringify((await room.call('viewer', 'GET', 'rule-audit')).body);
    expect(audit).toContain('lookup-saved');
    expect(audit).not.toContain('very-secret');
  });

  test('stays while a rule names it', async () => {
    expect(await room.outcome('owner', 'DELETE', 'lookups/credit')).toBe('409 in-use');
    await room.call('editor', 'DELETE', 'rules/poor');
    await room.draft('drafted', rule());
    expect((await room.call('owner', 'DELETE', 'lookups/credit')).body['rules']).toEqual(['drafted']);
    await room.call('editor', 'DELETE', 'rules/drafted/draft');
    expect(await room.outcome('owner', 'DELETE', 'lookups/credit')).toBe('204');
    expect(await room.outcome('viewer', 'GET', 'lookups/credit')).toBe('404 not-found');
  });

  test('gone it is missed, in the language that is asked for, by a draft and by a roll-back', async () => {
    expect(await room.outcome('editor', 'PUT', 'rules/drafted/draft', rule())).toBe('400 invalid-rule');
    expect(await room.outcome('editor', 'POST', 'rules/poor/versions/1/roll-back')).toBe('409 unknown-lookup');
    const inChinese = await room.call('editor', 'POST', 'rules/poor/versions/1/roll-back', undefined, null, 'zh');
    expect(inChinese.body['errors']).toMatchObject([{ message: '未知的外部查询“credit”' }]);
  });

  test('is never deleted beneath a draft that is saved at the same time', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `raced-${String(i)}`);
    for (const name of names) {
      await room.call('owner', 'PUT', `lookups/${name}`, credit());
      const named = JSON.parse(JSON.stringify(rule()).replaceAll('"credit"', JSON.stringify(name))) as RuleDraft;
      const outcomes = await Promise.all([
        room.outcome('editor', 'PUT', `rules/${name}/draft`, named),
        room.outcome('owner', 'DELETE', `lookups/${name}`),
      ]);
      expect(['201,409 in-use', '400 invalid-rule,204']).toContain(String(outcomes));
    }
  }, 60_000);

  test('deleted and made anew it is another one: rules are published on, and go by the new one', async () => {
    const elsewhere = { ...credit(), url: `${office.url}/debtors/{key}` };
    const { status, body } = await room.call('owner', 'PUT', 'lookups/credit', elsewhere);
    expect([status, body['version']]).toEqual([201, 3]);
    await room.call('editor', 'PUT', 'rules/poor', rule());
    office.asked.length = 0;
    const producer = await room.kafka.producer();
    let n = 0;
    const decision = await eventually('the rule decides again', async () => {
      const event = { id: `again-${n++}`, subject: 'broker:again', data: { price: 300, customerId: 'c-poor' } };
      await producer.send([eventRecord(sampleEvent(room.project.id, event))]);
      return log.decisions.find(({ event: { id } }) => id.startsWith('again-'));
    });
    await producer.close();
    expect(decision.lookups).toMatchObject([{ id: 'credit', version: 3, value: { score: 300 } }]);
    expect(office.asked[0]?.url).toBe('/debtors/c-poor');
  });
});
