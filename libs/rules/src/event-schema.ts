import type { EventType } from '@hermes/contracts/event-type';
import { type Fields, isFields } from './fields.ts';
import { MANY } from './json-path.ts';

/** A JSON Schema that is an object; `{}` says nothing. */
export type Schema = Fields;

/** What is known of an event type. */
export type CataloguedType = Pick<EventType, 'type' | 'schema'>;

/** A kind of JSON value; a schema's `number` is either of the first two. */
export type Kind = 'integer' | 'fraction' | 'string' | 'boolean' | 'null' | 'object' | 'array';

/** What a schema says of a place in what it describes. */
export type SchemaPlace =
  | { readonly kind: 'known'; readonly schema: Schema }
  /** Nothing can be there: `step` leads nowhere from `at`; `known` would lead somewhere. */
  | {
      readonly kind: 'unknown';
      readonly at: readonly string[];
      readonly step: string;
      readonly known: readonly string[];
      readonly isList: boolean;
    }
  | { readonly kind: 'untold' };

const TEXT: Schema = { type: 'string' };
const INSTANT: Schema = { type: 'string', format: 'date-time' };
const UNTOLD: SchemaPlace = { kind: 'untold' };

/** The schema of a whole event of a type, with the attributes that every event has. */
export const eventSchema = (type: string | undefined, data: Schema): Schema => ({
  type: 'object',
  properties: {
    specversion: TEXT,
    id: TEXT,
    source: TEXT,
    type: type === undefined ? TEXT : { const: type },
    subject: TEXT,
    time: INSTANT,
    project: TEXT,
    receivedat: INSTANT,
    data,
  },
  additionalProperties: false,
});

/** Keywords under which fields may be defined that this does not look at. */
const OPAQUE = ['$ref', '$dynamicRef', 'allOf', 'anyOf', 'oneOf', 'if', 'patternProperties', 'dependentSchemas'];

export function kindOf(value: unknown): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'fraction';
  return typeof value as 'string' | 'boolean' | 'object';
}

/** The only values that the schema lets through; undefined when it lists none. */
export function valuesOf(schema: Schema): readonly unknown[] | undefined {
  if (Object.hasOwn(schema, 'const')) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined;
}

/** The kinds of values that the schema lets through at most; undefined when nobody can tell. Other keywords only let through less. */
export function kindsOf(schema: Schema): ReadonlySet<Kind> | undefined {
  const values = valuesOf(schema);
  if (values !== undefined) return new Set(values.map(kindOf));
  const { type } = schema;
  const names = typeof type === 'string' ? [type] : Array.isArray(type) ? (type as readonly string[]) : undefined;
  return names && new Set(names.flatMap((name) => (name === 'number' ? ['integer', 'fraction'] : [name])) as Kind[]);
}

/** Of the elements of the lists that the schema lets through. */
export const itemsOf = (schema: Schema): Schema => (isFields(schema['items']) ? schema['items'] : {});

type Below = { readonly schema: Schema } | { readonly known: readonly string[] } | undefined;

/** What the schema says of one step down: of what is there, or which steps would lead somewhere; undefined when nobody can tell. */
function below(schema: Schema, step: string): Below {
  const { properties, additionalProperties } = schema;
  const kinds = kindsOf(schema);
  const isList = isFields(schema['items']) || kinds?.has('array') === true;
  const isText = kinds?.has('string') === true;
  if (isFields(properties) && Object.hasOwn(properties, step)) {
    const found = properties[step];
    return { schema: isFields(found) ? found : {} };
  }
  const isIndex = /^\d+$/u.test(step);
  if (step === MANY || (isIndex && isList)) return isList ? { schema: itemsOf(schema) } : undefined;
  // Of texts and lists, as in JavaScript.
  if (step === 'length' && (isList || isText)) return { schema: { type: 'integer' } };
  if (isIndex && isText) return { schema: TEXT };
  if (!isFields(properties) && kinds?.has('object') !== true) return kinds && { known: [] };
  if (isFields(additionalProperties)) return { schema: additionalProperties };
  if (!isFields(properties)) return undefined;
  const isClosed = additionalProperties === false && !Object.hasOwn(schema, 'patternProperties');
  const isTold = isClosed || !OPAQUE.some((keyword) => Object.hasOwn(schema, keyword));
  return isTold ? { known: Object.keys(properties) } : undefined;
}

/** What a schema says of the place at the end of these steps (`stepsOf`). */
export function schemaAt(schema: Schema, steps: readonly string[]): SchemaPlace {
  let at = schema;
  for (const [i, step] of steps.entries()) {
    const found = below(at, step);
    if (found === undefined) return UNTOLD;
    if ('known' in found) {
      const isList = kindsOf(at)?.has('array') === true;
      return { kind: 'unknown', at: steps.slice(0, i), step, known: found.known, isList };
    }
    at = found.schema;
  }
  // What leads to many leads to a list of them.
  return { kind: 'known', schema: steps.includes(MANY) ? { type: 'array', items: at } : at };
}
