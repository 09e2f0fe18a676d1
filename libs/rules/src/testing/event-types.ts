import type { CataloguedType } from '../event-schema.ts';

const object = (properties: Readonly<Record<string, unknown>>, more: object = {}) => ({
  type: 'object',
  properties,
  ...more,
});
const money = { type: 'string', pattern: '^\\d+\\.\\d{2}$', 'x-unit': 'CNY' };

/** Event types for tests of what is said about rules: fields of every kind. */
export const EVENT_TYPES: readonly CataloguedType[] = [
  {
    type: 'deal.signed',
    schema: object(
      {
        totalPriceCny: money,
        askingPriceCny: money,
        areaM2: { type: 'number' },
        rooms: { type: 'integer' },
        floor: { type: ['integer', 'null'] },
        line: { enum: ['second-hand', 'new-home', 'rental'] },
        district: { type: 'string' },
        isFirst: { type: 'boolean' },
        signedAt: { type: 'string', format: 'date-time' },
        home: object({ id: { type: 'string' }, longitude: { type: 'number' }, latitude: { type: 'number' } }),
        office: object({ name: { type: 'string' } }),
        tags: { type: 'array', items: { type: 'string' } },
        listings: {
          type: 'array',
          items: object({ priceCny: { type: 'number' }, district: { type: 'string' }, rooms: { type: 'array' } }),
        },
        notes: { type: 'object' },
        anything: true,
      },
      // Where fields are all listed, what else the schema says adds none.
      { additionalProperties: false, if: object({ line: { const: 'rental' } }), then: object({}) },
    ),
  },
  { type: 'showing.ended', schema: object({ minutes: { type: 'number' }, rooms: { type: 'string' } }) },
  { type: 'place.seen', schema: { $ref: '#/$defs/place' } },
];
