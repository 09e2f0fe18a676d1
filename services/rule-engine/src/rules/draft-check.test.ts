import type { RuleDraft } from '@hermes/contracts/rule';
import { describe, expect, test } from 'vitest';
import {
  type Approval,
  approvalRefusal,
  type DraftCase,
  draftProblems,
  lastingProblems,
  scheduleFailure,
} from './draft-check.ts';

const fires = (price: number): NonNullable<RuleDraft['tests']>[number] => ({
  name: `at ${price}`,
  event: { data: { price } },
  fires: true,
});
const rule = (more: Partial<RuleDraft> = {}): RuleDraft => ({
  name: 'Over 100',
  eventTypes: ['deal.signed'],
  conditions: { all: [{ fact: 'event', path: '$.data.price', operator: 'greaterThan', value: 100 }] },
  event: { type: 'big-deal' },
  severity: 'warning',
  alert: true,
  tests: [fires(101)],
  ...more,
});
const approvalOf = (byId: string): Approval => ({ by: `${byId}@example.org`, byId, at: new Date(0) });
const draft = (more: Partial<DraftCase> = {}): DraftCase => ({
  draft: rule(),
  hash: 'a',
  basedOn: 2,
  newestVersion: 2,
  savedBy: 'ann@example.org',
  savedById: 'ann',
  approvals: [],
  fourEyes: false,
  ...more,
});
const FAILING = rule({ tests: [fires(99)] });
const SILENT = rule({ tests: [{ ...fires(99), fires: false }] });

describe('what keeps a draft from being published', () => {
  test.each<[string, Partial<DraftCase>, readonly string[]]>([
    ['nothing', {}, []],
    ['nothing, of a first version', { basedOn: 0, newestVersion: 0 }, []],
    ['a test that fails', { draft: FAILING }, ['failed-test']],
    ['no test', { draft: rule({ tests: undefined }) }, ['no-tests']],
    ['an empty list of tests', { draft: rule({ tests: [] }) }, ['no-tests']],
    ['tests of which none says on what it fires', { draft: SILENT }, ['no-tests']],
    ['a version that came after it was saved', { newestVersion: 3 }, ['outdated-draft']],
    ['a first version by somebody else', { basedOn: 0, newestVersion: 1 }, ['outdated-draft']],
    ['no approval, under four eyes', { fourEyes: true }, ['needs-approval']],
    ["the last editor's own, under four eyes", { fourEyes: true, approvals: [approvalOf('ann')] }, ['needs-approval']],
    ["another person's beside it: nothing", { fourEyes: true, approvals: ['ann', 'bob'].map(approvalOf) }, []],
    [
      'all of it',
      { draft: FAILING, newestVersion: 3, fourEyes: true },
      ['failed-test', 'outdated-draft', 'needs-approval'],
    ],
  ])('%s', (_, more, codes) => {
    expect(draftProblems(draft(more)).map(({ code }) => code)).toEqual(codes);
  });

  test('who has to approve is told by whom it may not be', () => {
    expect(draftProblems(draft({ fourEyes: true }))[0]?.text).toMatchObject({
      en: expect.stringContaining('another person than ann@example.org'),
      zh: expect.stringContaining('请由 ann@example.org 以外的人批准'),
    });
  });

  test('an approval may come until its time, and nothing else', () => {
    const all = draftProblems(draft({ draft: FAILING, newestVersion: 3, fourEyes: true }));
    expect(lastingProblems(all).map(({ code }) => code)).toEqual(['failed-test', 'outdated-draft']);
    expect(lastingProblems(draftProblems(draft({ draft: SILENT })))).toHaveLength(1);
  });
});

test.each<[string, string, string, ReturnType<typeof approvalRefusal>]>([
  ['of what was read, by another person', 'a', 'bob', undefined],
  ['by its last editor', 'a', 'ann', 'own'],
  ['of what it was before', 'b', 'bob', 'changed'],
])('an approval %s', (_, hash, byId, refusal) => {
  expect(approvalRefusal(draft(), { hash, byId })).toBe(refusal);
});

test.each<[string, Partial<DraftCase>, string | undefined]>([
  ['as it was scheduled', {}, undefined],
  ['approved meanwhile', { fourEyes: true, approvals: [approvalOf('bob')] }, undefined],
  ['changed meanwhile', { hash: 'b' }, 'ann@example.org changed the draft'],
  ['not approved', { fourEyes: true }, 'under four eyes'],
  ['on top of an old version', { newestVersion: 3 }, 'version 3 was published'],
  ['with a test that fails', { draft: FAILING }, 'it does not fire'],
])('at its time a draft %s', (_, more, reason) => {
  const failure = scheduleFailure(draft(more), 'a');
  if (reason === undefined) expect(failure).toBeUndefined();
  else expect(failure).toContain(reason);
});
