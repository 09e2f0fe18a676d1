import type { RuleDraft } from '@hermes/contracts/rule';
import { expect, test } from 'vitest';
import { type Candidate, promotionProblems, type ShadowStart, startProblems } from './shadow-check.ts';

const rule = (price: number, more: Partial<RuleDraft> = {}): RuleDraft => ({
  name: 'Over',
  eventTypes: ['deal.signed'],
  conditions: { all: [{ fact: 'event', path: '$.data.price', operator: 'greaterThan', value: price }] },
  event: { type: 'big-deal' },
  severity: 'warning',
  alert: true,
  tests: [{ name: 'just above', event: { data: { price: price + 1 } }, fires: true }],
  ...more,
});
const FAILING = rule(100, { tests: [{ name: 'low', event: { data: { price: 1 } }, fires: true }] });

const start = (draft: RuleDraft, more: Partial<ShadowStart> = {}): ShadowStart => ({
  draft: { draft, basedOn: 1, newestVersion: 1 },
  inForce: rule(50),
  ...more,
});

test.each<[string, ShadowStart, readonly string[]]>([
  ['nothing', start(rule(100)), []],
  ['a rule that is out of force', start(rule(100), { inForce: undefined }), ['not-in-force']],
  ['a test that fails', start(FAILING), ['failed-test']],
  ['no test', start(rule(100, { tests: [] })), ['no-tests']],
  ['that it would be in the shadow for ever', start(rule(100, { shadow: true })), ['shadow-draft']],
  [
    'a version that came after it was saved',
    start(rule(100), { draft: { draft: rule(100), basedOn: 1, newestVersion: 2 } }),
    ['outdated-draft'],
  ],
  ['that it says what is in force', start(rule(50)), ['nothing-new']],
])('what keeps a draft from running in the shadow: %s', (_, given, codes) => {
  expect(startProblems(given).map(({ code }) => code)).toEqual(codes);
});

const approvals = (...ids: readonly string[]): Candidate['approvals'] =>
  ids.map((byId) => ({ by: byId, byId, at: new Date(0) }));
const candidate = (more: Partial<Candidate> = {}): Candidate => ({
  ...{ version: 2, draft: rule(100), basedOn: 1, newestVersion: 1, editedBy: 'ann@example.org', editedById: 'ann' },
  ...{ approvals: [], fourEyes: false },
  ...more,
});

test.each<[string, Partial<Candidate>, readonly string[]]>([
  ['nothing', {}, []],
  ['a version that was published while it ran', { newestVersion: 3 }, ['outdated-draft']],
  ['a test that it fails by now', { draft: FAILING }, ['failed-test']],
  ['no approval, under four eyes', { fourEyes: true }, ['needs-approval']],
  ['its editor`s own, under four eyes', { fourEyes: true, approvals: approvals('ann') }, ['needs-approval']],
  ["another person's: nothing", { fourEyes: true, approvals: approvals('ann', 'bob') }, []],
])('what keeps a candidate from being promoted: %s', (_, more, codes) => {
  expect(promotionProblems(candidate(more)).map(({ code }) => code)).toEqual(codes);
});
