import { decide } from '@hermes/rules/decide';
import { RuleIndex } from '@hermes/rules/rule-index';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { expect, test } from 'vitest';
import { CountsWriter } from './counts-writer.ts';
import { type RuleCount, RuleCounts } from './rule-counts.ts';

const at = '2026-03-01T00:00:00.000Z';
const index = new RuleIndex([
  {
    id: 'a',
    project: 'demo',
    name: 'a',
    version: 1,
    eventTypes: ['deal.signed'],
    conditions: { all: [] },
    event: { type: 'a' },
    severity: 'info',
    alert: false,
    publishedAt: at,
  },
]);

test('a batch that could not be written is tried again as it was, and what is counted meanwhile follows it', async () => {
  const counts = new RuleCounts();
  const see = (): void => {
    const facts = { event: sampleEvent('demo', { id: 'e' }) };
    counts.look(facts, index, decide(index, facts, { acceptedAt: at, decidedAt: at }));
  };
  const tried: { readonly evaluated: number; readonly token: string }[] = [];
  let isAway = true;
  const repository = {
    add: (batch: readonly RuleCount[], _: number, token: string): Promise<void> => {
      tried.push({ evaluated: batch[0]!.evaluated, token });
      see();
      return isAway ? Promise.reject(new Error('away')) : Promise.resolve();
    },
  };
  see();
  const writer = new CountsWriter(counts, repository, { warn: () => undefined }, 5);
  while (tried.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  isAway = false;
  const failed = tried.length;
  while (tried.length < failed + 2) await new Promise((resolve) => setTimeout(resolve, 1));
  await writer.close();
  const tokens = [...new Set(tried.map(({ token }) => token))];
  const [first, second] = tokens.map((token) => tried.filter((one) => one.token === token));
  expect(first!.length).toBeGreaterThan(2);
  expect(new Set(first!.map(({ evaluated }) => evaluated))).toEqual(new Set([1]));
  // One for each time that the first was tried.
  expect(second![0]!.evaluated).toBe(first!.length);
});
