import type { Decision } from '@hermes/contracts/decision';
import { Decision as DecisionSchema } from '@hermes/contracts/decision';
import { HermesEvent } from '@hermes/contracts/event';
import { MAX_EVENT_BYTES } from '@hermes/contracts/inbox-record';
import type { Rule } from '@hermes/contracts/rule';
import { MAX_ACTION_BYTES, type RuleAction } from '@hermes/contracts/rule-action';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actionEvents } from './action-events.ts';
import { decide, dryRun } from './decide.ts';
import { givenFeatures } from './feature-fact.ts';
import { featuresOfRule, withVersionsOfFeatures } from './features-of-rule.ts';
import { resolveActions } from './resolve-actions.ts';
import { RuleIndex } from './rule-index.ts';

const at = '2026-03-01T08:00:00.000Z';
const event: HermesEvent = {
  specversion: '1.0',
  id: 'e-1',
  source: '/test',
  type: 'deal.signed',
  subject: 'broker:b-17',
  time: at,
  project: 'demo',
  receivedat: at,
  data: {
    price: 9,
    listing: 'l-7',
    buyer: 'customer:c-1',
    tags: ['new', 'fast'],
    note: 'x'.repeat(2_000),
    blank: 'a b',
  },
};
const ruleOf = (actions: readonly RuleAction[], more: Partial<Rule> = {}): Rule => ({
  id: 'big',
  project: 'demo',
  name: 'Big',
  version: 1,
  eventTypes: ['deal.signed'],
  conditions: { all: [] },
  event: { type: 'big' },
  severity: 'info',
  alert: true,
  actions: [...actions],
  publishedAt: at,
  ...more,
});
const of = (path: string) => ({ fact: 'event', path }) as const;
const price = of('$.data.price');
const feature = (id: string) => ({ fact: 'feature', params: { id } }) as const;

function decided(actions: readonly RuleAction[], more: Partial<Rule> = {}, of: HermesEvent = event): Decision {
  const facts = { event: of, feature: givenFeatures({ showings: 3, nobody: null }) };
  const { decisions } = decide(new RuleIndex([ruleOf(actions, more)]), facts, { acceptedAt: at, decidedAt: at });
  // What goes over Kafka is what is read there.
  return DecisionSchema.parse(JSON.parse(JSON.stringify(decisions[0])));
}
const emit = (data: Record<string, unknown>, subject?: unknown): RuleAction =>
  ({ kind: 'emit-event', type: 'deal.flagged', data, ...(subject === undefined ? {} : { subject }) }) as RuleAction;
const set = (value: unknown): RuleAction => ({ kind: 'set-attribute', attribute: 'tier', value }) as RuleAction;

describe('an action with the values of the event', () => {
  test.each<[string, RuleAction, object]>([
    ['literals', emit({ a: 1, b: [null, { c: true }] }), { data: { a: 1, b: [null, { c: true }] } }],
    [
      'places, however deep',
      emit({ a: price, b: [{ c: of('$.data.tags') }] }),
      { data: { a: 9, b: [{ c: ['new', 'fast'] }] } },
    ],
    [
      'parts of the event itself',
      emit({ of: of('$.id'), by: of('$.subject') }),
      { data: { of: 'e-1', by: 'broker:b-17' } },
    ],
    ['a feature', emit({ n: feature('showings') }), { data: { n: 3 } }],
    ['a feature that nothing was counted for', emit({ n: feature('nobody') }), { data: { n: null } }],
    ['the subject of the event', emit({}), { subject: 'broker:b-17', depth: 1 }],
    ['another subject', emit({}, 'team:north'), { subject: 'team:north' }],
    ['a subject that the event names', emit({}, of('$.data.buyer')), { subject: 'customer:c-1' }],
    [
      'an entity that the event names',
      emit({}, { entity: 'listing', id: of('$.data.listing') }),
      { subject: 'listing:l-7' },
    ],
    ['an entity by a number', emit({}, { entity: 'lot', id: price }), { subject: 'lot:9' }],
    [
      'an attribute',
      set(price),
      { kind: 'set-attribute', attribute: 'tier', value: 9, subject: 'broker:b-17', depth: 1 },
    ],
    ['an attribute that is taken back', set(null), { value: null }],
    ['a webhook', { kind: 'webhook', webhook: 'w-1', data: { a: price } }, { webhook: 'w-1', data: { a: 9 } }],
    ['a webhook without data', { kind: 'webhook', webhook: 'w-1' }, { kind: 'webhook', webhook: 'w-1' }],
  ])('%s', (_, action, expected) => expect(decided([action]).actions).toEqual([expect.objectContaining(expected)]));
});

