/** Guards: a version in the shadow of the one in force decides on the same events, is counted and compared apart, and comes into force as any other would, through kill -9. */
import type { KafkaProducer } from '@hermes/connectors/kafka/driver';
import { Decision } from '@hermes/contracts/decision';
import { Rule, type RuleDraft } from '@hermes/contracts/rule';
import type { RuleVersion } from '@hermes/contracts/rule-api';
import type { RuleFigures } from '@hermes/contracts/rule-figures';
import { RuleShadow, RuleShadows, ShadowComparison } from '@hermes/contracts/rule-shadow';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DecisionLog } from '../testing/decision-log.ts';
import { emailOf, ruleOver, RulesRoom } from '../testing/rules-room.ts';

let room: RulesRoom;
let producer: KafkaProducer;
let log: DecisionLog;
let sent = 0;

beforeAll(async () => {
  room = await RulesRoom.open(2);
  producer = await room.kafka.producer();
  log = await DecisionLog.open(room.kafka, room.project.id);
}, 120_000);
afterAll(async () => {
  await producer.close();
  await log.close();
  await room.close();
});

/** A rule on prices from above one up to below the other. */
const between = (low: number, high: number, more: Partial<RuleDraft> = {}): RuleDraft => ({
  ...ruleOver(low),
  conditions: {
    all: [
      { fact: 'event', path: '$.data.price', operator: 'greaterThan', value: low },
      { fact: 'event', path: '$.data.price', operator: 'lessThan', value: high },
    ],
  },
  ...more,
});

/** Writes deals at these prices, each of another subject, and answers the ids of the events. */
async function write(...prices: readonly number[]): Promise<readonly string[]> {
  const events = prices.map((price) =>
    sampleEvent(room.project.id, { id: `deal-${++sent}`, subject: `deal:${sent}`, data: { price } }),
  );
  await producer.send(events.map((event) => eventRecord({ ...event, receivedat: new Date().toISOString() })));
  return events.map(({ id }) => id);
}
const decisionsOn = (ids: readonly string[], rule: string): readonly Decision[] =>
  log.decisions.filter(({ ruleId, event }) => ruleId === rule && ids.includes(event.id));
/** `2 in the shadow`: what was decided on an event at the price, once something was. */
async function decided(rule: string, price: number): Promise<readonly string[]> {
  const ids = await write(price);
  const decisions = await eventually(`a decision of ${rule} at ${price}`, () => {
    const found = decisionsOn(ids, rule);
    return found.length > 0 ? found : undefined;
  });
  return decisions.map(({ ruleVersion, shadow }) => `${ruleVersion}${shadow === true ? ' in the shadow' : ''}`).sort();
}
/** Waits until an event at the price is decided like this, and answers how long that took, in ms. */
async function until(rule: string, price: number, says: readonly string[]): Promise<number> {
  const from = Date.now();
  await eventually(`${rule} says ${says.join(', ')}`, async () =>
    JSON.stringify(await decided(rule, price)) === JSON.stringify(says) ? true : undefined,
  );
  return Date.now() - from;
}

const shadow = async (id: string): Promise<RuleShadow> =>
  RuleShadow.parse((await room.call('viewer', 'GET', `rules/${id}/shadow`)).body);
const compare = async (id: string, query = ''): Promise<ShadowComparison> =>
  ShadowComparison.parse((await room.call('viewer', 'GET', `rules/${id}/shadow/comparison${query}`)).body);
const prices = (samples: ShadowComparison['samples'][keyof ShadowComparison['samples']]): readonly unknown[] =>
  (samples ?? []).map(({ event }) => event.data?.['price']).sort();

