import { Alert } from '@hermes/contracts/alert';
import type { Decision } from '@hermes/contracts/decision';
import { expect, test } from 'vitest';
import { alertOfDecision } from './decision-alert.ts';
import { alertOfFiring, transitionAlertId } from './platform-alert.ts';
import { reaches, severityRank } from './severity.ts';
import { storedText } from './stored-text.ts';

const decision: Decision = {
  id: 'd-1',
  project: 'demo',
  ruleId: 'big-deal',
  ruleName: 'Big deal',
  ruleVersion: 3,
  severity: 'warning',
  alert: true,
  outcome: { type: 'big-deal' },
  subject: 'listing:l-1',
  event: { id: 'e', source: 's', type: 'deal.signed', time: '2026-01-01T00:00:00.000Z', data: {} },
  trace: [
    {
      path: '/all/0',
      fact: 'event',
      factPath: '$.data.priceCny',
      operator: 'greaterThan',
      actual: 120,
      expected: 100,
      outcome: 'true',
    },
    { path: '/all/1', fact: 'event', factPath: '$.data.x', operator: 'equal', expected: 1, outcome: 'skipped' },
  ],
  receivedAt: '2026-01-01T00:00:00.001Z',
  acceptedAt: '2026-01-01T00:00:00.002Z',
  decidedAt: '2026-01-01T00:00:00.003Z',
};
const at = '2026-01-01T00:00:00.004Z';

test('an alert keeps the way of its decision and says what the conditions saw', () => {
  const raised = alertOfDecision(decision, at);
  expect(raised?.alert).toMatchObject({
    project: 'demo',
    kind: 'decision',
    status: 'firing',
    title: 'Big deal',
    severity: 'warning',
    startedAt: decision.decidedAt,
  });
  expect(raised?.alert.detail).toBe('deal.signed of listing:l-1: data.priceCny greaterThan 100 (was 120)');
  expect(alertOfDecision({ ...decision, key: 'device:d-1', trace: [] }, at)?.alert.detail).toBe(
    'deal.signed of listing:l-1, device:d-1',
  );
  expect(raised?.timings).toEqual({
    receivedAt: decision.receivedAt,
    acceptedAt: decision.acceptedAt,
    decidedAt: decision.decidedAt,
    alertedAt: at,
  });
  expect(Alert.parse(raised?.alert)).toEqual(raised?.alert);
});

test('a feature that a condition asked for is called by its name', () => {
  const asked = {
    path: '/all/0',
    fact: 'feature',
    params: { id: 'deals_7d' },
    operator: 'greaterThan',
    outcome: 'true',
  } as const;
  const trace = [
    { ...asked, actual: 4, expected: 3 },
    { ...asked, factPath: '$[1]', actual: 'a', expected: 'b' },
  ];
  expect(alertOfDecision({ ...decision, trace }, at)?.alert.detail).toBe(
    'deal.signed of listing:l-1: deals_7d greaterThan 3 (was 4); deals_7d [1] greaterThan "b" (was "a")',
  );
});

test("a rule's own message wins", () => {
  expect(
    alertOfDecision({ ...decision, outcome: { type: 'x', params: { message: 'Look at this' } } }, at)?.alert.detail,
  ).toBe('Look at this');
});

test('a rule without alerts raises none', () =>
  expect(alertOfDecision({ ...decision, alert: false }, at)).toBeUndefined());

test('the same decision has the same alert whenever it is read; another project or decision has another', () => {
  const id = alertOfDecision(decision, at)?.alert.id;
  expect(alertOfDecision(decision, '2027-01-01T00:00:00.000Z')?.alert.id).toBe(id);
  expect(alertOfDecision({ ...decision, id: 'd-2' }, at)?.alert.id).not.toBe(id);
  expect(alertOfDecision({ ...decision, project: 'other' }, at)?.alert.id).not.toBe(id);
});

test("the end of a firing has its beginning's id", () => {
  const fired = {
    kind: 'fired',
    watch: 'latency',
    subject: 'job/p/a',
    hop: 'h',
    startedMs: 5,
    atMs: 5,
    detail: 'slow',
  } as const;
  expect(transitionAlertId({ ...fired, kind: 'resolved', atMs: 90, detail: 'fast' })).toBe(alertOfFiring(fired).id);
  expect(transitionAlertId({ ...fired, startedMs: 6 })).not.toBe(alertOfFiring(fired).id);
});

test.each([
  ['info', 'info', true],
  ['info', 'warning', false],
  ['warning', 'warning', true],
  ['warning', 'critical', false],
  ['critical', 'info', true],
] as const)('a %s alert for a receiver of %s and above: %s', (severity, minimum, expected) => {
  expect(reaches(severity, minimum)).toBe(expected);
  expect(severityRank(severity) >= severityRank(minimum)).toBe(expected);
});

test.each([
  ['NUL', 'a\u0000b', 'a\uFFFDb'],
  ['a lone surrogate', 'a\uD800b', 'a\uFFFDb'],
  ['a whole pair', '\u{1F3E0}', '\u{1F3E0}'],
])('stored text survives %s', (_, text, expected) => expect(storedText(text)).toBe(expected));

test('stored text is cut, never through a pair', () => {
  expect(storedText('x'.repeat(11), 10)).toBe(`${'x'.repeat(9)}\u2026`);
  expect(storedText(`${'x'.repeat(8)}\u{1F3E0}${'x'.repeat(8)}`, 10).isWellFormed()).toBe(true);
});
