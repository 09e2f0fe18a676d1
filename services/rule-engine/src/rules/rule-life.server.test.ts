import { openPostgres } from '@hermes/connectors/postgres/pool';
import { Rule } from '@hermes/contracts/rule';
import { ArchivedRule, RuleAudit, RuleDraftView, RuleVersionView } from '@hermes/contracts/rule-api';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { emailOf, ruleOver, RulesRoom } from '../testing/rules-room.ts';

let room: RulesRoom;
beforeAll(async () => {
  room = await RulesRoom.open();
}, 120_000);
afterAll(() => room.close());

const askForFourEyes = (fourEyes: boolean): Promise<string> =>
  room.outcome('owner', 'PUT', 'rule-settings', { fourEyes });
afterEach(() => askForFourEyes(false));

const inForce = async (id: string): Promise<unknown> => {
  const { status, body } = await room.call('viewer', 'GET', `rules/${id}`);
  return status === 200 ? Rule.parse(body).name : status;
};

test('a draft is kept though it fails its tests, says so, and changes nothing that is in force', async () => {
  await room.call('editor', 'PUT', 'rules/kept', ruleOver(100));
  const failing = ruleOver(200, {
    tests: [{ name: 'cheap', event: { data: { price: 5 } }, fires: true }],
  });
  const saved = await room.call('editor', 'PUT', 'rules/kept/draft', failing);
  expect(saved.status).toBe(201);
  const view = RuleDraftView.parse(saved.body);
  expect(view).toMatchObject({
    ruleId: 'kept',
    draft: failing,
    basedOn: 1,
    savedBy: emailOf('editor'),
    problems: [{ pointer: '/tests/0', code: 'failed-test', message: expect.stringContaining('price was 5') as string }],
  });
  expect(await room.call('viewer', 'GET', 'rules/kept/draft')).toMatchObject({ etag: saved.etag, body: view });
  expect((await room.call('viewer', 'GET', 'rule-drafts')).body).toEqual({ drafts: [view] });
  expect(await room.outcome('editor', 'POST', 'rules/kept/publish')).toBe('400 failed-tests');
  expect(await inForce('kept')).toBe('Over 100');

  const wrong = { ...failing, conditions: { all: [{ fact: 'event', operator: 'eqal', value: 1 }] } };
  expect(await room.outcome('editor', 'PUT', 'rules/kept/draft', wrong)).toBe('400 invalid-rule');
  expect(await room.outcome('editor', 'DELETE', 'rules/kept/draft')).toBe('204');
  expect(await room.outcome('viewer', 'GET', 'rules/kept/draft')).toBe('404 not-found');
});

test('a rule without a test that says on what it fires is not published in any way', async () => {
  const { tests = [], ...untested } = ruleOver(1);
  const silent = { ...untested, tests: [{ name: 'cheap', event: { data: { price: 0 } }, fires: false }] };
  expect(await room.outcome('editor', 'POST', 'rules', untested)).toBe('400 no-tests');
  expect(await room.outcome('editor', 'PUT', 'rules/untested', silent)).toBe('400 no-tests');
  for (const draft of [untested, silent]) {
    expect((await room.draft('untested', draft)).problems.map(({ code }) => code)).toEqual(['no-tests']);
    expect(await room.outcome('editor', 'POST', 'rules/untested/publish')).toBe('400 no-tests');
    const at = new Date(Date.now() + 60_000).toISOString();
    expect(await room.outcome('editor', 'POST', 'rules/untested/publish', { at })).toBe('400 no-tests');
  }
  expect(await inForce('untested')).toBe(404);
  expect(await room.outcome('editor', 'PUT', 'rules/untested', { ...untested, tests })).toBe('201');
});

