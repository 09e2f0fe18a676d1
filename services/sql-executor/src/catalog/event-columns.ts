import { Bilingual } from '@hermes/contracts/event-type';

/** A type of SQL as a field of an event has it: what it reads of JSON that the event type's schema accepts. */
export type FieldType =
  | { readonly kind: 'simple'; readonly name: SimpleName }
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'array'; readonly element: FieldType }
  /** Of texts to values. */
  | { readonly kind: 'map'; readonly value: FieldType }
  | { readonly kind: 'row'; readonly fields: readonly EventField[] };
export type SimpleName = 'STRING' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN' | 'DATE' | 'TIMESTAMP_LTZ(3)';

export interface EventField {
  readonly name: string;
  readonly type: FieldType;
  readonly title: Bilingual | null;
  readonly unit: string | null;
}

export const TEXT: FieldType = { kind: 'simple', name: 'STRING' };
const simple = (name: SimpleName): FieldType => ({ kind: 'simple', name });

type Schema = Readonly<Record<string, unknown>>;
const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Deeper than this a value is its JSON text; a schema may refer to itself. */
const MOST_DEPTH = 8;

/** The fields of `data` of an event type. What its JSON Schema leaves open is STRING: the text, or the JSON as it stands. */
export function eventFields(schema: Schema): readonly EventField[] {
  const type = typeOf(schema, schema, 0);
  return type.kind === 'row' ? type.fields : [];
}

function typeOf(given: unknown, root: Schema, depth: number): FieldType {
  const schema = resolved(given, root);
  if (schema === undefined || depth > MOST_DEPTH) return TEXT;
  const kinds = kindsOf(schema);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) return TEXT;
  switch (kind) {
    case 'string':
      return textType(schema);
    case 'integer':
      return simple('BIGINT');
    case 'number':
      return simple('DOUBLE');
    case 'boolean':
      return simple('BOOLEAN');
    case 'array':
      return schema['items'] === undefined
        ? TEXT
        : { kind: 'array', element: typeOf(schema['items'], root, depth + 1) };
    case 'object':
      return objectType(schema, root, depth);
    default:
      return TEXT;
  }
}

function objectType(schema: Schema, root: Schema, depth: number): FieldType {
  const properties = propertiesOf(schema, root, depth);
  if (properties.length > 0)
    return {
      kind: 'row',
      fields: properties.map(([name, property]) => ({
        name,
        type: typeOf(property, root, depth + 1),
        title: titleOf(resolved(property, root)),
        unit: textIn(resolved(property, root), 'x-unit'),
      })),
    };
  const others = schema['additionalProperties'];
  return isSchema(others) ? { kind: 'map', value: typeOf(others, root, depth + 1) } : TEXT;
}

/** Its own properties, then those of the parts of `allOf`. */
function propertiesOf(schema: Schema, root: Schema, depth: number): readonly (readonly [string, unknown])[] {
  const own = isSchema(schema['properties']) ? Object.entries(schema['properties']) : [];
  const parts = Array.isArray(schema['allOf']) && depth <= MOST_DEPTH ? (schema['allOf'] as unknown[]) : [];
  const found = new Map<string, unknown>(own);
  for (const part of parts) {
    const each = resolved(part, root);
    if (each === undefined) continue;
    for (const [name, property] of propertiesOf(each, root, depth + 1)) if (!found.has(name)) found.set(name, property);
  }
  return [...found];
}

const DATE_TIME_OF_UTC = /Z$/;
/** A pattern that only numbers in decimal digits fit. */
const DECIMAL_PATTERN = /^\^[-+?\d\\d.()|[\]{},*]+\$$/;
const DECIMAL = /^-?\d+(?:\.(\d+))?$/;

function textType(schema: Schema): FieldType {
  const examples = Array.isArray(schema['examples']) ? (schema['examples'] as unknown[]).filter(isText) : [];
  if (schema['format'] === 'date') return simple('DATE');
  // RFC 3339 lets an instant have any offset; JSON of Flink reads those of UTC.
  if (schema['format'] === 'date-time')
    return examples.every((example) => DATE_TIME_OF_UTC.test(example)) ? simple('TIMESTAMP_LTZ(3)') : TEXT;
  const pattern = schema['pattern'];
  if (!isText(pattern) || !DECIMAL_PATTERN.test(pattern) || !pattern.includes('\\.') || examples.length === 0)
    return TEXT;
  const scales = examples.map((example) => DECIMAL.exec(example)?.[1]?.length);
  return scales.some((scale) => scale === undefined)
    ? TEXT
    : { kind: 'decimal', scale: Math.max(...scales.map(Number)) };
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** The schema itself, or what it refers to inside of its document, or its one alternative beside null. */
function resolved(given: unknown, root: Schema, hops = 0): Schema | undefined {
  if (!isSchema(given) || hops > MOST_DEPTH) return undefined;
  const { $ref: reference } = given;
  if (isText(reference)) {
    const target = referred(reference, root);
    return target === undefined
      ? undefined
      : resolved({ ...(isSchema(target) ? target : {}), ...without(given, '$ref') }, root, hops + 1);
  }
  for (const key of ['anyOf', 'oneOf']) {
    const choices = given[key];
    if (!Array.isArray(choices)) continue;
    const values = (choices as unknown[]).filter((choice) => !(isSchema(choice) && choice['type'] === 'null'));
    if (values.length !== 1) return undefined;
    return resolved({ ...(isSchema(values[0]) ? values[0] : {}), ...without(given, key) }, root, hops + 1);
  }
  return given;
}

function referred(reference: string, root: Schema): unknown {
  if (!reference.startsWith('#/')) return reference === '#' ? root : undefined;
  const path = reference
    .slice(2)
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
  return path.reduce<unknown>((at, part) => (isSchema(at) && Object.hasOwn(at, part) ? at[part] : undefined), root);
}

const without = (schema: Schema, key: string): Schema =>
  Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key));

/** The kinds of JSON that it accepts beside null. */
function kindsOf(schema: Schema): readonly string[] {
  const { type } = schema;
  const named = isText(type) ? [type] : Array.isArray(type) ? (type as unknown[]).filter(isText) : undefined;
  if (named !== undefined) return named.filter((kind) => kind !== 'null');
  if ('const' in schema) return [kindOfValue(schema['const'])];
  if (Array.isArray(schema['enum']))
    return [...new Set((schema['enum'] as unknown[]).filter((value) => value !== null).map(kindOfValue))];
  return isSchema(schema['properties']) || Array.isArray(schema['allOf']) ? ['object'] : [];
}

function kindOfValue(value: unknown): string {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number';
  return Array.isArray(value) ? 'array' : typeof value;
}

function titleOf(schema: Schema | undefined): Bilingual | null {
  const titled = Bilingual.safeParse(schema?.['x-title']);
  if (titled.success) return titled.data;
  const title = textIn(schema, 'title');
  return title === null ? null : { en: title, zh: title };
}

function textIn(schema: Schema | undefined, key: string): string | null {
  const value = schema?.[key];
  return isText(value) && value !== '' ? value : null;
}
