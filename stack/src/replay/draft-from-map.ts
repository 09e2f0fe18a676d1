import type { EventTypeDraft } from '@hermes/contracts/event-type';
import type { Field, ReplayMap } from './map.ts';

const SCHEMAS = {
  string: { type: 'string' },
  number: { type: 'number' },
  integer: { type: 'integer' },
  decimal: { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$' },
  boolean: { type: 'boolean' },
  time: { type: 'string', format: 'date-time' },
} as const;

const EXAMPLES: Readonly<Record<keyof typeof SCHEMAS, unknown>> = {
  string: 'text',
  number: 1.5,
  integer: 1,
  decimal: '1.00',
  boolean: true,
  time: '2026-01-31T00:00:00.000Z',
};

function propertiesOf(
  field: Field,
): readonly (readonly [name: string, schema: Readonly<Record<string, unknown>>, example: unknown])[] {
  if (field.type === 'constant') return [[field.name, { const: field.value }, field.value]];
  if (field.type === 'place') {
    return [
      [field.longitude, { type: 'number', minimum: -180, maximum: 180 }, 116.4],
      [field.latitude, { type: 'number', minimum: -90, maximum: 90 }, 39.9],
    ];
  }
  return [[field.name, SCHEMAS[field.type], EXAMPLES[field.type]]];
}

/** An event type for a map whose type the catalogue does not have: the map's fields, none of them required. */
export function draftFromMap(type: string, map: ReplayMap): EventTypeDraft {
  const properties = map.fields.flatMap(propertiesOf);
  const about = map.description ?? `Rows of a file, replayed as ${type}.`;
  return {
    title: { en: type, zh: type },
    description: { en: about, zh: about },
    schema: {
      type: 'object',
      properties: Object.fromEntries(properties.map(([name, schema]) => [name, schema])),
      additionalProperties: false,
    },
    places: map.fields.flatMap((field) =>
      field.type === 'place'
        ? [{ name: field.name, longitude: field.longitude, latitude: field.latitude, system: field.system }]
        : [],
    ),
    example: Object.fromEntries(properties.map(([name, , example]) => [name, example])),
  };
}
