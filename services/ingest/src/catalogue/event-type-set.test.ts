import type { EventType } from '@hermes/contracts/event-type';
import { describe, expect, test } from 'vitest';
import { draftFaults } from './draft-faults.ts';
import { EMPTY_SET, eventTypeSet } from './event-type-set.ts';

const draft = {
  title: { en: 'Deal signed', zh: '签约' },
  description: { en: 'A deal', zh: '成交' },
  schema: {
    type: 'object',
    required: ['price', 'line'],
    properties: {
      price: { type: 'string', pattern: '^\\d+\\.\\d{2}$', examples: ['1.00'], 'x-unit': 'CNY' },
      line: { enum: ['rental', 'second-hand'] },
      at: { type: 'string', format: 'date-time' },
      longitude: { type: 'number', maximum: 180 },
      latitude: { type: 'number' },
    },
    additionalProperties: false,
  },
  places: [{ name: 'home', longitude: 'longitude', latitude: 'latitude', system: 'BD-09' as const }],
  example: { price: '1.00', line: 'rental' },
};
const type: EventType = { ...draft, type: 'deal.signed', version: 1, createdAt: '2026-03-01T00:00:00.000Z' };
const set = eventTypeSet(1, [type, { ...type, type: 'showing.held' }]);

test('a project without any event type accepts every type', () => {
  expect(EMPTY_SET.check('anything.at.all', {})).toBeUndefined();
  expect(eventTypeSet(3, []).check('x', {})).toBeUndefined();
});

test.each([
  ['a project without event types', EMPTY_SET],
  ['a project with a catalogue', set],
])("%s checks the platform's own types by the platform's schemas", (_, types) => {
  const by = 'person@example.org';
  expect(types.check('hermes.attributes_set', { attributes: { city: 'Beijing', age: null }, by })).toBeUndefined();
  expect(types.check('hermes.attributes_set', { attributes: { city: ['Beijing'] }, by })).toMatchObject({
    code: 'schema-violation',
    pointer: '/data/attributes/city',
  });
  expect(types.check('hermes.attributes_set', { attributes: {}, by, more: 1 })?.code).toBe('schema-violation');
  expect(types.check('hermes.something_else', {})?.code).toBe('unknown-event-type');
});

test('data as the schema has it is accepted', () =>
  expect(set.check('deal.signed', { ...draft.example, longitude: 116.4 })).toBeUndefined());

test.each([
  [
    'an unknown type comes with the one that was meant',
    'deal.singed',
    {},
    'unknown-event-type',
    '/type',
    "did you mean 'deal.signed'?",
  ],
  [
    'a type unlike any known one comes with the way to add it',
    'weather',
    {},
    'unknown-event-type',
    '/type',
    'event catalogue',
  ],
  ['a missing field is named', 'deal.signed', { price: '1.00' }, 'schema-violation', '/data/line', "'line' is missing"],
  [
    'a misspelt field comes with the one that was meant',
    'deal.signed',
    { ...draft.example, longitud: 1 },
    'schema-violation',
    '/data',
    "did you mean 'longitude'?",
  ],
  [
    'a pattern comes with an example',
    'deal.signed',
    { ...draft.example, price: '1' },
    'schema-violation',
    '/data/price',
    'for example "1.00"',
  ],
  [
    'a choice comes with what there is',
    'deal.signed',
    { ...draft.example, line: 'rent' },
    'schema-violation',
    '/data/line',
    '"rental", "second-hand"',
  ],
  [
    'a format is checked',
    'deal.signed',
    { ...draft.example, at: 'today' },
    'schema-violation',
    '/data/at',
    'date-time',
  ],
  [
    'a bound is told',
    'deal.signed',
    { ...draft.example, longitude: 181 },
    'schema-violation',
    '/data/longitude',
    '180',
  ],
])('%s', (_, name, data, code, pointer, message) => {
  const refusal = set.check(name, data);
  expect(refusal).toMatchObject({ code, pointer });
  expect(refusal?.message).toContain(message);
});

test('patterns of values and of names run in linear time', () => {
  const schema = {
    type: 'object',
    properties: { code: { type: 'string', pattern: '^(a+)+$' }, ['a'.repeat(40)]: {} },
    patternProperties: { '^(a|a)+b$': { type: 'string' } },
    additionalProperties: false,
  };
  const slow = eventTypeSet(1, [{ ...type, schema }]);
  const beganMs = performance.now();
  expect(slow.check('deal.signed', { code: 'a'.repeat(40) })).toBeUndefined();
  expect(slow.check('deal.signed', { code: `${'a'.repeat(40)}!` })?.pointer).toBe('/data/code');
  expect(slow.check('deal.signed', { [`${'a'.repeat(40)}b`]: 1 })?.message).toContain('must be string');
  expect(slow.check('deal.signed', { [`${'a'.repeat(41)}`]: 'x' })?.message).toContain('has no field');
  expect(performance.now() - beganMs).toBeLessThan(2_000);
});

test('an event type in force that cannot be used costs its own events alone', () => {
  const broken = { ...type, type: 'old.type', schema: { type: 'object', properties: { x: { pattern: '^(?!a)' } } } };
  const mixed = eventTypeSet(1, [type, broken]);
  expect(mixed.check('old.type', {})).toMatchObject({ code: 'schema-violation', pointer: '/type' });
  expect(mixed.check('deal.signed', draft.example)).toBeUndefined();
});

describe('a draft comes into force only when', () => {
  test.each([
    [
      'its schema is one: a misspelt keyword is found',
      { ...draft, schema: { type: 'object', requried: ['x'] } },
      '/schema',
    ],
    [
      'its patterns can run in linear time',
      { ...draft, schema: { type: 'object', properties: { price: { type: 'string', pattern: '^(?!0)' } } } },
      '/schema',
    ],
    ['so can those of names', { ...draft, schema: { type: 'object', patternProperties: { '(a)\\1': {} } } }, '/schema'],
    ['it describes an object', { ...draft, schema: { type: 'string' } }, '/schema/type'],
    ['its example passes', { ...draft, example: { line: 'rental' } }, '/example/price'],
    [
      'its places name fields that there are',
      { ...draft, places: [{ ...draft.places[0]!, longitude: 'lng' }] },
      '/places/0/longitude',
    ],
  ])('%s', (_, wrong, pointer) =>
    expect(draftFaults('deal.signed', wrong).map((fault) => fault.pointer)).toContain(pointer),
  );

  test('all of that holds', () => expect(draftFaults('deal.signed', draft)).toEqual([]));
});
