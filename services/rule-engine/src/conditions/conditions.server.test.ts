/** Guards: named conditions as people keep them; a rule says what one said when it was saved, and who has an older version is told. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RulesRoom, ruleOver } from '../testing/rules-room.ts';

let room: RulesRoom;
beforeAll(async () => {
  room = await RulesRoom.open(1);
}, 120_000);
afterAll(() => room.close());

const big = (price: number) => ({
  name: 'A big one',
  conditions: { all: [{ fact: 'event', path: '$.data.price', operator: 'greaterThan', value: price }] },
});
const naming = {
  ...ruleOver(0),
  conditions: { all: [{ condition: 'big' }] },
  tests: [{ name: 'big', event: { data: { price: 500 } }, fires: true }],
};

test('a rule takes what a condition says, keeps it when that changes, and has the newest once it is saved again', async () => {
  expect(await room.outcome('viewer', 'PUT', 'conditions/big', big(100))).toContain('403');
  expect((await room.call('editor', 'PUT', 'rules/r', naming)).body).toMatchObject({
    errors: [{ code: 'unknown-condition' }],
  });
  expect(
    await room.outcome('editor', 'PUT', 'conditions/big', { ...big(1), conditions: { all: [{ condition: 'big' }] } }),
  ).toBe('400 invalid-condition');
  expect((await room.call('editor', 'PUT', 'conditions/big', big(100))).status).toBe(201);
  expect((await room.call('editor', 'PUT', 'conditions/big', big(100))).body['version']).toBe(1);

  expect((await room.call('editor', 'PUT', 'rules/r', naming)).status).toBe(201);
  await room.call('editor', 'PUT', 'conditions/big', big(300));
  const rule = (await room.call('viewer', 'GET', 'rules/r')).body;
  expect(rule['conditions']).toEqual({ all: [{ ...big(100).conditions, condition: { id: 'big', version: 1 } }] });
  const usedBy = async () => (await room.call('viewer', 'GET', 'conditions/big')).body['usedBy'];
  expect(await usedBy()).toEqual([{ ruleId: 'r', version: 1, isDraft: false, isOlder: true }]);

  const { id: _, project: _p, version: _v, publishedAt: _a, ...draft } = rule;
  expect((await room.call('editor', 'PUT', 'rules/r', draft)).body).toMatchObject({
    version: 2,
    conditions: { all: [{ condition: { version: 2 }, all: [{ value: 300 }] }] },
  });
  expect(await usedBy()).toMatchObject([{ version: 2, isOlder: false }]);
  expect((await room.call('editor', 'POST', 'rules/r/versions/1/roll-back')).body).toMatchObject({
    conditions: rule['conditions'],
  });
});

test('when a rule runs is placed in the time zone of the project', async () => {
  const schedule = { days: ['monday'], from: '09:00', to: '18:00', starts: '2026-03-01' };
  const { body } = await room.call('editor', 'PUT', 'rules/hours', { ...ruleOver(0), schedule });
  expect(body['schedule']).toMatchObject({
    ...schedule,
    timeZone: expect.any(String),
    starts: expect.stringMatching(/T.*([+-]\d\d:\d\d|Z)$/),
  });
});

test('it cannot be deleted while a rule has it in it, and each change is in the audit', async () => {
  expect(await room.outcome('editor', 'DELETE', 'conditions/big')).toBe('409 condition-in-use');
  await room.call('editor', 'DELETE', 'rules/r');
  expect((await room.call('editor', 'DELETE', 'conditions/big')).status).toBe(204);
  expect(await room.outcome('viewer', 'GET', 'conditions/big')).toBe('404 not-found');
  expect((await room.call('editor', 'PUT', 'conditions/big', big(7))).body['version']).toBe(3);
  const audit = (await room.call('viewer', 'GET', 'rule-audit')).body['audit'] as { kind: string; what: string }[];
  expect(audit.filter(({ kind }) => kind === 'condition').map(({ what }) => what)).toEqual([
    'condition-saved',
    'condition-deleted',
    'condition-saved',
    'condition-saved',
  ]);
});
