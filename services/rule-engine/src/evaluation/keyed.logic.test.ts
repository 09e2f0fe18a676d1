/** Guards: rules that go by another key, or ask features of one, decide what a plain model decides, on any number of partitions and in any order of arrival. */
import type { Feature } from '@hermes/contracts/feature';
import type { KeyField } from '@hermes/contracts/key-field';
import { type Rule, suppressionSeconds } from '@hermes/contracts/rule';
import { featureOf, hermesEvent } from '@hermes/profiles/testing/features';
import { type PlainEvent, recompute } from '@hermes/profiles/testing/recompute';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RoutedRun } from '../testing/routed-run.ts';
import { countedFeatureId, type RuleSet, ruleSetOf } from './rule-set.ts';

const DEVICE: KeyField = { entity: 'device', path: '$.data.device' };
const LISTING: KeyField = { entity: 'listing', path: '$.data.listing' };
const CUSTOMER: KeyField = { entity: 'customer', path: '$.data.customer' };
/** Another field, of the same kind of keys. */
const OTHER_LISTING: KeyField = { entity: 'listing', path: '$.data.other' };

const price = '$.data.price';
const by = (key: KeyField) => ({ key: { kind: 'field' as const, ...key } });
const FEATURES: readonly Feature[] = [
  featureOf({ compute: { kind: 'count' }, eventTypes: ['a', 'b'] }, 'mine', 1),
  featureOf({ compute: { kind: 'count' }, eventTypes: ['a', 'b'], ...by(LISTING) }, 'of_listing', 2),
  featureOf(
    {
      compute: { kind: 'sum', path: price },
      window: { kind: 'sliding', length: '1h' },
      group: 'apart',
      ...by(DEVICE),
    },
    'of_device',
    3,
  ),
  featureOf({ compute: { kind: 'distinct-count', path: price }, ...by(CUSTOMER) }, 'of_customer', 4),
  featureOf({ compute: { kind: 'last', path: price }, eventTypes: ['a', 'b'], ...by(OTHER_LISTING) }, 'of_other', 5),
];

const askingFor = (ids: readonly string[], more: Partial<Rule> = {}): Rule => ({
  id: `asks-${ids.join('-')}`.replaceAll('_', '-'),
  project: 'demo',
  name: 'Asks',
  version: 1,
  eventTypes: ['a'],
  conditions: {
    any: [
      { fact: 'event', path: '$.type', operator: 'notEqual', value: '' },
      ...ids.map((id) => ({ fact: 'feature' as const, params: { id, version: 1 }, operator: 'equal', value: 0 })),
    ],
  },
  event: { type: 'asked' },
  severity: 'info',
  alert: false,
  publishedAt: '2026-03-01T00:00:00.000Z',
  ...more,
});

const setOf = (rules: readonly Rule[], features: readonly Feature[] = FEATURES, number = 1): RuleSet =>
  ruleSetOf(number, [
    ...rules.map((rule) => ({ id: rule.id, value: Buffer.from(JSON.stringify(rule)) })),
    ...features.map((one) => ({ id: countedFeatureId(one.slot), value: Buffer.from(JSON.stringify(one)) })),
  ]);

const start = Date.UTC(2026, 2, 1);
let events = 0;
const plain = (data: Readonly<Record<string, unknown>>, more: Partial<PlainEvent> = {}): PlainEvent => ({
  id: `e-${events++}`,
  source: '/test',
  type: 'a',
  subject: 'broker:b-1',
  timeMs: start,
  receivedAtMs: start,
  data,
  ...more,
});
const names = (run: RoutedRun, event: PlainEvent): readonly string[] =>
  run.decide(hermesEvent(event)).map(({ ruleId, key }) => `${ruleId} ${key ?? '-'}`);

/** The key that an event names, in the plainest way. */
function keyOf(event: PlainEvent, field: KeyField | undefined): string | undefined {
  if (field === undefined) return event.subject;
  const value = event.data[field.path.replace('$.data.', '')];
  const isId = (typeof value === 'string' && value !== '' && !value.includes(' ')) || typeof value === 'number';
  return isId ? `${field.entity}:${value}` : undefined;
}

/** What each feature is on an event, of all that came up to it, with the key that it is of. */
function expectedFeatures(rule: Rule, seen: readonly PlainEvent[]): Readonly<Record<string, unknown>> {
  const event = seen.at(-1)!;
  const asked = FEATURES.filter(({ id }) => JSON.stringify(rule.conditions).includes(`"${id}"`));
  return Object.fromEntries(
    asked.flatMap((feature) => {
      const field = feature.key.kind === 'field' ? feature.key : undefined;
      const key = keyOf(event, field);
      if (key === undefined) return [];
      const those = seen.filter((one) => keyOf(one, field) === key);
      const { value } = recompute(feature, those, event.receivedAtMs);
      return [[feature.id, field === undefined ? { value } : { value, key }]];
    }),
  );
}