test('a published draft is the next version, in force at once; the same again publishes nothing', async () => {
  await room.draft('next', ruleOver(100, { owner: 'Ann', tags: ['deals', '北京'] }));
  expect(await inForce('next')).toBe(404);
  const first = await room.call('editor', 'POST', 'rules/next/publish');
  expect([first.status, first.etag]).toEqual([201, '"1"']);
  expect(Rule.parse(first.body)).toMatchObject({ owner: 'Ann', tags: ['deals', '北京'] });
  expect(await room.outcome('editor', 'POST', 'rules/next/publish')).toBe('404 not-found');

  await room.draft('next', ruleOver(200));
  const second = await room.call('editor', 'POST', 'rules/next/publish', {});
  expect([second.status, second.etag, await inForce('next')]).toEqual([200, '"2"', 'Over 200']);
  await room.draft('next', ruleOver(200));
  const again = await room.call('editor', 'POST', 'rules/next/publish');
  expect([again.status, again.etag]).toEqual([200, '"2"']);

  expect(await room.versions('next')).toMatchObject([
    { version: 2, publishedBy: emailOf('editor'), summary: 'changes name, conditions, tests, owner, tags' },
    { version: 1, publishedBy: emailOf('editor'), summary: 'the first version', rolledBackTo: null },
  ]);
  const read = await room.call('viewer', 'GET', 'rules/next/versions/1');
  expect(RuleVersionView.parse(read.body)).toMatchObject({ version: 1, rule: { name: 'Over 100', version: 1 } });
  expect(await room.outcome('viewer', 'GET', 'rules/next/versions/3')).toBe('404 not-found');
  expect(await room.outcome('viewer', 'GET', 'rules/next/versions/x')).toBe('400 invalid-input');
  expect(await room.outcome('viewer', 'GET', 'rules/none/versions')).toBe('404 not-found');
});

test('a change on top of what another person has changed meanwhile is refused', async () => {
  const { etag } = await room.call('editor', 'PUT', 'rules/lost/draft', ruleOver(1));
  const other = await room.call('owner', 'PUT', 'rules/lost/draft', ruleOver(2), etag);
  expect(other.status).toBe(200);
  expect(other.etag).not.toBe(etag);
  const late = [
    await room.outcome('editor', 'PUT', 'rules/lost/draft', ruleOver(3), etag),
    await room.outcome('editor', 'POST', 'rules/lost/publish', {}, etag),
    await room.outcome('editor', 'DELETE', 'rules/lost/draft', undefined, etag),
  ];
  expect(late).toEqual(Array(3).fill('412 version-conflict'));
  expect(await room.outcome('editor', 'PUT', 'rules/lost/draft', ruleOver(3), '3')).toBe('400 invalid-if-match');
  // An ETag of a draft that is gone fits none that comes after it.
  await room.call('editor', 'DELETE', 'rules/lost/draft', undefined, other.etag);
  expect(await room.outcome('editor', 'PUT', 'rules/lost/draft', ruleOver(4), etag)).toBe('412 version-conflict');
  await room.draft('lost', ruleOver(4));
  expect(await room.outcome('editor', 'PUT', 'rules/lost/draft', ruleOver(5), etag)).toBe('412 version-conflict');

  await room.call('owner', 'PUT', 'rules/lost', ruleOver(6));
  expect(await room.outcome('editor', 'POST', 'rules/lost/publish')).toBe('409 outdated-draft');
  expect(await inForce('lost')).toBe('Over 6');
  // Saved again it is meant.
  await room.draft('lost', ruleOver(4));
  expect(await room.outcome('editor', 'POST', 'rules/lost/publish')).toBe('200');
});

