/** Guards: what is wrong with a fact that has a memory is said when a rule is saved, with its place, in both languages, and hostile input neither hangs nor breaks out. */
import type { Condition } from '@hermes/contracts/rule';
import { expect, test } from 'vitest';
import { checkRule } from '../check-rule.ts';
import { findingsOf } from '../findings.ts';
import { inTimeZone } from '../in-time-zone.ts';
import { EVENT_TYPES } from '../testing/event-types.ts';

const A = { type: 'deal.signed' };
const B = { type: 'showing.ended' };
const HOUR = { hours: 1 };
const SEQUENCE = { first: A, then: B, within: HOUR };
const ABSENCE = { after: A, no: B, within: HOUR };

const leaf = (fact: string, params: unknown, more: object = {}): unknown => ({
  fact,
  params,
  operator: 'equal',
  value: true,
  ...more,
});
const ruleOf = (conditions: unknown, more: object = {}): unknown => ({
  name: 'R',
  eventTypes: ['deal.signed', 'showing.ended'],
  conditions,
  event: { type: 'r' },
  severity: 'info',
  ...more,
});
const problemsOf = (condition: unknown, language: 'en' | 'zh' = 'en'): readonly string[] => {
  const checked = checkRule(ruleOf({ all: [condition] }), language);
  return checked.kind === 'ok'
    ? []
    : checked.problems.map(({ pointer, code, message }) => `${pointer} ${code}: ${message}`);
};

test.each<[string, string, object]>([
  ['a sequence', 'sequence', SEQUENCE],
  [
    'of several steps, with conditions',
    'sequence',
    { ...SEQUENCE, then: [B, { ...A, that: { all: [] } }], without: [A], same: ['$.data.k'] },
  ],
  [
    'a condition that is one comparison',
    'sequence',
    { ...SEQUENCE, first: { ...A, that: { fact: 'event', path: '$.data.k', operator: 'equal', value: 1 } } },
  ],
  ['an absence', 'absence', { ...ABSENCE, from: '$.data.startsAt' }],
  ['a check', 'itinerary', { check: 'no-show' }],
  [
    'one with parameters and events',
    'itinerary',
    {
      check: 'no-show',
      parameters: { waitMinutes: 5 },
      events: { appointment: { type: 'a.b', startsAt: '$.data.at' } },
      atLeast: 4,
      withinDays: 7,
    },
  ],
])('%s is fit to be saved, and to be read again', (_, fact, params) => {
  expect(problemsOf(leaf(fact, params))).toEqual([]);
});

const base = '/conditions/all/0/params';
test.each<[string, string, unknown, string]>([
  ['nothing', 'sequence', undefined, `${base} missing-field: say what "sequence" looks at, for example`],
  [
    'an unknown field',
    'sequence',
    { ...SEQUENCE, witin: HOUR },
    `${base}/witin unknown-field: unknown field "witin"; did you mean "within"?`,
  ],
  ['no time', 'absence', { after: A, no: B }, `${base}/within invalid-field`],
  [
    'too long a time',
    'absence',
    { ...ABSENCE, within: { days: 32 } },
    `${base}/within invalid-field: a time is from a second to 31 days`,
  ],
  ['no type', 'sequence', { ...SEQUENCE, first: {} }, `${base}/first/type invalid-field`],
  [
    'a type in a list that is none',
    'sequence',
    { ...SEQUENCE, then: [B, { type: 'No Type' }] },
    `${base}/then/1/type invalid-field: an event type is`,
  ],
  ['too many steps', 'sequence', { ...SEQUENCE, then: [B, B, B, B, B] }, `${base}/then invalid-field`],
  [
    'a path that leads nowhere',
    'sequence',
    { ...SEQUENCE, same: ['data.k'] },
    `${base}/same/0 invalid-field: a path into the event`,
  ],
  [
    'a wrong condition',
    'sequence',
    { ...SEQUENCE, first: { ...A, that: { all: [{ fact: 'event', operator: 'equl', value: 1 }] } } },
    `${base}/first/that/all/0/operator unknown-operator: unknown operator "equl"; did you mean "equal"?`,
  ],
  [
    'another fact in it',
    'sequence',
    {
      ...SEQUENCE,
      then: { ...B, that: { all: [{ fact: 'feature', params: { id: 'x' }, operator: 'equal', value: 1 }] } },
    },
    `${base}/then/that/all/0/fact unknown-fact`,
  ],
  [
    'itself in it',
    'sequence',
    { ...SEQUENCE, then: { ...B, that: { all: [leaf('sequence', SEQUENCE)] } } },
    `${base}/then/that/all/0/fact unknown-fact`,
  ],
  [
    'an unknown check',
    'itinerary',
    { check: 'no-shows' },
    `${base}/check unknown-check: there is no check "no-shows"; did you mean "no-show"?`,
  ],
  [
    'a parameter beyond its limit',
    'itinerary',
    { check: 'no-show', parameters: { waitMinutes: 0 } },
    `${base}/parameters/waitMinutes invalid-field: "Wait this long after the agreed time" is a number from 1 to 1440 min`,
  ],
  [
    'an unknown parameter',
    'itinerary',
    { check: 'no-show', parameters: { waitMinute: 1 } },
    `${base}/parameters/waitMinute unknown-field: unknown field "waitMinute"; did you mean "waitMinutes"?`,
  ],
  [
    'a field that the kind has not',
    'itinerary',
    { check: 'no-show', events: { appointment: { type: 'a.b', position: 'x' } } },
    `${base}/events/appointment`,
  ],
  [
    'a count without days',
    'itinerary',
    { check: 'no-show', atLeast: 4 },
    `${base} invalid-field: "atLeast" findings and "withinDays" stand together`,
  ],
])('with %s it is refused: %s', (_, fact, params, expected) => {
  expect(problemsOf(leaf(fact, params))[0]).toContain(expected);
  const [chinese] = problemsOf(leaf(fact, params), 'zh');
  expect(chinese).toMatch(/\p{Script=Han}/u);
});