test('from a draft to the version in force, by way of the shadow, under four eyes', async () => {
  await room.call('editor', 'PUT', 'rules/deals', between(100, 1_000, { rollout: { percent: 100 } }));
  await until('deals', 150, ['1']);
  await room.call('owner', 'PUT', 'rule-settings', { fourEyes: true });
  expect(await room.outcome('editor', 'POST', 'rules/deals/shadow')).toBe('404 not-found');
  await room.draft('deals', between(50, 500, { shadow: true }));
  expect(await room.outcome('editor', 'POST', 'rules/deals/shadow')).toBe('400 shadow-draft');
  const draft = await room.draft('deals', between(50, 500, { actions: [{ kind: 'hold' }] }));
  expect(await room.outcome('viewer', 'POST', 'rules/deals/shadow')).toContain('403');
  expect(await room.outcome('editor', 'POST', 'rules/deals/shadow', undefined, '"77777"')).toContain('412');

  const started = await room.call('editor', 'POST', 'rules/deals/shadow');
  expect(started.status).toBe(201);
  expect(RuleShadow.parse(started.body)).toMatchObject({
    ...{
      ruleId: 'deals',
      version: 2,
      state: 'running',
      basedOn: 1,
      waitsFor: [],
      startedBy: emailOf('editor'),
      endedAt: null,
    },
    problems: [{ code: 'needs-approval' }],
  });
  expect(await until('deals', 150, ['1', '2 in the shadow'])).toBeLessThan(1_500);
  expect(Rule.parse((await room.call('viewer', 'GET', 'rules/deals')).body)).toMatchObject({ version: 1 });
  expect(await room.outcome('viewer', 'GET', 'rules/deals/draft')).toBe('404 not-found');
  expect((await room.versions('deals')).map(({ version, shadow: of }) => [version, of])).toEqual([
    [2, 'running'],
    [1, null],
  ]);
  const listed = RuleShadows.parse((await room.call('viewer', 'GET', 'rule-shadows')).body).shadows;
  expect(listed).toEqual([await shadow('deals')]);
  expect(draft.hash).toHaveLength(64);
});

test('both are compared on the events since it began, through kill -9, with what each decided to be read', async () => {
  const since = Date.parse((await shadow('deals')).runningSince!);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, since + 1_100 - Date.now())));
  const from = new Date().toISOString();
  const first = await write(60, 70, 200, 300, 400, 600);
  await room.kill9(room.processes()[0]!);
  const second = await write(80, 210, 700, 800, 5, 9_999);
  await room.start();
  const ids = [...first, ...second];
  await eventually('all is decided', () => (decisionsOn(ids, 'deals').length >= 14 ? true : undefined), 60_000);
  const told = await eventually('all has landed', async () => {
    const comparison = await compare('deals', `?from=${from}`);
    return comparison.candidate.hits === 7 && comparison.inForce.hits === 7 ? comparison : undefined;
  });
  expect(told).toMatchObject({
    ...{ version: 2, from, inForce: { hits: 7, versions: [1] }, notRolledOut: 0, notes: [] },
    difference: { more: 3, fewer: 3, same: 4 },
  });
  expect([told.samples.more, told.samples.fewer, told.samples.same].map(prices)).toEqual([
    [60, 70, 80],
    [600, 700, 800],
    [200, 210, 300, 400],
  ]);
  for (const { other, otherKeptBack } of told.samples.fewer!)
    expect([other.map(({ outcome }) => outcome), otherKeptBack]).toEqual([['false', 'true', 'false'], false]);
  expect(told.samples.more![0]!.other).toMatchObject([{}, { expected: 100, outcome: 'false' }, {}]);
  const [same] = told.samples.same!;
  expect(same!.other).toEqual([]);
  expect(same).toMatchObject({ inForceVersion: 1, trace: [{}, { actual: same!.event.data!['price'] }, {}] });
  const read = Decision.parse((await room.call('viewer', 'GET', `decisions/${same!.candidateDecision}`)).body);
  expect(read).toMatchObject({ ruleVersion: 2, shadow: true, alert: false, event: { id: same!.event.id } });
  expect([read.actions, read.held]).toEqual([undefined, undefined]);
  expect(await compare('deals', `?from=${from}&samples=1`)).toMatchObject({ samples: { more: [{}], same: [{}] } });
  const before = await compare('deals', '?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z');
  expect(before).toMatchObject({ difference: { same: 0 }, notes: [{ code: 'nothing-compared' }] });
  expect(await room.outcome('viewer', 'GET', 'rules/deals/shadow/comparison?version=1')).toBe('404 not-found');
  expect(decisionsOn(ids, 'deals')).toHaveLength(14);

  const listed = async (query: string): Promise<readonly Decision[]> =>
    (await room.call('viewer', 'GET', `decisions?ruleId=deals&limit=1000&${query}`)).body['decisions'] as Decision[];
  expect((await listed('')).every(({ ruleVersion }) => ruleVersion === 1)).toBe(true);
  expect((await listed('shadow=only')).every(({ ruleVersion }) => ruleVersion === 2)).toBe(true);
  expect((await listed('shadow=with&ruleVersion=2')).length).toBe((await listed('shadow=only')).length);
  const { versions } = (await room.call('viewer', 'GET', `rules/deals/figures?from=${from}`))
    .body as unknown as RuleFigures;
  expect(versions.map(({ version, hits, shadowHits }) => [version, hits, shadowHits])).toEqual([
    [2, 0, 7],
    [1, 7, 0],
  ]);
});

