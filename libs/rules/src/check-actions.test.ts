import { RuleDraft } from '@hermes/contracts/rule';
import { MAX_ACTION_BYTES } from '@hermes/contracts/rule-action';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRule } from './check-rule.ts';
import { findingsOf } from './findings.ts';

const draft = {
  name: 'Big deal',
  eventTypes: ['deal.signed'],
  conditions: { all: [] },
  event: { type: 'big-deal' },
  severity: 'warning',
};
const place = { fact: 'event', path: '$.data.price' };
const emit = { kind: 'emit-event', type: 'deal.flagged', data: {} };
const set = { kind: 'set-attribute', attribute: 'tier', value: 'gold' };

const problemsOf = (...actions: unknown[]): string[] => {
  const checked = checkRule({ ...draft, actions });
  return checked.kind === 'ok' ? [] : checked.problems.map(({ pointer, code }) => `${pointer} ${code}`);
};
const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

describe('good actions', () => {
  test.each<[string, ...unknown[]]>([
    ['none'],
    ['an event of literals and places, at any depth', { ...emit, data: { a: 1, b: place, c: [{ d: place }, null] } }],
    ['an event of another subject', { ...emit, subject: 'listing:l-1' }],
    ['an event of the subject that the event names', { ...emit, subject: { fact: 'event', path: '$.data.broker' } }],
    ['an event of an entity that the event names', { ...emit, subject: { entity: 'listing', id: place } }],
    ['attributes', set, { ...set, value: null }, { ...set, value: 1.5 }, { ...set, value: place }],
    ['a feature as an attribute', { ...set, value: { fact: 'feature', params: { id: 'showings_7d' } } }],
    ['webhooks', { kind: 'webhook', webhook: 'w-1' }, { kind: 'webhook', webhook: 'w-2', data: { a: place } }],
    ['a hold', { kind: 'hold' }],
    ['data as deep as they may be', { ...emit, data: nested(10) }],
  ])('%s', (_, ...actions) => expect(problemsOf(...actions)).toEqual([]));
});

describe('what is wrong is said at its place', () => {
  test.each<[string, unknown[], string[]]>([
    ['a kind that there is none of', [{ kind: 'emit-evnt' }], ['/actions/0/kind unknown-action']],
    ['no kind', [{}, 7], ['/actions/0/kind missing-field', '/actions/1/kind missing-field']],
    ['a field that there is none of', [{ kind: 'hold', why: 1 }], ['/actions/0/why unknown-field']],
    ['no type of event', [{ ...emit, type: 'Deal Flagged' }], ['/actions/0/type invalid-field']],
    ['a type of the platform', [{ ...emit, type: 'hermes.attributes_set' }], ['/actions/0/type platform-type']],
    ['no data', [{ ...emit, data: undefined }], ['/actions/0/data invalid-field']],
    ['a place for all of the data', [{ ...emit, data: place }], ['/actions/0/data invalid-field']],
    ['a text that is no subject', [{ ...emit, subject: 'l-1' }], ['/actions/0/subject invalid-field']],
    [
      'an entity without an id',
      [{ ...emit, subject: { entity: 'Listing' } }],
      ['/actions/0/subject/entity invalid-field', '/actions/0/subject/id missing-field'],
    ],
    [
      'a fact that actions do not read',
      [{ ...set, value: { fact: 'element' } }],
      ['/actions/0/value/fact unknown-fact'],
    ],
    [
      'a path that cannot be read',
      [{ ...emit, data: { a: [{ b: { ...place, path: '$.data[?(1)]' } }] } }],
      ['/actions/0/data/a/0/b/path invalid-path'],
    ],
    [
      'a feature without its id',
      [{ ...set, value: { fact: 'feature' } }],
      ['/actions/0/value/params/id missing-field'],
    ],
    ['an attribute that is no name', [{ ...set, attribute: 'Tier!' }], ['/actions/0/attribute invalid-field']],
    ['an object as an attribute', [{ ...set, value: { a: 1 } }], ['/actions/0/value wrong-value']],
    ['a text that is too long for one', [{ ...set, value: 'x'.repeat(1_100) }], ['/actions/0/value wrong-value']],
    [
      'no webhook',
      [{ kind: 'webhook', url: 'http://a/' }],
      ['/actions/0/url unknown-field', '/actions/0/webhook missing-field'],
    ],
    ['two holds', [{ kind: 'hold' }, { kind: 'hold' }], ['/actions/1 held-twice']],
    ['too many', Array(11).fill(set), ['/actions too-many-actions']],
    ['data too deep', [{ ...emit, data: nested(11) }], [`/actions/0/data${'/a'.repeat(10)} too-deep`]],
    ['data too long', [{ ...emit, data: { a: 'x'.repeat(MAX_ACTION_BYTES) } }], ['/actions/0/data too-long']],
    [
      'a name that would be lost',
      [{ ...emit, data: JSON.parse('{"__proto__": 1}') as unknown }],
      ['/actions/0/data/__proto__ invalid-field'],
    ],
  ])('%s', (_, actions, expected) => expect(problemsOf(...actions)).toEqual(expected));

  test('no list', () =>
    expect(checkRule({ ...draft, actions: { kind: 'hold' } })).toMatchObject({ problems: [{ code: 'not-a-list' }] }));

  test('in Chinese for who asks for it', () =>
    expect(checkRule({ ...draft, actions: [{ kind: 'holt' }] }, 'zh')).toMatchObject({
      problems: [{ message: '未知的动作“holt”；是不是“hold”？' }],
    }));
});

