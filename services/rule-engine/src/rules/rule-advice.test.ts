/** Guards: whoever checks a draft asks for those rules alone that fire on the same events, not for all of the project. */
import type { RuleDraft } from '@hermes/contracts/rule';
import { conditionHash } from '@hermes/rules/same-rules';
import { expect, test } from 'vitest';
import { RuleAdvice } from './rule-advice.ts';

const draft = {
  name: 'Large deal',
  eventTypes: ['deal.signed'],
  conditions: { all: [{ fact: 'event', path: '$.data.rooms', operator: 'greaterThan', value: 2 }] },
  event: { type: 'large-deal' },
  severity: 'warning',
  alert: true,
} satisfies RuleDraft;

test('the rules that have the same condition are asked for by its hash, and named', async () => {
  const asked: unknown[] = [];
  const advice = new RuleAdvice(
    { types: () => undefined },
    {
      withCondition: (...what) => {
        asked.push(what);
        return Promise.resolve([{ id: 'x', name: 'X' }]);
      },
    },
  );
  const { problems, warnings } = await advice.about('p', draft, 'big', 'en');
  expect(asked).toEqual([['p', conditionHash(draft), 'big']]);
  expect(problems).toEqual([]);
  expect(warnings).toMatchObject([
    { code: 'fields-unchecked' },
    { pointer: '/conditions', code: 'same-condition', message: expect.stringMatching(/"X" \(x\)/u) as unknown },
  ]);
});