test('a dry run may be of the candidate', async () => {
  const run = async (version?: number): Promise<unknown> =>
    (
      await room.call('viewer', 'POST', 'rules/deals/dry-run', {
        event: { type: 'deal.signed', data: { price: 60 } },
        version,
      })
    ).body['outcome'];
  expect([await run(), await run(2)]).toEqual(['does-not-fire', 'fires']);
  const missing = { event: { type: 'deal.signed', data: {} }, version: 9 };
  expect(await room.outcome('viewer', 'POST', 'rules/deals/dry-run', missing)).toBe('404 not-found');
});

test('it is promoted once another person has approved of it, under its number, and decides in the light', async () => {
  const promote = (version: number): Promise<string> =>
    room.outcome('editor', 'POST', 'rules/deals/shadow/promote', { version });
  expect(await promote(1)).toBe('409 other-candidate');
  expect(await promote(2)).toBe('409 needs-approval');
  expect(await room.outcome('editor', 'POST', 'rules/deals/versions/2/roll-back')).toBe('409 never-in-force');
  expect(await room.outcome('editor', 'POST', 'rules/deals/shadow/approve', { version: 2 })).toContain('403');
  expect(await room.outcome('approver', 'POST', 'rules/deals/shadow/approve', { version: 3 })).toBe(
    '409 other-candidate',
  );
  const approved = await room.call('approver', 'POST', 'rules/deals/shadow/approve', { version: 2 });
  expect(approved.body).toMatchObject({ approvals: [{ by: emailOf('approver') }], problems: [] });
  const promoted = await room.call('editor', 'POST', 'rules/deals/shadow/promote', { version: 2 });
  expect(promoted).toMatchObject({ status: 200, etag: '"2"', body: { id: 'deals', version: 2 } });
  expect(await until('deals', 60, ['2'])).toBeLessThan(1_500);
  const [held] = decisionsOn(await write(60), 'deals');
  expect(held?.shadow).toBeUndefined();
  expect(await room.outcome('viewer', 'GET', 'rules/deals/shadow')).toBe('404 not-found');
  const [run] = (await room.versions('deals')) as [RuleVersion];
  expect(Date.parse(run.publishedAt)).toBeGreaterThan(Date.parse((approved.body as RuleShadow).startedAt));
  expect(Rule.parse((await room.call('viewer', 'GET', 'rules/deals')).body).publishedAt).toBe(run.publishedAt);
  expect(run).toMatchObject({
    ...{ version: 2, shadow: 'promoted', approvedBy: [emailOf('approver')] },
  });
  expect((await room.audit('deals')).slice(0, 3)).toMatchObject([
    { what: 'promoted', version: 2, by: emailOf('editor') },
    { what: 'approved', version: 2, by: emailOf('approver') },
    { what: 'shadow-started', version: 2, by: emailOf('editor') },
  ]);
  // What was compared stays to be read.
  const told = await compare('deals');
  expect(told).toMatchObject({ version: 2, inForce: { versions: [1] } });
  expect(told.difference.same).toBeGreaterThanOrEqual(4);
});