describe('an action that cannot be done is skipped with the reason, and the others go on', () => {
  test.each<[string, RuleAction, string, string]>([
    ['no such field', emit({ a: price, b: { c: of('$.data.rebate') } }), 'missing-value', 'data/b/c'],
    ['no such feature', set(feature('deals')), 'missing-value', 'value'],
    ['no subject there', emit({}, of('$.data.seller')), 'missing-value', 'subject'],
    ['a text that is no subject', emit({}, of('$.data.listing')), 'invalid-subject', '"l-7"'],
    ['a blank in an id', emit({}, { entity: 'listing', id: of('$.data.blank') }), 'invalid-subject', 'listing:a b'],
    ['a list as a subject', emit({}, of('$.data.tags')), 'invalid-subject', 'a list'],
    ['a list as an attribute', set(of('$.data.tags')), 'invalid-value', 'value'],
    ['a text that is too long for one', set(of('$.data.note')), 'invalid-value', '1024'],
    [
      'more than an action may carry',
      emit(Object.fromEntries(Array.from({ length: 5 }, (_, i) => [i, of('$.data.note')]))),
      'too-large',
      'data',
    ],
  ])('%s', (_, action, code, reason) => {
    const { actions } = decided([set(1), action, set(2)]);
    expect(actions).toEqual([
      expect.objectContaining({ value: 1 }),
      { kind: 'skipped', action: action.kind, code, reason: expect.stringContaining(reason) },
      expect.objectContaining({ value: 2 }),
    ]);
  });
});

test('an action that names the whole event hundreds of times writes it down not once', () => {
  let written = 0;
  const data = { ...event.data, toJSON: () => (written += 1) };
  Object.defineProperty(data, 'toJSON', { enumerable: false });
  const action = emit(Object.fromEntries(Array.from({ length: 360 }, (_, i) => [i, of('$.data')])));
  const actions = resolveActions(ruleOf([action]), { event: { ...event, data } });
  expect([actions, written]).toEqual([[expect.objectContaining({ kind: 'skipped', code: 'too-large' })], 0]);
});

test.each([
  ['no actions', [], {}],
  ['a rule in the shadow', [set(1), { kind: 'hold' } as const], { shadow: true }],
])('%s: a decision says nothing of them', (_, actions, more) => {
  const decision = decided(actions, more);
  expect([decision.actions, decision.held, actionEvents(decision, at)]).toEqual([undefined, undefined, []]);
});

test('a decision with a hold among its actions is held', () =>
  expect(decided([set(1), { kind: 'hold' }])).toMatchObject({ held: true, actions: [{ value: 1 }, { kind: 'hold' }] }));

test.each<[string, Partial<Rule>, object | undefined]>([
  ['that fires', {}, [{ value: 3 }, { kind: 'skipped', code: 'missing-value' }]],
  ['that does not', { conditions: { any: [{ not: { all: [] } }] } }, undefined],
  ['in the shadow', { shadow: true }, undefined],
])('a dry run of a rule %s says what it would do', (_, more, expected) => {
  const given = { ...set(feature('showings')), subject: 'broker:b-1' } as RuleAction;
  const rule = ruleOf([given, emit({})], more);
  // A person gives no subject.
  const { actions } = dryRun(rule, { type: 'deal.signed', data: {} }, { features: { showings: 3 } });
  if (expected === undefined) expect(actions).toBeUndefined();
  else expect(actions?.map((action) => ('value' in action ? { value: action.value } : action))).toMatchObject(expected);
});