test('under four eyes nothing is published but exactly what another person than its last editor has approved', async () => {
  await room.call('editor', 'PUT', 'rules/eyes', ruleOver(1));
  expect(await askForFourEyes(true)).toBe('200');
  expect((await room.call('viewer', 'GET', 'rule-settings')).body).toEqual({ fourEyes: true });
  const direct = await room.call('owner', 'PUT', 'rules/eyes', ruleOver(2));
  expect([direct.status, direct.body['code']]).toEqual([409, 'four-eyes']);
  expect(direct.body['detail']).toContain('rules/eyes/draft/approve');
  expect(await room.outcome('owner', 'POST', 'rules', ruleOver(2))).toBe('409 four-eyes');

  const approve = (as: 'editor' | 'approver' | 'owner', hash: string): Promise<string> =>
    room.outcome(as, 'POST', 'rules/eyes/draft/approve', { hash });
  const publish = (): Promise<string> => room.outcome('owner', 'POST', 'rules/eyes/publish');
  const first = await room.draft('eyes', ruleOver(2), 'owner');
  expect(first.problems.map(({ code }) => code)).toEqual(['needs-approval']);
  expect(await publish()).toBe('409 needs-approval');
  expect(await approve('editor', first.hash)).toBe('403 forbidden');
  expect(await approve('owner', first.hash)).toBe('409 own-draft');
  expect(await publish()).toBe('409 needs-approval');
  expect(await approve('approver', first.hash)).toBe('200');

  // Approved, then changed: even back to the very text that was approved.
  const second = await room.draft('eyes', ruleOver(3), 'owner');
  expect(await publish()).toBe('409 needs-approval');
  expect(await approve('approver', first.hash)).toBe('409 draft-changed');
  const back = await room.draft('eyes', ruleOver(2), 'owner');
  expect([back.hash, back.approvals]).toEqual([first.hash, []]);
  expect(await publish()).toBe('409 needs-approval');
  expect(second.hash).not.toBe(first.hash);

  // Whoever changes it last is its editor, also who was to approve it.
  const theirs = await room.draft('eyes', ruleOver(4), 'approver');
  expect(await approve('approver', theirs.hash)).toBe('409 own-draft');
  expect(await approve('owner', theirs.hash)).toBe('200');
  expect(await inForce('eyes')).toBe('Over 1');
  expect(await publish()).toBe('200');
  expect(await inForce('eyes')).toBe('Over 4');
  expect((await room.versions('eyes'))[0]).toMatchObject({ version: 2, approvedBy: [emailOf('owner')] });
});

test('under four eyes a roll-back needs no new approval, and the audit says so', async () => {
  await room.call('editor', 'PUT', 'rules/undone', ruleOver(1));
  await room.call('editor', 'PUT', 'rules/undone', ruleOver(2));
  await askForFourEyes(true);
  expect(await room.outcome('editor', 'POST', 'rules/undone/versions/1/roll-back')).toBe('200');
  expect((await room.audit('undone'))[0]).toMatchObject({
    what: 'rolled-back',
    version: 3,
    note: 'version 1 was published without an approval; a roll-back needs none of its own',
  });
});

test('a roll-back puts what there was in force as a new version, of an archived rule too', async () => {
  for (const price of [1, 2]) await room.call('editor', 'PUT', 'rules/back', ruleOver(price, { tags: ['back'] }));
  const rolledBack = await room.call('editor', 'POST', 'rules/back/versions/1/roll-back');
  expect([rolledBack.status, rolledBack.etag]).toEqual([200, '"3"']);
  expect(Rule.parse(rolledBack.body)).toMatchObject({ ...ruleOver(1), version: 3 });
  expect(await inForce('back')).toBe('Over 1');
  const same = await room.call('editor', 'POST', 'rules/back/versions/1/roll-back');
  expect([same.status, same.etag]).toEqual([200, '"3"']);
  expect(await room.outcome('editor', 'POST', 'rules/back/versions/9/roll-back')).toBe('404 not-found');

  expect(await room.outcome('editor', 'DELETE', 'rules/back')).toBe('204');
  const rules = async (query: string): Promise<{ readonly id: string }[]> =>
    (await room.call('viewer', 'GET', `rules?${query}`)).body['rules'] as { readonly id: string }[];
  const [archived] = await rules('archived=true&tag=back');
  expect(ArchivedRule.parse(archived)).toMatchObject({ id: 'back', version: 3, name: 'Over 1' });
  expect(await rules('tag=back')).toEqual([]);
  expect(await rules('archived=true&tag=other')).toEqual([]);

  const revived = await room.call('editor', 'POST', 'rules/back/versions/2/roll-back');
  expect([revived.status, revived.etag, await inForce('back')]).toEqual([200, '"4"', 'Over 2']);
  expect((await rules('tag=back')).map(({ id }) => id)).toEqual(['back']);
  expect((await room.versions('back')).map(({ version, rolledBackTo }) => [version, rolledBackTo])).toEqual([
    [4, 2],
    [3, 1],
    [2, null],
    [1, null],
  ]);

  await room.call('editor', 'DELETE', 'rules/back');
  await room.draft('back', ruleOver(7));
  const published = await room.call('editor', 'POST', 'rules/back/publish');
  expect([published.status, published.etag]).toEqual([201, '"5"']);
});

