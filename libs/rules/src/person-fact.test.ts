/** Guards: what is known of a person is asked as it was last told, said with its cause, and what cannot be known is found at save. */
import type { PersonValue } from '@hermes/contracts/person';
import type { Condition, LeafCondition, Rule } from '@hermes/contracts/rule';
import { featureOf, hermesEvent } from './testing/person-events.ts';
import { describe, expect, test } from 'vitest';
import { checkRule } from './check-rule.ts';
import { decide, dryRun } from './decide.ts';
import { inLanguage } from './finding.ts';
import { type PersonLookup, personName } from './person-fact.ts';
import { personMismatches, personProblems, untimelyPersons } from './person-findings.ts';
import { personsNamed } from './persons-named.ts';
import { referenceVerdict } from './reference.ts';
import { RuleIndex } from './rule-index.ts';
import { failedTests } from './rule-tests.ts';
import { FALSE, TRUE } from './verdict.ts';

const leaf = (
  params: Readonly<Record<string, unknown>>,
  operator: string,
  value: unknown,
  path?: string,
): LeafCondition =>
  ({ fact: 'person', params, operator, value, ...(path === undefined ? {} : { path }) }) as LeafCondition;

const cause = { id: 'e-7', source: '/test', type: 'showing.checked_in', receivedAt: '2026-03-01T00:00:00.000Z' };
const told = (value: unknown): PersonValue => ({ value, version: 2, interval: { from: null, to: null }, cause });
const TOLD: Readonly<Record<string, PersonValue>> = {
  [personName({ kind: 'feature', id: 'showings' })]: told(5),
  [personName({ kind: 'feature', id: 'areas' })]: told(['Haidian', 'Chaoyang']),
  [personName({ kind: 'segment', id: 'vip' })]: told(true),
  [personName({ kind: 'segment', id: 'cold' })]: told(false),
};
const person: PersonLookup = (name) => TOLD[name];

const ruleOf = (conditions: Condition): Rule => ({
  id: 'r',
  project: 'demo',
  version: 1,
  publishedAt: '2026-03-01T00:00:00.000Z',
  name: 'R',
  eventTypes: ['a'],
  conditions,
  event: { type: 'out' },
  severity: 'info',
  alert: false,
});
const decided = (conditions: Condition, lookup: PersonLookup | null = person) =>
  decide(
    new RuleIndex([ruleOf(conditions)]),
    { event: hermesEvent({ price: 4 }), ...(lookup === null ? {} : { person: lookup }) },
    { acceptedAt: cause.receivedAt, decidedAt: cause.receivedAt },
  );

describe.each<[string, LeafCondition, boolean]>([
  ['a feature beyond its bound', leaf({ feature: 'showings' }, 'greaterThan', 4), true],
  ['a feature at its bound', leaf({ feature: 'showings' }, 'greaterThan', 5), false],
  ['an element of a feature', leaf({ feature: 'areas' }, 'equal', 'Chaoyang', '$[1]'), true],
  [
    'a feature beside a place of the event',
    leaf({ feature: 'showings' }, 'greaterThan', { fact: 'event', path: '$.data.price' }),
    true,
  ],
  ['a person who is in the segment', leaf({ segment: 'vip' }, 'equal', true), true],
  ['a person who is not', leaf({ segment: 'cold' }, 'equal', true), false],
  ['a person of whom nothing was told', leaf({ segment: 'new' }, 'equal', true), false],
  ['a person of whom nothing was told, asked for the opposite', leaf({ segment: 'new' }, 'equal', false), false],
  ['a feature of the name of a segment', leaf({ feature: 'vip' }, 'equal', true), false],
])('%s', (_, asked, fires) => {
  test(`${fires ? 'fires' : 'does not fire'}, here and in json-rules-engine`, async () => {
    expect(decided({ all: [asked] }).decisions).toHaveLength(fires ? 1 : 0);
    const facts = { event: hermesEvent({ price: 4 }), person };
    expect(await referenceVerdict({ all: [asked] }, facts)).toBe(fires ? TRUE : FALSE);
  });
});

test('a place of the event may be compared with the person', () => {
  const asked: Condition = {
    all: [
      {
        fact: 'event',
        path: '$.data.price',
        operator: 'lessThan',
        value: { fact: 'person', params: { feature: 'showings' } },
      },
    ],
  };
  expect(decided(asked).decisions).toHaveLength(1);
  expect(personsNamed(asked)).toEqual([{ kind: 'feature', id: 'showings' }]);
});

test('a decision says what was known and which event made it so, and its trace too', () => {
  const [decision] = decided({
    all: [leaf({ segment: 'vip' }, 'equal', true), leaf({ feature: 'showings' }, 'greaterThan', 4)],
  }).decisions;
  expect(decision?.person).toEqual([
    { segment: 'vip', ...told(true) },
    { feature: 'showings', ...told(5) },
  ]);
  expect(decision?.trace[1]).toMatchObject({
    fact: 'person',
    params: { segment: 'vip' },
    actual: true,
    seen: [{ id: 'e-7', type: 'showing.checked_in', time: cause.receivedAt }],
  });
});

test('a rule without what tells of persons sees none', () => {
  expect(decided({ all: [leaf({ feature: 'showings' }, 'greaterThan', 0)] }, null).decisions).toEqual([]);
});