describe('the events that actions become', () => {
  test('keep their ids however often they are asked for, and each has its own', () => {
    const decision = decided([emit({}), set(1), set(2), { kind: 'hold' }, { kind: 'webhook', webhook: 'w' }]);
    const [first, again] = [actionEvents(decision, at), actionEvents(decision, '2026-03-01T09:00:00.000Z')];
    expect(first).toHaveLength(3);
    expect(new Set(first.map(({ id }) => id)).size).toBe(3);
    expect(again.map(({ id, source }) => [id, source])).toEqual(first.map(({ id }) => [id, 'hermes/rules/big']));
  });

  test('are as the rule says, at the time of the event that was decided on', () => {
    const [emitted, written] = actionEvents(decided([emit({ a: price }), set('gold')]), '2026-03-01T09:00:00.000Z');
    expect(emitted).toMatchObject({
      type: 'deal.flagged',
      time: at,
      receivedat: '2026-03-01T09:00:00.000Z',
      data: { a: 9 },
    });
    expect(written).toMatchObject({
      type: 'hermes.attributes_set',
      data: { attributes: { tier: 'gold' }, by: 'rule:big' },
    });
  });

  test.each([
    [undefined, 1],
    [1, 2],
    [5, 6],
    [6, 6],
  ])('on an event of depth %s have depth %s', (hermesdepth, expected) => {
    const on = hermesdepth === undefined ? event : { ...event, hermesdepth };
    const events = actionEvents(decided([emit({}), set(1)], {}, on), at);
    expect(events.map((one) => one.hermesdepth)).toEqual([expected, expected]);
  });

  test('are events that ingest takes, whatever stands in the event', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.string({ maxLength: 9_000 }), fc.constant('listing:l-1'));
    fc.assert(
      fc.property(anything, anything, (x, y) => {
        const on = { ...event, data: JSON.parse(JSON.stringify({ x, y })) as Record<string, unknown> };
        const [a, b] = [of('$.data.x'), of('$.data.y')];
        const actions = [emit({ a }, b), set(a), emit({ a, b }), emit({}, { entity: 'listing', id: a })];
        const decision = decided(actions, {}, on);
        expect(decision.actions).toHaveLength(4);
        for (const emitted of actionEvents(decision, at)) {
          expect(HermesEvent.safeParse(emitted).error).toBeUndefined();
          expect(Buffer.byteLength(JSON.stringify(emitted))).toBeLessThan(MAX_EVENT_BYTES);
          expect(Buffer.byteLength(JSON.stringify(emitted.data))).toBeLessThan(MAX_ACTION_BYTES + 100);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('a name such as __proto__ in what the event brings stays a field', () => {
    const on = { ...event, data: JSON.parse('{"x": {"__proto__": {"a": 1}}}') as Record<string, unknown> };
    const [emitted] = actionEvents(decided([emit({ x: of('$.data.x') })], {}, on), at);
    expect(JSON.stringify(emitted!.data)).toBe('{"x":{"__proto__":{"a":1}}}');
  });
});

describe('features that only actions ask for', () => {
  const draft = ruleOf([
    set(feature('showings')),
    emit({ a: [feature('deals'), price] }, { entity: 'x', id: feature('last') }),
  ]);
  test('are asked for by the rule', () =>
    expect(
      featuresOfRule(draft)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['deals', 'last', 'showings']));

  test('get their version written in, and nothing else changes', () => {
    const placed = withVersionsOfFeatures(draft, () => 4);
    expect(featuresOfRule(placed).map(({ version }) => version)).toEqual([4, 4, 4]);
    expect(JSON.stringify(placed.actions).replaceAll(',"version":4', '')).toBe(JSON.stringify(draft.actions));
  });

  test('are said in the decision', () =>
    expect(decided([set(feature('showings'))]).features).toMatchObject({ showings: { value: 3 } }));
});