/** What the rules decide on events that come one after another, as `rule event key features`. */
function expectedDecisions(rules: readonly Rule[], list: readonly PlainEvent[]): readonly unknown[] {
  const until = new Map<string, number>();
  return list.flatMap((event, i) =>
    rules.flatMap((rule) => {
      const key = keyOf(event, rule.key);
      if (!rule.eventTypes.includes(event.type) || key === undefined) return [];
      const periodMs = rule.suppression === undefined ? 0 : suppressionSeconds(rule.suppression) * 1_000;
      const memory = `${rule.id} ${key}`;
      if (event.receivedAtMs < (until.get(memory) ?? 0)) return [];
      until.set(memory, event.receivedAtMs + periodMs);
      return [[event.id, rule.id, key, event.subject, expectedFeatures(rule, list.slice(0, i + 1))]];
    }),
  );
}

const actualDecisions = (run: RoutedRun): readonly unknown[] =>
  run.decisions.map(({ event, ruleId, key, subject, features = {} }) => [
    event.id,
    ruleId,
    key ?? subject,
    subject,
    Object.fromEntries(
      Object.entries(features).map(([id, { value, key: of }]) => [
        id,
        of === undefined ? { value } : { value, key: of },
      ]),
    ),
  ]);

const text = (one: unknown): string => JSON.stringify(one);
const inOrder = (list: readonly unknown[]): readonly unknown[] => list.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));

