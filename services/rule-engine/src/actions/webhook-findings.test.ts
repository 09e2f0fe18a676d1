/** Guards: a rule that calls a webhook which is not registered is refused in words; where alerting cannot say, it is told as a doubt and nothing is refused. */
import type { RuleAction } from '@hermes/contracts/rule-action';
import { expect, test, vi } from 'vitest';
import { webhookFindings } from './webhook-findings.ts';

const call = (webhook: string): RuleAction => ({ kind: 'webhook', webhook });
const HOLD: RuleAction = { kind: 'hold' };

test.each<[string, readonly RuleAction[], readonly string[] | undefined, readonly string[], readonly string[]]>([
  ['registered', [call('w-1')], ['w-1', 'w-2'], [], []],
  ['not registered', [HOLD, call('w-9')], ['w-1'], ['/actions/1/webhook unknown-webhook'], []],
  ['not registered, of none', [call('w-9')], [], ['/actions/0/webhook unknown-webhook'], []],
  ['that cannot be asked', [call('w-1'), HOLD], undefined, [], ['/actions/0/webhook webhook-unchecked']],
])('a webhook that is %s', async (_, actions, registered, problems, warnings) => {
  const found = await webhookFindings(actions, () => Promise.resolve(registered));
  const told = (those: typeof found.problems) => those.map(({ pointer, code }) => `${pointer} ${code}`);
  expect([told(found.problems), told(found.warnings)]).toEqual([problems, warnings]);
});

test('what was meant is said in both languages', async () => {
  const { problems } = await webhookFindings([call('w-abd')], () => Promise.resolve(['w-abc', 'other']));
  expect(problems[0]?.text).toEqual({
    en: 'unknown webhook "w-abd"; did you mean "w-abc"?',
    zh: '未知的webhook“w-abd”；是不是“w-abc”？',
  });
});

test('nobody is asked for a rule that calls none', async () => {
  const registered = vi.fn(() => Promise.resolve([]));
  await webhookFindings([HOLD], registered);
  await webhookFindings(undefined, registered);
  expect(registered).not.toHaveBeenCalled();
});
