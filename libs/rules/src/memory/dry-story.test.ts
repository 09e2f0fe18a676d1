/** Guards: a rule's tests and dry runs tell a story to facts with a memory, and time passes in them. */
import type { RuleTest } from '@hermes/contracts/rule';
import { RuleDraft } from '@hermes/contracts/rule';
import { expect, test } from 'vitest';
import { failedTests } from '../rule-tests.ts';

const draftOf = (fact: string, params: object, more: object, tests: readonly unknown[]): RuleDraft =>
  RuleDraft.parse({
    name: 'R',
    eventTypes: ['b'],
    conditions: { all: [{ fact, params, operator: 'equal', value: true }] },
    event: { type: 'r' },
    severity: 'info',
    tests,
    ...more,
  });
const passes = (draft: RuleDraft): boolean => failedTests(draft).length === 0;
const told = (
  test: Omit<RuleTest, 'name' | 'event' | 'fires'> & { readonly data?: object; readonly subject?: string },
  fires: boolean,
) => {
  const { data = {}, subject, ...rest } = test;
  return { name: 't', event: { data, ...(subject === undefined ? {} : { subject }) }, fires, ...rest };
};

const SEQUENCE = { first: { type: 'a' }, then: { type: 'b' }, within: { hours: 1 } };
const earlier = (minutes: number, more: object = {}) => ({ type: 'a', before: { minutes }, data: {}, ...more });

test.each<[string, Parameters<typeof told>[0], boolean]>([
  ['what came within the time', { earlier: [earlier(59)] }, true],
  ['what came before it', { earlier: [earlier(61)] }, false],
  ['nothing', {}, false],
  ['what came of another subject', { earlier: [earlier(5, { subject: 'broker:b-2' })] }, false],
  [
    'of the same one, which is named',
    { earlier: [earlier(5, { subject: 'broker:b-2' })], subject: 'broker:b-2' },
    true,
  ],
])('of a sequence: %s', (_, test, fires) => {
  expect(passes(draftOf('sequence', SEQUENCE, {}, [told(test, fires)]))).toBe(true);
  expect(passes(draftOf('sequence', SEQUENCE, {}, [told(test, !fires)]))).toBe(false);
});

const ABSENCE = { after: { type: 'b' }, no: { type: 'a' }, within: { hours: 1 } };
test.each<[string, Parameters<typeof told>[0], boolean]>([
  ['as long as it takes', { waits: { hours: 1 } }, true],
  ['not long enough', { waits: { minutes: 59 } }, false],
  ['no time at all', {}, false],
])('of an absence, waiting %s', (_, test, fires) => {
  const draft = draftOf('absence', ABSENCE, {}, [told(test, fires)]);
  expect(passes(draft)).toBe(true);
});

test('a rule that goes by a field sees what came with the same value, whoever the subject was', () => {
  const key = { key: { entity: 'listing', path: '$.data.listing' } };
  const story = (listing: string) => ({
    earlier: [earlier(5, { subject: 'broker:b-9', data: { listing: 'l-1' } })],
    data: { listing },
  });
  expect(passes(draftOf('sequence', SEQUENCE, key, [told(story('l-1'), true), told(story('l-2'), false)]))).toBe(true);
});

test('what fails says what the fact was', () => {
  const [problem] = failedTests(draftOf('sequence', SEQUENCE, {}, [told({}, true)]));
  expect(problem?.text.en).toContain('it does not fire: sequence was false');
});
