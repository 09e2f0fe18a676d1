import { expect, test } from 'vitest';
import { eventFields, type FieldType } from './event-columns.ts';

const simple = (name: Extract<FieldType, { kind: 'simple' }>['name']): FieldType => ({ kind: 'simple', name });
const MONEY = { type: 'string', pattern: '^(0|[1-9]\\d{0,12})\\.\\d{2}$', examples: ['3350000.00'] };
const field = (name: string, type: FieldType): object => ({ name, type, title: null, unit: null });

test.each<[string, object, FieldType]>([
  ['a text', { type: 'string' }, simple('STRING')],
  ['a text in a format that is no time', { type: 'string', format: 'email' }, simple('STRING')],
  ['a day', { type: 'string', format: 'date' }, simple('DATE')],
  [
    'an instant of UTC',
    { type: 'string', format: 'date-time', examples: ['2026-01-01T00:00:00Z'] },
    simple('TIMESTAMP_LTZ(3)'),
  ],
  [
    'an instant in another zone',
    { type: 'string', format: 'date-time', examples: ['2026-01-01T08:00:00+08:00'] },
    simple('STRING'),
  ],
  ['money, a decimal text', MONEY, { kind: 'decimal', scale: 2 }],
  [
    'a text of digits is no number',
    { type: 'string', pattern: '^\\d{11}$', examples: ['13800000000'] },
    simple('STRING'),
  ],
  ['a text that letters fit too', { type: 'string', pattern: '^[A-Z]\\.\\d$', examples: ['1.0'] }, simple('STRING')],
  ['a whole number', { type: 'integer' }, simple('BIGINT')],
  ['a number', { type: 'number' }, simple('DOUBLE')],
  ['a truth value', { type: ['boolean', 'null'] }, simple('BOOLEAN')],
  ['a choice of texts', { enum: ['a', 'b', null] }, simple('STRING')],
  ['a choice of numbers', { enum: [1, 2] }, simple('BIGINT')],
  ['a constant', { const: true }, simple('BOOLEAN')],
  ['values of two kinds are their text', { type: ['string', 'integer'] }, simple('STRING')],
  ['anything is its text', {}, simple('STRING')],
  ['a list', { type: 'array', items: { type: 'integer' } }, { kind: 'array', element: simple('BIGINT') }],
  ['a list of anything is its JSON', { type: 'array' }, simple('STRING')],
  ['an object of anything is its JSON', { type: 'object' }, simple('STRING')],
  [
    'values by names',
    { type: 'object', additionalProperties: { type: 'number' } },
    { kind: 'map', value: simple('DOUBLE') },
  ],
  [
    'fields, also of allOf, and what $ref names',
    { properties: { a: { $ref: '#/$defs/count' } }, allOf: [{ properties: { b: { type: 'string' } } }] },
    { kind: 'row', fields: [field('a', simple('BIGINT')), field('b', simple('STRING'))] } as FieldType,
  ],
  ['one alternative beside null', { anyOf: [{ type: 'null' }, { type: 'integer' }] }, simple('BIGINT')],
  ['several alternatives are their text', { oneOf: [{ type: 'string' }, { type: 'integer' }] }, simple('STRING')],
])('%s', (_, property, expected) => {
  const fields = eventFields({ type: 'object', properties: { x: property }, $defs: { count: { type: 'integer' } } });
  expect(fields).toEqual([{ name: 'x', type: expected, title: null, unit: null }]);
});

test('titles and units are those of the catalogue; a schema that refers to itself ends', () => {
  const schema = {
    type: 'object',
    properties: {
      area: { type: 'number', 'x-title': { en: 'Area', zh: '面积' }, 'x-unit': 'm2' },
      child: { $ref: '#' },
    },
  };
  const [area, child] = eventFields(schema);
  expect(area).toMatchObject({ title: { en: 'Area', zh: '面积' }, unit: 'm2' });
  expect(JSON.stringify(child).length).toBeLessThan(2_000);
});