test('what passes is what the schema takes, so that it can be read from Kafka', () => {
  const value = fc.oneof(
    fc.constantFrom<unknown>(
      place,
      'listing:l-1',
      'gold',
      null,
      1,
      true,
      {},
      [],
      { fact: 'x' },
      { entity: 'a', id: place },
    ),
    fc.jsonValue(),
  );
  const action = fc.record(
    {
      kind: fc.constantFrom('emit-event', 'set-attribute', 'webhook', 'hold', 'other'),
      type: fc.constantFrom<unknown>('deal.flagged', 'Bad', 1),
      attribute: fc.constantFrom<unknown>('tier', 'A', 1),
      webhook: fc.constantFrom<unknown>('w-1', 'W', 1),
      subject: value,
      value,
      data: fc.oneof(fc.dictionary(fc.string(), value), value),
    },
    { requiredKeys: ['kind'] },
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 3 }), (actions) => {
      const input: unknown = JSON.parse(JSON.stringify({ ...draft, actions }));
      const checked = checkRule(input);
      const invalid = checked.kind === 'rejected' && checked.problems.some(({ code }) => code === 'invalid-field');
      // A fault that only the schema has seen would have no words of ours.
      if (checked.kind === 'ok') expect(RuleDraft.safeParse(input).success).toBe(true);
      else if (!invalid) expect(checked.problems.map(({ message }) => message)).not.toContain('Invalid input');
    }),
    { seed: 1, numRuns: 3_000 },
  );
});

describe('what is doubtful', () => {
  const catalogue = ['deal.signed', 'deal.flagged'].map((type) => ({ type, schema: {} }));
  test.each([
    ['deal.flaged', ['/actions/1/type unknown-event-type']],
    ['deal.flagged', []],
    ['deal.signed', ['/actions/1/type feeds-itself']],
  ])('a rule on "deal.signed" that emits "%s"', (type, expected) => {
    const checked = checkRule({ ...draft, actions: [{ kind: 'hold' }, { ...emit, type }] });
    const { warnings } = findingsOf((checked as Extract<typeof checked, { kind: 'ok' }>).draft, {
      catalogue,
      same: [],
    });
    expect(warnings.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual(expected);
  });

  test('a field that events of the rule do not have, wherever an action reads it', () => {
    const schema = { type: 'object', additionalProperties: false, properties: { price: { type: 'number' } } };
    const types = [
      { type: 'deal.signed', schema },
      { type: 'deal.flagged', schema: {} },
    ];
    const misread = { fact: 'event', path: '$.data.pirce' };
    const actions = [
      { ...emit, subject: { entity: 'listing', id: misread }, data: { a: [place, { 'b/c': misread }] } },
      { ...set, value: misread },
    ];
    const checked = checkRule({ ...draft, actions });
    const { warnings } = findingsOf((checked as Extract<typeof checked, { kind: 'ok' }>).draft, {
      catalogue: types,
      same: [],
    });
    expect(warnings.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/actions/0/subject/id/path unknown-field',
      '/actions/0/data/a/1/b~1c/path unknown-field',
      '/actions/1/value/path unknown-field',
    ]);
    expect(warnings[0]!.text.en).toContain('did you mean "$.data.price"?');
  });
});