test('it goes on beside another version that is published, is not promoted on top of that, and ends', async () => {
  await room.call('owner', 'PUT', 'rule-settings', { fourEyes: false });
  await room.draft('deals', between(10, 500));
  expect((await room.call('editor', 'POST', 'rules/deals/shadow')).body).toMatchObject({ version: 3, problems: [] });
  expect((await room.call('editor', 'PUT', 'rules/deals', between(40, 500))).body).toMatchObject({ version: 4 });
  await until('deals', 45, ['3 in the shadow', '4']);
  expect((await shadow('deals')).problems).toMatchObject([{ code: 'outdated-draft' }]);
  const promote = (version: number): Promise<string> =>
    room.outcome('editor', 'POST', 'rules/deals/shadow/promote', { version });
  expect(await promote(3)).toBe('409 outdated-draft');

  await room.draft('deals', between(20, 500));
  expect((await room.call('editor', 'POST', 'rules/deals/shadow')).body).toMatchObject({ version: 5, basedOn: 4 });
  await until('deals', 45, ['4', '5 in the shadow']);
  expect((await room.audit('deals')).slice(0, 2)).toMatchObject([
    { what: 'shadow-started', version: 5 },
    { what: 'shadow-ended', version: 3, note: 'version 5 began in its place' },
  ]);
  // Neither of those of the former candidate.
  await eventually('one is compared', async () => {
    await write(45);
    return (await compare('deals')).difference.same > 0 ? true : undefined;
  });
  expect((await compare('deals')).inForce.versions).toEqual([4]);
  expect(await compare('deals', '?version=3')).toMatchObject({ version: 3 });

  expect((await room.call('editor', 'DELETE', 'rules/deals/shadow')).status).toBe(204);
  await until('deals', 45, ['4']);
  expect(await room.outcome('editor', 'DELETE', 'rules/deals/shadow')).toBe('404 not-found');
  expect(await promote(5)).toBe('404 not-found');
  expect((await room.versions('deals')).map(({ version, shadow: of }) => [version, of])).toEqual([
    [5, 'ended'],
    [4, null],
    [3, 'ended'],
    [2, 'promoted'],
    [1, null],
  ]);
  // Numbers are never given twice.
  expect((await room.call('editor', 'PUT', 'rules/deals', between(41, 500))).body).toMatchObject({ version: 6 });
});

test('it ends with its rule, and a list that it asks is in use while it runs', async () => {
  await room.call('editor', 'PUT', 'lists/vip', { name: 'VIP' });
  await room.call('editor', 'PUT', 'rules/listed', between(100, 1_000));
  const leaf = { fact: 'event' as const, path: '$.subject', operator: 'notInList' as const, value: { list: 'vip' } };
  await room.draft('listed', between(100, 1_000, { conditions: { all: [leaf] } }));
  await room.call('editor', 'POST', 'rules/listed/shadow');
  await until('listed', 5, ['2 in the shadow']);
  expect(await room.outcome('editor', 'DELETE', 'lists/vip')).toBe('409 list-in-use');
  expect((await room.call('editor', 'DELETE', 'rules/listed')).status).toBe(204);
  expect((await room.audit('listed')).slice(0, 2)).toMatchObject([
    { what: 'archived' },
    { what: 'shadow-ended', note: 'the rule was archived' },
  ]);
  expect(await room.outcome('editor', 'DELETE', 'lists/vip')).toBe('204');
  await room.draft('listed', between(7, 9));
  expect(await room.outcome('editor', 'POST', 'rules/listed/shadow')).toBe('409 not-in-force');
});

test('events of keys to which the version in force is not rolled out are told apart', async () => {
  await room.call('editor', 'PUT', 'rules/rolled', between(100, 1_000, { rollout: { percent: 40 } }));
  await room.draft('rolled', between(100, 1_001, { rollout: { percent: 40 } }));
  await room.call('editor', 'POST', 'rules/rolled/shadow');
  await until('rolled', 1_000, ['2 in the shadow']);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const from = new Date().toISOString();
  await write(...Array.from({ length: 40 }, () => 500), 1_000, 1_000);
  const told = await eventually('all has landed', async () => {
    const comparison = await compare('rolled', `?from=${from}`);
    return comparison.candidate.hits === 42 ? comparison : undefined;
  });
  const { more, same, fewer } = told.difference;
  expect([more + same, fewer]).toEqual([42, 0]);
  expect(same).toBeGreaterThan(0);
  expect(told.notRolledOut).toBeGreaterThan(0);
  expect(told.notRolledOut).toBeLessThanOrEqual(more);
  for (const { event, otherKeptBack } of told.samples.more!) expect(otherKeptBack).toBe(event.data!['price'] === 500);
});
