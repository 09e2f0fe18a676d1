/** Guards: whatever a form gives to a template, what comes back is a rule whose tests pass, on the project's own events. */
import type { EventTypeDraft } from '@hermes/contracts/event-type';
import { RuleDraft } from '@hermes/contracts/rule';
import { CHECKS } from '@hermes/itinerary/catalogue';
import type { FindingKind } from '@hermes/itinerary/finding';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRule } from '../check-rule.ts';
import { findingsOf } from '../findings.ts';
import { failedTests } from '../rule-tests.ts';
import { ruleTemplates, templateDraft } from './rule-template.ts';

type Places = EventTypeDraft['places'];
const place = (name: string, system: Places[number]['system']): Places => [
  { name, longitude: 'longitude', latitude: 'latitude', system },
];
const PLACES: Readonly<Record<string, Places>> = {
  'broker.location': place('position', 'WGS84'),
  'appointment.created': place('listing', 'BD-09'),
  'showing.checked_in': place('position', 'WGS84'),
  'showing.held': [],
  'agent.ping': [
    { name: 'location', longitude: 'lng', latitude: 'lat', system: 'GCJ-02' },
    { name: 'home', longitude: 'homeLng', latitude: 'homeLat', system: 'GCJ-02' },
  ],
};
const around = { placesOf: (type: string) => PLACES[type], timeZone: 'Asia/Shanghai', language: 'en' } as const;
const kinds = ruleTemplates().map(({ kind }) => kind as FindingKind);

const draftOf = (kind: FindingKind, given: Parameters<typeof templateDraft>[1]): RuleDraft => {
  const made = templateDraft(kind, given, around);
  if (made.kind === 'rejected') throw new Error(JSON.stringify(made.problems));
  return made.draft;
};

describe.each(kinds)('%s', (kind) => {
  test('as it is, it is a rule that passes its tests, of which one fires and one does not', () => {
    const draft = draftOf(kind, {});
    expect(RuleDraft.parse(draft)).toEqual(draft);
    expect(draft.tests?.map(({ fires }) => fires)).toEqual([true, false]);
    expect(checkRule(draft)).toMatchObject({ kind: 'ok' });
    expect(failedTests(draft)).toEqual([]);
    expect(findingsOf(draft, { catalogue: [], same: [] }).problems).toEqual([]);
  });

  test('counted over a week, it fires at the fourth, and not at one alone', () => {
    const draft = draftOf(kind, { atLeast: 4, withinDays: 7 });
    expect(draft.tests?.map(({ fires }) => fires)).toEqual([true, false]);
    const [found] = draft.tests!;
    // Without the first of the three before it.
    const isWhole = (found!.earlier!.length + 1) % 4 === 0;
    const third = found!.earlier!.slice((found!.earlier!.length + 1) / 4);
    expect([kind, isWhole]).toEqual([kind, true]);
    expect(failedTests({ ...draft, tests: [{ ...found!, earlier: third, fires: false }] })).toEqual([]);
  });

  test('with any parameters of the form, its tests pass, or it has none', () => {
    const fields = Object.fromEntries(
      Object.entries(CHECKS[kind].fields)
        .filter(([, { kind: of }]) => of === 'number')
        .map(([name, field]) => {
          if (field.kind !== 'number') throw new Error(name);
          return [name, fc.option(fc.double({ min: field.min, max: field.max, noNaN: true }), { nil: field.default })];
        }),
    );
    let tested = 0;
    // As the form is when it opens: random numbers alone may all be such that no short story is a test.
    const asOpened = Object.fromEntries(
      Object.entries(CHECKS[kind].fields).flatMap(([name, field]) =>
        field.kind === 'number' ? [[name, field.default]] : [],
      ),
    );
    fc.assert(
      fc.property(fc.record(fields), (parameters) => {
        const made = templateDraft(kind, { parameters }, around);
        if (made.kind === 'rejected') return;
        tested += Number(made.draft.tests!.length > 0);
        expect(failedTests(made.draft)).toEqual([]);
      }),
      { numRuns: 40, examples: [[asOpened]] },
    );
    expect(tested).toBeGreaterThan(0);
  });
});

test('places and fields of the project are written into the rule, with their coordinate systems', () => {
  const draft = draftOf('impossible-travel', {
    events: { fix: { type: 'agent.ping', position: 'location', brokerId: '$.data.agent' } },
  });
  expect(draft.eventTypes).toEqual(['agent.ping']);
  expect(draft.conditions).toMatchObject({
    all: [
      {
        params: {
          check: 'impossible-travel',
          parameters: { drivingKmh: 150 },
          events: {
            fix: [
              {
                type: 'agent.ping',
                brokerId: '$.data.agent',
                position: { longitude: '$.data.lng', latitude: '$.data.lat', system: 'GCJ-02' },
              },
            ],
          },
        },
      },
    ],
  });
  expect(draft.tests?.[0]?.event.data).toMatchObject({ agent: 'b-1', lng: expect.any(Number) as number });
});

test('an appointment’s place is the catalogue’s; without a catalogue a position is that of the phone', () => {
  const far = draftOf('check-in-far-away', {});
  expect(far.conditions).toMatchObject({
    all: [{ params: { events: { appointment: [{ listingPosition: { system: 'BD-09' } }] } } }],
  });
  const bare = templateDraft('impossible-travel', {}, { ...around, placesOf: () => undefined });
  expect(bare).toMatchObject({
    draft: {
      conditions: {
        all: [{ params: { events: { fix: [{ position: { longitude: '$.data.longitude', system: 'WGS84' } }] } } }],
      },
    },
  });
});

test.each<[string, Parameters<typeof templateDraft>[1], string, string]>([
  ['a number beyond its limit', { parameters: { waitMinutes: 0 } }, '/parameters/waitMinutes', '约定时间后等待'],
  ['an unknown parameter', { parameters: { waitMinute: 5 } }, '/parameters/waitMinute', '是不是“waitMinutes”？'],
  [
    'a place that the type has not',
    { events: { appointment: { type: 'appointment.created', listingPosition: 'listin' } } },
    '/events/appointment/listingPosition',
    '是不是“listing”？',
  ],
])('what is wrong is said with its place in the form, in Chinese too: %s', (_, given, pointer, words) => {
  expect(templateDraft('no-show', given, { ...around, language: 'zh' })).toMatchObject({
    kind: 'rejected',
    problems: [{ pointer, message: expect.stringContaining(words) as string }],
  });
});

test('every template can be shown as a form in both languages', () => {
  for (const { title, description, fields } of ruleTemplates())
    for (const text of [title, description, ...fields.map((field) => field.title)]) {
      expect(text.en).toMatch(/[a-z]/u);
      expect(text.zh).toMatch(/\p{Script=Han}/u);
    }
  expect(kinds).toHaveLength(12);
});
