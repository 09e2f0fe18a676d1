/** Guards: a field that no event has is told with what was probably meant, one that only some have as such, and nothing is said where nobody can tell. */
import type { Condition } from '@hermes/contracts/rule';
import { expect, test } from 'vitest';
import { askedComparisons, askedTypes, placesOf } from './asked-comparison.ts';
import { EVENT_TYPES } from './testing/event-types.ts';
import { unknownField } from './unknown-fields.ts';
import { unknownTypes } from './unknown-types.ts';

const leaf = (
  path: string,
  value: unknown = 1,
  operator = 'equal',
  fact: 'event' | 'element' = 'event',
): Condition => ({
  fact,
  path,
  operator,
  value,
});
const DEAL = ['deal.signed'];
const BOTH = ['deal.signed', 'showing.ended'];

function findings(condition: Condition, types: readonly string[]) {
  const asked = askedTypes(EVENT_TYPES.filter(({ type }) => types.includes(type)));
  return [...askedComparisons(condition, '/conditions', asked)].flatMap((comparison) =>
    placesOf(comparison).flatMap((place) => unknownField(place, comparison.types) ?? []),
  );
}

test.each<[string, Condition, readonly string[], readonly [pointer: string, part: string][]]>([
  ['all is known', { all: [leaf('$.data.rooms'), leaf('$.subject'), leaf('$.data.home.id')] }, DEAL, []],
  ['there is no path', { fact: 'event', operator: 'equal', value: 1 }, DEAL, []],
  [
    'the end of the name is forgotten, and a letter',
    leaf('$.data.totlPrice'),
    DEAL,
    [['/conditions/path', '"deal.signed" has no field "totlPrice"; did you mean "$.data.totalPriceCny"?']],
  ],
  ['data is forgotten', leaf('$.rooms'), DEAL, [['/conditions/path', 'did you mean "$.data.rooms"?']]],
  [
    'it stands elsewhere',
    leaf('$.data.latitude'),
    DEAL,
    [['/conditions/path', 'did you mean "$.data.home.latitude"?']],
  ],
  [
    'an attribute is mistyped, what is below is kept',
    leaf('$.dta.home.id'),
    DEAL,
    [['/conditions/path', 'an event has no field "dta"; did you mean "$.data.home.id"?']],
  ],
  [
    'nothing is near',
    leaf('$.data.home.zzz'),
    DEAL,
    [['/conditions/path', 'has no field "zzz"; known: id, longitude, latitude']],
  ],
  [
    'it is below a number',
    leaf('$.data.rooms.count'),
    DEAL,
    [['/conditions/path', 'no field "count"; there are no fields below it']],
  ],
  ['it is below a list', leaf('$.data.tags.name'), DEAL, [['/conditions/path', 'ask its elements with "anyElement"']]],
  [
    'it is the length of a list or a text',
    { all: [leaf('$.data.tags.length'), leaf('$.data.district.length')] },
    DEAL,
    [],
  ],
  [
    'a list is indexed',
    leaf('$.data.listings[0].priceCn'),
    DEAL,
    [['/conditions/path', '"$.data.listings[0].priceCny"']],
  ],
  [
    'all of a list are meant',
    leaf('$.data.listings[*].prcCny'),
    DEAL,
    [['/conditions/path', '"$.data.listings[*].priceCny"']],
  ],
  [
    'it is the other place of a comparison',
    { not: leaf('$.data.areaM2', { fact: 'event', path: '$.data.area' }, 'lessThan') },
    DEAL,
    [['/conditions/not/value/path', 'did you mean "$.data.areaM2"?']],
  ],
  [
    'it is what something is near to',
    leaf('$.time', { of: { fact: 'event', path: '$.data.signdAt' }, minutes: 5 }, 'within'),
    DEAL,
    [['/conditions/value/of/path', 'did you mean "$.data.signedAt"?']],
  ],
  [
    'it is one of an element, or of the event beside it',
    leaf('$.data.listings', { all: [leaf('$.prise', 1, 'equal', 'element'), leaf('$.data.distict')] }, 'anyElement'),
    DEAL,
    [
      [
        '/conditions/value/all/0/path',
        'an element of this list of "deal.signed" has no field "prise"; did you mean "$.priceCny"?',
      ],
      ['/conditions/value/all/1/path', 'did you mean "$.data.district"?'],
    ],
  ],
  [
    'it is one of elements that are counted',
    leaf('$.data.listings', { that: { all: [leaf('$.ditrict', 1, 'equal', 'element')] }, atLeast: 2 }, 'countElements'),
    DEAL,
    [['/conditions/value/that/all/0/path', 'did you mean "$.district"?']],
  ],
  [
    'only some of the types have it',
    leaf('$.data.minutes'),
    BOTH,
    [['/conditions/path', '"deal.signed" has no field "minutes"; it is only in "showing.ended"']],
  ],
  [
    'of one type nobody can tell',
    leaf('$.data.minutes'),
    ['deal.signed', 'place.seen'],
    [['/conditions/path', 'has no field "minutes"; other types of the rule may have it']],
  ],
  [
    'the type is asked beside it',
    {
      any: [
        { all: [leaf('$.type', 'showing.ended'), { any: [leaf('$.data.minutes')] }] },
        { all: [leaf('$.type', ['deal.signed', 'x'], 'in'), leaf('$.data.areaM2')] },
      ],
    },
    BOTH,
    [],
  ],
  ['the schema says nothing of what is below', { all: [leaf('$.data.notes.x'), leaf('$.data.anything.x')] }, DEAL, []],
  ['the schema refers elsewhere', leaf('$.data.x'), ['place.seen'], []],
  ['the path is no plain one', leaf('$.data..x'), DEAL, []],
  [
    'the type is not in the catalogue',
    { all: [leaf('$.data.x'), leaf('$.subjct')] },
    [],
    [['/conditions/all/1/path', 'did you mean "$.subject"?']],
  ],
])('when %s, it is told so and there', (_, condition, types, expected) => {
  const found = findings(condition, types);
  expect(found.map(({ pointer }) => pointer)).toEqual(expected.map(([pointer]) => pointer));
  for (const [i, [, part]] of expected.entries()) expect(found[i]!.text.en).toContain(part);
});

test('it is said in Chinese too', () => {
  expect(findings(leaf('$.data.totlPrice'), DEAL)[0]!.text.zh).toBe(
    '“deal.signed”没有字段“totlPrice”；是不是“$.data.totalPriceCny”？',
  );
  expect(findings(leaf('$.data.minutes'), BOTH)[0]!.text.zh).toBe(
    '“deal.signed”没有字段“minutes”；只有“showing.ended”有',
  );
});

test('an event type that the catalogue does not have is told; a project without a catalogue is told nothing', () => {
  expect(unknownTypes(['deal.signed', 'deal.singed'], EVENT_TYPES)).toEqual([
    {
      pointer: '/eventTypes/1',
      code: 'unknown-event-type',
      text: {
        en: 'the event catalogue has no type "deal.singed"; did you mean "deal.signed"?',
        zh: '事件目录中没有类型“deal.singed”；是不是“deal.signed”？',
      },
    },
  ]);
  expect(unknownTypes(['deal.singed'], [])).toEqual([]);
});