test.each<[string, unknown]>([
  ['a prototype', JSON.parse('{"__proto__": {"first": {}}, "constructor": 1}')],
  ['a huge list', { ...SEQUENCE, then: Array.from({ length: 5_000 }, () => B) }],
  ['a list of lists', { ...SEQUENCE, then: [[[[B]]]] }],
  ['a text', 'x'],
  ['null', null],
])('%s in the place of params is refused', (_, params) => {
  expect(problemsOf(leaf('sequence', params)).length).toBeGreaterThan(0);
});

test('conditions nested without end are refused, those in what is remembered too', () => {
  let that: unknown = { all: [] };
  for (let depth = 0; depth < 100; depth++) that = { not: that };
  expect(problemsOf(leaf('sequence', { ...SEQUENCE, first: { ...A, that } })).join()).toContain('too-deep');
});

const findings = (conditions: unknown, more: object = {}): readonly string[] => {
  const checked = checkRule(ruleOf(conditions, more));
  if (checked.kind === 'rejected') throw new Error(JSON.stringify(checked.problems));
  const { problems, warnings } = findingsOf(checked.draft, { catalogue: EVENT_TYPES, same: [] });
  return [...problems, ...warnings].map(({ pointer, code }) => `${pointer} ${code}`);
};
const priced = (path: string, value: unknown) => ({ all: [{ fact: 'event', path, operator: 'equal', value }] });

test.each<[string, unknown, readonly string[]]>([
  ['a sequence of known types and fields', { all: [leaf('sequence', SEQUENCE)] }, []],
  [
    'an unknown field of an event that is remembered',
    { all: [leaf('sequence', { ...SEQUENCE, first: { ...A, that: priced('$.data.distrikt', 'x') } })] },
    [`${base}/first/that/all/0/path unknown-field`],
  ],
  [
    'a value that the field never has',
    { all: [leaf('sequence', { ...SEQUENCE, without: [{ ...A, that: priced('$.data.line', 'x') }] })] },
    [`${base}/without/0/that/all/0 unknown-value`],
  ],
  [
    'an unknown type',
    { all: [leaf('sequence', { ...SEQUENCE, first: { type: 'deal.sign' } })] },
    [`${base}/first/type unknown-event-type`],
  ],
  ['an absence beside other conditions', { all: [leaf('absence', ABSENCE), priced('$.data.line', 'rental')] }, []],
  [
    'one of two absences',
    { any: [leaf('absence', ABSENCE), leaf('absence', { ...ABSENCE, within: { hours: 2 } })] },
    [],
  ],
  [
    'an absence that the rule can do without',
    { any: [leaf('absence', ABSENCE), priced('$.data.line', 'rental')] },
    ['/conditions needs-time'],
  ],
  ['an absence that must not be', { not: leaf('absence', ABSENCE) }, ['/conditions needs-time']],
  ['an absence that is not there', { all: [leaf('absence', ABSENCE, { value: false })] }, ['/conditions needs-time']],
  [
    'what stands in an absence',
    { all: [leaf('absence', ABSENCE, { path: '$.after.data.k', operator: 'greaterThan', value: 5 })] },
    [],
  ],
  [
    'a check for what did not happen, negated',
    { not: leaf('itinerary', { check: 'no-show' }) },
    ['/conditions needs-time'],
  ],
  ['a device in a rule by the subject', { all: [leaf('itinerary', { check: 'shared-device' })] }, ['/key needs-key']],
])('of %s is said what is to be said', (_, conditions, expected) => {
  expect(
    findings(conditions, { eventTypes: ['deal.signed', 'showing.ended'] }).filter(
      (one) => !/never-told|not-in-every-type/u.test(one),
    ),
  ).toEqual(expected);
});

test('a rule that looks at none of the types with which its fact comes true is told so', () => {
  expect(findings({ all: [leaf('sequence', SEQUENCE)] }, { eventTypes: ['deal.signed'] })).toEqual([
    '/eventTypes never-told',
  ]);
});

test('dates in conditions on events that are remembered are placed in the project’s time zone', () => {
  const that = { all: [{ fact: 'event', path: '$.time', operator: 'after', value: '2026-03-01' }] };
  const conditions = { all: [leaf('sequence', { ...SEQUENCE, then: [{ ...B, that }] })] } as unknown as Condition;
  expect(JSON.stringify(inTimeZone(conditions, 'Asia/Shanghai'))).toContain('2026-03-01T00:00:00+08:00');
});