const idOf = fc.oneof(fc.constantFrom('1', '2', 3), fc.constantFrom(undefined, null, '', 'a b', ['1'], true));
const eventList = fc
  .array(
    fc.record({
      subject: fc.constantFrom('broker:b-1', 'broker:b-2', 'listing:1'),
      type: fc.constantFrom('a', 'a', 'b', 'c'),
      laterMs: fc.nat(1_200_000),
      data: fc.record({ device: idOf, listing: idOf, customer: idOf, other: idOf, price: fc.nat(4) }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((list) => {
    let nowMs = start;
    return list.map(({ laterMs, ...rest }, i): PlainEvent => {
      nowMs += laterMs;
      return { ...rest, id: `e-${i}`, source: '/test', timeMs: nowMs, receivedAtMs: nowMs };
    });
  });
const ruleList = fc
  .array(
    fc.record({
      key: fc.constantFrom(undefined, DEVICE, LISTING, CUSTOMER),
      asked: fc.subarray(FEATURES.map(({ id }) => id)),
      eventTypes: fc.constantFrom<string[]>(['a'], ['a', 'c']),
      minutes: fc.constantFrom(0, 30),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((list) =>
    list.map(({ key, asked, eventTypes, minutes }, i): Rule =>
      askingFor(asked, {
        id: `r-${i}`,
        eventTypes,
        ...(key === undefined ? {} : { key }),
        ...(minutes === 0 ? {} : { suppression: { minutes } }),
      }),
    ),
  );

test('on events one after another, 1 and 8 partitions decide what the model decides, with the features that it sees', () => {
  let decisions = 0;
  fc.assert(
    fc.property(ruleList, eventList, (rules, list) => {
      const expected = inOrder(expectedDecisions(rules, list));
      for (const partitions of [1, 8]) {
        const run = new RoutedRun(setOf(rules), partitions);
        for (const event of list) run.decide(hermesEvent(event));
        expect(inOrder(actualDecisions(run))).toEqual(expected);
        expect(run.dead).toEqual([]);
        expect(run.keysStored().filter((key) => key.startsWith('~gathered'))).toEqual([]);
      }
      decisions += expected.length;
    }),
    { numRuns: 300 },
  );
  expect(decisions).toBeGreaterThan(1_000);
});

test('whatever comes first, every event is decided once, counted once before it is decided, and counted in the order of its subject', () => {
  fc.assert(
    fc.property(ruleList, eventList, fc.infiniteStream(fc.nat(1_000)), (rules, list, choices) => {
      const unsuppressed = rules.map(({ suppression: _, ...rule }) => rule);
      const run = new RoutedRun(setOf(unsuppressed), 8);
      const left = [...list];
      while (left.length > 0 || run.waiting > 0) {
        const choice = choices.next().value;
        if (left.length > 0 && (run.waiting === 0 || choice % 3 === 0)) run.take(hermesEvent(left.shift()!));
        else run.deliver(choice);
      }
      const expected = expectedDecisions(unsuppressed, list) as readonly (readonly unknown[])[];
      const made = actualDecisions(run) as readonly (readonly unknown[])[];
      const withoutFeatures = (all: readonly (readonly unknown[])[]): readonly unknown[] =>
        inOrder(all.map((one) => one.slice(0, 4)));
      expect(withoutFeatures(made)).toEqual(withoutFeatures(expected));
      // Each count is one of those that stood there with the event itself: never 0, never more than there are events of the key.
      for (const [eventId, , , , features] of made) {
        const event = list.find(({ id }) => id === eventId)!;
        const { of_listing: seen } = features as Readonly<Record<string, { readonly value: number } | undefined>>;
        if (seen === undefined) continue;
        const all = list.filter((one) => keyOf(one, LISTING) === keyOf(event, LISTING) && one.type !== 'c');
        const before = all.filter(
          ({ subject, receivedAtMs }) => subject === event.subject && receivedAtMs < event.receivedAtMs,
        );
        expect(seen.value).toBeLessThanOrEqual(all.length);
        expect(seen.value).toBeGreaterThanOrEqual(before.length + (event.type === 'c' ? 0 : 1));
      }
    }),
    { numRuns: 300 },
  );
});

describe('an event', () => {
  const data = { device: 'd-1', listing: 'l-1', customer: 'c-1', other: 'l-1', price: 1 };

  test('goes to no other key where no rule needs one', () => {
    const run = new RoutedRun(setOf([askingFor(['mine'])], FEATURES.slice(0, 1)), 8);
    expect(names(run, plain(data))).toEqual(['asks-mine -']);
    expect([run.sent, run.keysStored()]).toEqual([0, []]);
  });

  test('without the field that a rule goes by is of no interest to it', () => {
    const run = new RoutedRun(setOf([askingFor([], { key: DEVICE })], []), 8);
    expect(names(run, plain(data))).toEqual(['asks- device:d-1']);
    expect(names(run, plain({ listing: 'l-1' }))).toEqual([]);
    expect(run.sent).toBe(1);
  });

  test('without the field that a feature goes by shows the rule nothing in its place', () => {
    const rule = askingFor(['of_listing', 'of_device']);
    const [decision] = new RoutedRun(setOf([rule]), 8).decide(hermesEvent(plain({ device: 'd-1', price: 2 })));
    expect(decision?.features).toMatchObject({ of_device: { value: 2, key: 'device:d-1' } });
    expect(Object.keys(decision?.features ?? {})).toEqual(['of_device']);
  });

  test('goes once to each key, whatever number of rules and features need it there', () => {
    const rules = [
      askingFor([], { id: 'one', key: LISTING }),
      askingFor(['of_listing'], { id: 'two', key: LISTING }),
      askingFor(['of_listing', 'of_other'], { id: 'three', key: LISTING }),
    ];
    const run = new RoutedRun(setOf(rules, [FEATURES[1]!, FEATURES[4]!]), 8);
    expect(names(run, plain(data)).toSorted()).toEqual(['one', 'three', 'two'].map((id) => `${id} listing:l-1`));
    expect(run.sent).toBe(1);
  });

  test('counts at a key though no rule looks at its type', () => {
    const run = new RoutedRun(setOf([askingFor(['of_listing'])]), 8);
    expect(names(run, plain(data, { type: 'b' }))).toEqual([]);
    const [decision] = run.decide(hermesEvent(plain(data)));
    expect(decision?.features).toMatchObject({ of_listing: { value: 2, key: 'listing:l-1' } });
  });

  test('is decided by the rules that were in force where it came in, and once, though they change while it is on its way', () => {
    const rule = askingFor(['of_listing', 'of_device'], { id: 'r' });
    const later: readonly Rule[] = [
      { ...rule, version: 2, key: DEVICE },
      { ...rule, version: 2, conditions: askingFor(['mine']).conditions },
    ];
    for (const changed of later) {
      const run = new RoutedRun(setOf([rule]), 8);
      run.take(hermesEvent(plain(data)));
      run.publish(setOf([changed], FEATURES, 2));
      run.settle();
      expect(run.decisions.map(({ ruleVersion }) => ruleVersion)).toEqual([1]);
      expect(run.decide(hermesEvent(plain(data))).map(({ ruleVersion }) => ruleVersion)).toEqual([2]);
    }
  });

  test('is named by a decision with its subject, in whose partition it lands, and with the key', () => {
    const run = new RoutedRun(setOf([askingFor(['mine'], { key: DEVICE })]), 8);
    const [decision] = run.decide(hermesEvent(plain(data)));
    expect(decision).toMatchObject({ subject: 'broker:b-1', key: 'device:d-1', features: { mine: { value: 1 } } });
    expect(decision?.features?.['mine']?.key).toBeUndefined();
  });
});

test('a rule that is suppressed goes by its key, whoever the subject is, and keeps no key in the clear', () => {
  const run = new RoutedRun(setOf([askingFor([], { key: DEVICE, suppression: { minutes: 10 } })], []), 8);
  const at = (minute: number, subject: string, device: string): readonly string[] =>
    names(run, plain({ device }, { subject, receivedAtMs: start + minute * 60_000 }));
  expect(at(0, 'broker:b-1', 'd-1')).toEqual(['asks- device:d-1']);
  expect(at(1, 'broker:b-2', 'd-1')).toEqual([]);
  expect(at(2, 'broker:b-2', 'd-2')).toEqual(['asks- device:d-2']);
  expect(at(11, 'broker:b-3', 'd-1')).toEqual(['asks- device:d-1']);
  expect(run.keysStored().join(' ')).not.toContain('d-1');
});