test('dry runs and tests of rules say what is known', () => {
  const conditions: Condition = {
    all: [leaf({ segment: 'vip' }, 'equal', true), leaf({ feature: 'showings' }, 'greaterThan', 4)],
  };
  const run = dryRun(
    { conditions, eventTypes: ['a'] },
    { type: 'a', data: {} },
    { person: { features: { showings: 5 }, segments: { vip: true } } },
  );
  expect(run.outcome).toBe('fires');
  const tests = [
    { name: 'known', event: { data: {} }, person: { features: { showings: 5 }, segments: { vip: true } }, fires: true },
    { name: 'unknown', event: { data: {} }, fires: true },
  ];
  const failed = failedTests({ ...ruleOf(conditions), tests });
  expect(failed.map(({ pointer }) => pointer)).toEqual(['/tests/1']);
  expect(failed[0]?.text.en).toContain('vip was "missing"'.replaceAll('"', ''));
});

const shapeOf = (one: unknown) => {
  const checked = checkRule({
    ...ruleOf({ all: [] }),
    id: undefined,
    project: undefined,
    version: undefined,
    publishedAt: undefined,
    conditions: { all: [one] },
  });
  return checked.kind === 'ok' ? [] : checked.problems.map(({ pointer, code }) => `${pointer} ${code}`);
};

test.each<[string, unknown, readonly string[]]>([
  ['neither', leaf({}, 'equal', true), ['/conditions/all/0/params missing-field']],
  ['both', leaf({ feature: 'a', segment: 'b' }, 'equal', true), ['/conditions/all/0/params missing-field']],
  ['a name that is none', leaf({ feature: 'A b' }, 'equal', true), ['/conditions/all/0/params missing-field']],
  [
    'something else',
    leaf({ feature: 'a', version: 1 }, 'equal', true),
    ['/conditions/all/0/params/version unknown-field'],
  ],
  ['a path in a segment', leaf({ segment: 'a' }, 'equal', true, '$.x'), ['/conditions/all/0/path invalid-path']],
  ['a feature', leaf({ feature: 'a' }, 'equal', true, '$[0]'), []],
])('a condition says which feature or segment: %s', (_, one, problems) => {
  const known = shapeOf(one).filter((problem) => problem.startsWith('/conditions'));
  expect(known).toEqual(problems);
});

describe('at save', () => {
  const features = new Map(
    [
      featureOf('showings', { kind: 'count' }),
      featureOf('share', { kind: 'ratio', numerator: 'a', denominator: 'b' }),
      featureOf('areas', { kind: 'last-n', path: '$.x', n: 3 }),
      featureOf('newest', { kind: 'last', path: '$.x' }),
      featureOf('tier', { kind: 'set', writable: { type: 'string', allowed: ['gold', 'silver'] } }),
    ].map((one) => [one.id, one]),
  );
  const known = { features, segments: ['vip'] };
  test.each<[string, LeafCondition, string | undefined, string | undefined]>([
    [
      'an unknown feature',
      leaf({ feature: 'showing' }, 'equal', 1),
      'did you mean "showings"?',
      '未知的特征“showing”；是不是“showings”？',
    ],
    [
      'an unknown segment',
      leaf({ segment: 'vips' }, 'equal', true),
      'unknown segment "vips"; did you mean "vip"?',
      '未知的人群“vips”；是不是“vip”？',
    ],
    [
      'a ratio',
      leaf({ feature: 'share' }, 'greaterThan', 1),
      'changes of the ratio "share" are not told',
      '比率“share”的变化不会被通知',
    ],
    ['a known feature', leaf({ feature: 'showings' }, 'equal', 1), undefined, undefined],
    ['a known segment', leaf({ segment: 'vip' }, 'equal', true), undefined, undefined],
  ])('%s is told in both languages', (_, one, en, zh) => {
    const said = (language: 'en' | 'zh') =>
      inLanguage(personProblems({ any: [{ not: one }] }, known), language)[0]?.message;
    for (const [language, expected] of [
      ['en', en],
      ['zh', zh],
    ] as const)
      if (expected === undefined) expect(said(language)).toBeUndefined();
      else expect(said(language)).toContain(expected);
  });

  test.each<[string, LeafCondition, string | undefined]>([
    ['a count and a text', leaf({ feature: 'showings' }, 'equal', '5'), '"showings" is a whole number'],
    ['a list and a number', leaf({ feature: 'areas' }, 'greaterThan', 5), '"areas" is a list'],
    ['a value that an attribute never has', leaf({ feature: 'tier' }, 'equal', 'golden'), '"tier" is never "golden"'],
    ['a segment and a text', leaf({ segment: 'vip' }, 'equal', 'yes'), '"vip" is'],
    ['a value that nobody knows the type of', leaf({ feature: 'newest' }, 'equal', '5'), undefined],
    ['a count and a number', leaf({ feature: 'showings' }, 'greaterThan', 5), undefined],
  ])('%s do not go together where that can be told', (_, one, expected) => {
    const said = inLanguage(personMismatches({ all: [one] }, known), 'en')[0]?.message;
    if (expected === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(expected);
  });

  test('a rule by another key that waits for a time is refused: the person stands at the subject', () => {
    const absence: Condition = {
      all: [
        {
          fact: 'absence',
          params: { after: { type: 'a' }, no: { type: 'b' }, within: { hours: 1 } },
          operator: 'equal',
          value: true,
        },
        leaf({ segment: 'vip' }, 'equal', true),
      ],
    };
    expect(untimelyPersons(absence, true).map(({ code }) => code)).toEqual(['unfit-person']);
    expect(untimelyPersons(absence, false)).toEqual([]);
    expect(untimelyPersons({ all: [leaf({ segment: 'vip' }, 'equal', true)] }, true)).toEqual([]);
  });
});
