/** Guards: a comparison that does not go with what the catalogue says of its place is told, and one that does is not. */
import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { expect, test } from 'vitest';
import { askedComparisons, askedTypes } from './asked-comparison.ts';
import { isElementOperator } from './element-operators.ts';
import { OPERATOR_NAMES } from './operators.ts';
import { EVENT_TYPES } from './testing/event-types.ts';
import { typeMismatch } from './type-mismatches.ts';

const at = (path: string): object => ({ fact: 'event', path });
const leaf = (field: string, operator: string, value: unknown): LeafCondition => ({
  fact: 'event',
  path: field.startsWith('$') ? field : `$.data.${field}`,
  operator,
  value,
});
const element = (path: string, operator: string, value: unknown): LeafCondition => ({
  fact: 'element',
  path,
  operator,
  value,
});
const findings = (condition: Condition, types: readonly string[] = ['deal.signed']) =>
  [
    ...askedComparisons(condition, '/conditions', askedTypes(EVENT_TYPES.filter(({ type }) => types.includes(type)))),
  ].flatMap((comparison) => typeMismatch(comparison) ?? []);

test.each<[string, string, unknown]>([
  ['rooms', 'equal', 5],
  ['areaM2', 'equal', 5.5],
  ['floor', 'equal', null],
  ['line', 'equal', 'rental'],
  ['line', 'in', ['rental', 'new-home']],
  ['district', 'in', 'Haidian and Chaoyang'],
  ['isFirst', 'notEqual', true],
  ['areaM2', 'greaterThan', 80],
  ['areaM2', 'greaterThan', '80'],
  ['totalPriceCny', 'greaterThan', 10_000_000],
  ['areaM2', 'lessThan', at('$.data.totalPriceCny')],
  ['district', 'greaterThan', 'M'],
  ['$.time', 'greaterThan', '2026-01-01'],
  ['$.time', 'before', '2026-01-01'],
  ['$.data.signedAt', 'within', { of: at('$.time'), minutes: 5 }],
  ['$.receivedat', 'during', { days: ['monday'] }],
  ['home', 'withinKm', { of: { longitude: 116, latitude: 40 }, km: 1 }],
  ['home', 'withinKm', { of: at('$.data.notes'), km: 1 }],
  ['notes', 'insidePolygon', []],
  ['tags', 'contains', 'new'],
  ['tags', 'someFact:startsWith', 'n'],
  ['rooms', 'someValue:equal', [1, 2]],
  ['district', 'in', at('$.data.tags')],
  ['rooms', 'swap:startsWith', 'x'],
  ['anything', 'startsWith', 'x'],
  ['anything.below', 'before', '2026-01-01'],
  ['listings[*].priceCny', 'contains', 5],
])('nothing is said of %s %s %j', (field, operator, value) => {
  expect(findings(leaf(field, operator, value))).toEqual([]);
});