test('the audit says who changed what, from what and to what, and cannot be changed', async () => {
  const [one, two] = [ruleOver(1), ruleOver(2)];
  await room.call('editor', 'PUT', 'rules/told', one);
  const { hash } = await room.draft('told', two, 'owner');
  await room.call('approver', 'POST', 'rules/told/draft/approve', { hash });
  const at = new Date(Date.now() + 3_600_000).toISOString();
  await room.call('editor', 'POST', 'rules/told/publish', { at });
  await room.call('owner', 'DELETE', 'rules/told/schedule');
  await room.call('editor', 'POST', 'rules/told/publish');
  await room.call('owner', 'POST', 'rules/told/versions/1/roll-back');
  await room.draft('told', two);
  await room.call('owner', 'DELETE', 'rules/told/draft');
  await room.call('editor', 'DELETE', 'rules/told');
  await askForFourEyes(true);

  const [editor, owner, approver] = [emailOf('editor'), emailOf('owner'), emailOf('approver')];
  const schedule = { at, hash };
  const expected = [
    { by: editor, what: 'published', version: 1, before: null, after: one },
    { by: owner, what: 'draft-saved', version: null, before: one, after: two },
    { by: approver, what: 'approved', version: null, before: null, after: two },
    { by: editor, what: 'scheduled', version: null, before: null, after: schedule },
    { by: owner, what: 'schedule-cancelled', version: null, before: schedule, after: null },
    { by: editor, what: 'published', version: 2, before: one, after: two },
    { by: owner, what: 'rolled-back', version: 3, before: two, after: one },
    { by: editor, what: 'draft-saved', version: null, before: one, after: two },
    { by: owner, what: 'draft-deleted', version: null, before: two, after: null },
    { by: editor, what: 'archived', version: 3, before: one, after: null },
  ].reverse();
  const lines = await room.audit('told');
  expect(lines).toMatchObject(expected.map((line) => ({ ruleId: 'told', ...line })));
  expect(lines.map((line) => line.at)).toEqual(
    lines
      .map((line) => line.at)
      .sort()
      .reverse(),
  );
  const all = await room.call('viewer', 'GET', 'rule-audit?limit=2');
  expect(RuleAudit.parse(all.body).audit).toMatchObject([
    { ruleId: null, by: owner, what: 'settings-changed', before: { fourEyes: false }, after: { fourEyes: true } },
    { ruleId: 'told', what: 'archived' },
  ]);

  const pool = openPostgres(room.database.url);
  await expect(pool.query(`UPDATE rule_engine.audit SET by = 'nobody'`)).rejects.toThrow('never changes');
  await expect(pool.query(`UPDATE rule_engine.rule_versions SET summary = ''`)).rejects.toThrow('never changes');
  await pool.end();
});

test('viewers read, editors write, and only owners say how many eyes there must be', async () => {
  const { hash } = await room.draft('roles', ruleOver(1));
  const writes: readonly (readonly [string, string, unknown?])[] = [
    ['PUT', 'rules/roles/draft', ruleOver(2)],
    ['DELETE', 'rules/roles/draft'],
    ['POST', 'rules/roles/draft/approve', { hash }],
    ['POST', 'rules/roles/publish'],
    ['DELETE', 'rules/roles/schedule'],
    ['POST', 'rules/roles/versions/1/roll-back'],
    ['DELETE', 'rules/roles'],
    ['PUT', 'rule-settings', { fourEyes: true }],
  ];
  for (const [method, path, body] of writes)
    expect([path, await room.outcome('viewer', method, path, body)]).toEqual([path, '403 forbidden']);
  for (const as of ['editor', 'approver'] as const)
    expect(await room.outcome(as, 'PUT', 'rule-settings', { fourEyes: true })).toBe('403 forbidden');
  await room.call('editor', 'POST', 'rules/roles/publish');
  const reads = [
    'rule-drafts',
    'rule-schedules',
    'rule-settings',
    'rule-audit',
    'rules/roles/versions',
    'rules/roles/audit',
  ];
  for (const path of reads) expect([path, await room.outcome('viewer', 'GET', path)]).toEqual([path, '200']);
});
