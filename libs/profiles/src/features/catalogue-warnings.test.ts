import { FeatureDraft } from '@hermes/contracts/feature';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { catalogueWarnings } from './catalogue-warnings.ts';

const type = (name: string, properties: Readonly<Record<string, unknown>>, more: object = {}) => ({
  type: name,
  schema: { type: 'object', properties, ...more },
});
const CATALOGUE = [
  type('deal.signed', {
    price: { type: 'number' },
    district: { type: 'string' },
    home: { type: 'object', properties: { id: { type: 'string' }, rooms: { type: 'integer' } } },
    visits: { type: 'array', items: { type: 'object', properties: { by: { type: 'string' } } } },
    notes: { type: 'object' },
  }),
  type('showing.ended', { minutes: { type: 'number' }, district: { type: 'string' } }),
  type('place.seen', {}, { $ref: '#/$defs/place' }),
];

const at = (path: string, more: Partial<z.input<typeof FeatureDraft>> = {}): z.input<typeof FeatureDraft> => ({
  name: 'A feature',
  eventTypes: ['deal.signed'],
  compute: { kind: 'sum', path },
  ...more,
});
const leaf = (path: string, value: unknown = 1) => ({ fact: 'event', path, operator: 'equal', value }) as const;
const where = (...paths: string[]) => ({ all: paths.map((path) => leaf(path)) });

test.each<[string, z.input<typeof FeatureDraft>, readonly [pointer: string, part: string][]]>([
  ['all is known', at('$.data.price', { filter: where('$.data.home.rooms', '$.subject') }), []],
  ['a type is mistyped', at('$', { eventTypes: ['deal.singed'] }), [['/eventTypes/0', 'did you mean "deal.signed"?']]],
  [
    'a field is mistyped',
    at('$.data.prise'),
    [['/compute/path', '"deal.signed" has no field "prise"; did you mean "$.data.price"?']],
  ],
  [
    'a field below is mistyped',
    at('$.data.home.room'),
    [['/compute/path', 'no field "room"; did you mean "$.data.home.rooms"?']],
  ],
  [
    'a field of a list is mistyped',
    at('$.data.visits[0].bx'),
    [['/compute/path', 'did you mean "$.data.visits[0].by"?']],
  ],
  [
    'a type is one of the platform, which no catalogue has',
    at('$.data.attributes.level', { eventTypes: ['hermes.attributes_set'], filter: where('$.data.by', '$.data.buy') }),
    [['/filter/all/1/path', 'did you mean "$.data.by"?']],
  ],
  ['nobody knows what is below', at('$.data.notes.anything'), []],
  ['the schema refers elsewhere', at('$.data.anything', { eventTypes: ['place.seen'] }), []],
  ['a path is no plain one', at('$.data..price'), []],
  [
    'an attribute of the event is mistyped',
    at('$.dta.price'),
    [['/compute/path', 'an event has no field "dta"; did you mean "$.data.price"?']],
  ],
  [
    'one of two types lacks what is counted',
    at('$.data.price', { eventTypes: ['deal.signed', 'showing.ended'] }),
    [['/compute/path', '"showing.ended" has no field "price"']],
  ],
  [
    'one of two types lacks what is filtered by',
    at('$.data.district', { eventTypes: ['deal.signed', 'showing.ended'], filter: where('$.data.minutes') }),
    [],
  ],
  [
    'a filter names what no type has, in a branch and as a value',
    at('$.data.price', {
      filter: {
        any: [{ not: leaf('$.data.distrikt') }, leaf('$.data.price', { fact: 'event', path: '$.data.pryce' })],
      },
    }),
    [
      ['/filter/any/0/not/path', 'did you mean "$.data.district"?'],
      ['/filter/any/1/value/path', 'did you mean "$.data.price"?'],
    ],
  ],
  [
    'the key is mistyped',
    at('$.data.price', { key: { kind: 'field', path: '$.data.home.idd', entity: 'home' } }),
    [['/key/path', 'did you mean "$.data.home.id"?']],
  ],
  [
    'a place has no such axes',
    at('$', { compute: { kind: 'geo-centroid', longitude: '$.data.lon', latitude: '$.data.lat', system: 'WGS84' } }),
    [
      ['/compute/longitude', 'no field "lon"'],
      ['/compute/latitude', 'no field "lat"'],
    ],
  ],
])('when %s, the warnings say so and point there', (_, input, expected) => {
  const warnings = catalogueWarnings(FeatureDraft.parse(input), CATALOGUE);
  expect(warnings.map(({ pointer }) => pointer)).toEqual(expected.map(([pointer]) => pointer));
  for (const [i, [, part]] of expected.entries()) expect(warnings[i]!.message).toContain(part);
});

test('a project without a catalogue is not told that everything is unknown', () => {
  expect(catalogueWarnings(FeatureDraft.parse(at('$.data.anything')), [])).toEqual([]);
});