test.each<[field: string, operator: string, value: unknown, text: string]>([
  ['rooms', 'equal', '5', '"$.data.rooms" is a whole number, and "5" is a text'],
  ['rooms', 'not:equal', '5', '"$.data.rooms" is a whole number, and "5" is a text'],
  ['rooms', 'equal', 5.5, '"$.data.rooms" is a whole number, and 5.5 is a number'],
  ['rooms', 'notEqual', null, '"$.data.rooms" is a whole number, and null is null'],
  ['areaM2', 'equal', '5', '"$.data.areaM2" is a number, and "5" is a text'],
  ['floor', 'equal', 'ground', '"$.data.floor" is a whole number or null, and "ground" is a text'],
  ['totalPriceCny', 'equal', 5, '"$.data.totalPriceCny" is a text, and 5 is a whole number'],
  ['line', 'equal', 'rentl', '"$.data.line" is never "rentl"; did you mean "rental"?'],
  ['line', 'in', ['rental', 'office'], '"$.data.line" is never "office"; known: second-hand, new-home, rental'],
  ['line', 'notIn', ['rental', 5], '"$.data.line" is a text, and 5 is a whole number'],
  ['$.type', 'equal', 'deal.singed', '"$.type" is never "deal.singed"; did you mean "deal.signed"?'],
  ['isFirst', 'in', 'true', '"$.data.isFirst" is true or false; "in" looks at texts'],
  ['rooms', 'someValue:equal', [1, 'two'], '"$.data.rooms" is a whole number, and "two" is a text'],
  ['district', 'lessThan', 5, '"$.data.district" is a text, and 5 is a whole number'],
  ['areaM2', 'lessThan', 'ninety', '"$.data.areaM2" is a number, and "ninety" is a text'],
  [
    'isFirst',
    'lessThan',
    5,
    '"$.data.isFirst" is true or false; "lessThan" looks at numbers, or texts that begin with one',
  ],
  [
    'totalPriceCny',
    'greaterThan',
    '10000000',
    '"$.data.totalPriceCny" is a number written as a text, and so is what it is compared with: two texts are compared as texts, "9" is more than "10"; write the number without quotes',
  ],
  [
    'totalPriceCny',
    'lessThan',
    at('$.data.askingPriceCny'),
    '"$.data.totalPriceCny" is a number written as a text, and so is what it is compared with: two texts are compared as texts, "9" is more than "10"',
  ],
  ['rooms', 'startsWith', '5', '"$.data.rooms" is a whole number; "startsWith" looks at texts'],
  ['tags', 'matches', 'x', '"$.data.tags" is a list; "matches" looks at texts'],
  ['rooms', 'someFact:equal', 5, '"$.data.rooms" is a whole number; "someFact:equal" looks at lists'],
  ['tags', 'everyFact:equal', 5, 'an element of "$.data.tags" is a text, and 5 is a whole number'],
  ['district', 'contains', 'Hai', '"$.data.district" is a text; "contains" looks at lists'],
  ['tags', 'doesNotContain', 5, 'an element of "$.data.tags" is a text, and 5 is a whole number'],
  [
    'district',
    'before',
    '2026-01-01',
    '"$.data.district" is a text; "before" looks at dates with a time and an offset ("format": "date-time")',
  ],
  [
    '$.time',
    'within',
    { of: at('$.data.rooms'), minutes: 5 },
    '"within" compares with dates with a time and an offset ("format": "date-time"), and "$.data.rooms" is none of them',
  ],
  [
    'office',
    'withinKm',
    { of: { longitude: 116, latitude: 40 }, km: 1 },
    '"$.data.office" is an object; "withinKm" looks at objects with longitude and latitude',
  ],
  [
    'home',
    'withinKm',
    { of: at('$.data.office'), km: 1 },
    '"withinKm" compares with objects with longitude and latitude, and "$.data.office" is none of them',
  ],
  ['home', 'anyElement', { all: [] }, '"$.data.home" is an object; "anyElement" looks at lists'],
  ['rooms', 'equal', at('$.data.district'), '"$.data.rooms" is a whole number, and "$.data.district" is a text'],
  ['rooms', 'greaterThan', at('$.data.district'), '"$.data.rooms" is a whole number, and "$.data.district" is a text'],
  ['rooms', 'in', at('$.data.tags'), '"$.data.rooms" is a whole number, and "$.data.tags" is a text'],
  ['rooms', 'in', at('$.data.areaM2'), '"in" compares with lists, and "$.data.areaM2" is none of them'],
])('%s %s %j is told', (field, operator, value, text) => {
  expect(findings({ all: [leaf(field, operator, value)] })).toMatchObject([
    { pointer: '/conditions/all/0', text: { en: text } },
  ]);
});

test('elements are compared with what the list holds', () => {
  const condition = leaf('listings', 'anyElement', {
    all: [element('$.priceCny', 'equal', '5'), element('$.district', 'startsWith', 'H')],
  });
  expect(findings(condition)).toMatchObject([{ pointer: '/conditions/value/all/0', code: 'type-mismatch' }]);
});

test('what is wrong in some of the types is told with their names; a value that one of them has is not', () => {
  const types = ['deal.signed', 'showing.ended', 'place.seen'];
  expect(findings(leaf('rooms', 'equal', '5'), types)).toEqual([
    {
      pointer: '/conditions',
      code: 'type-mismatch',
      text: {
        en: 'in "deal.signed" "$.data.rooms" is a whole number, and "5" is a text',
        zh: '在“deal.signed”中，“$.data.rooms”是整数，而"5"是文本',
      },
    },
  ]);
  expect(findings(leaf('$.type', 'equal', 'showing.ended'), types)).toEqual([]);
});

test('no operator says anything of a place of which nothing is known', () => {
  for (const operator of OPERATOR_NAMES) {
    const value = isElementOperator(operator) ? { all: [], that: { all: [] } } : '5';
    expect(findings(leaf('anything', operator, value))).toEqual([]);
  }
});
