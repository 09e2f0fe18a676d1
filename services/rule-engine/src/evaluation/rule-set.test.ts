/** Guards: what compiling a set costs is paid once, however many processors go by it. */
import type { Rule } from '@hermes/contracts/rule';
import { expect, test } from 'vitest';
import { sharedRuleSets } from './rule-set.ts';

const members = (name: string): { id: string; value: Buffer }[] => {
  const rule: Rule = {
    id: name,
    project: 'demo',
    name,
    version: 1,
    eventTypes: ['a'],
    conditions: { all: [] },
    event: { type: 'any' },
    severity: 'info',
    alert: false,
    publishedAt: '2026-03-01T00:00:00.000Z',
  };
  return [{ id: name, value: Buffer.from(JSON.stringify(rule)) }];
};

test('a set is compiled once for all who build it by its number, and another number is another set', () => {
  const build = sharedRuleSets();
  const first = build(1, members('one'));
  expect(build(1, members('one'))).toBe(first);
  expect(build(2, members('two')).has({ id: 'two', version: 1 })).toBe(true);
  expect(first.has({ id: 'two', version: 1 })).toBe(false);
});

test('of sets that came and went only the newest are held', () => {
  const build = sharedRuleSets();
  const first = build(1, members('one'));
  for (let number = 2; number < 10; number++) build(number, members('one'));
  expect(build(9, [])).toBe(build(9, []));
  expect(build(1, members('one'))).not.toBe(first);
});
