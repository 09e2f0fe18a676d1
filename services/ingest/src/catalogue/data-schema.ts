import { nearest } from '@hermes/rules/suggestion';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Refusal } from '../intake/refusal.ts';
import { linearPattern } from '@hermes/rules/linear-pattern';

/** What Hermes adds to JSON Schema, for people and dashboards; none of it decides whether data is valid. */
const ANNOTATIONS = ['x-title', 'x-description', 'x-unit'] as const;

/** Runs `pattern` and `patternProperties`; `code` is for validators kept as text, which these are not. */
const regExp = Object.assign((pattern: string) => linearPattern(pattern), { code: 'linearPattern' });

const newAjv = (): Ajv2020 => {
  // strictSchema finds misspelt keywords ("requried"); the other strict modes forbid schemas that are right.
  const ajv = new Ajv2020({
    strict: false,
    strictSchema: true,
    allowUnionTypes: true,
    validateFormats: true,
    addUsedSchema: false,
    verbose: true,
    code: { regExp },
    // Otherwise ajv runs patterns against the names of properties, with the native engine.
    allowMatchingProperties: true,
  });
  formats.default(ajv);
  for (const keyword of ANNOTATIONS) ajv.addKeyword({ keyword });
  return ajv;
};

/**
 * Compiles a JSON Schema 2020-12 with formats. A compiler of its own for each, so that `$id`s of two versions never meet.
 * Throws with ajv's message when the schema is not one.
 */
const compileSchema = (schema: Readonly<Record<string, unknown>>): ValidateFunction => newAjv().compile(schema);

/** The compiled schema, or the sentence that says why it does not compile. */
export function compileOrFault(schema: Readonly<Record<string, unknown>>): ValidateFunction | string {
  try {
    return compileSchema(schema);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Ajv's first error as a refusal: where, and what to do. */
export function refusalOf(errors: readonly ErrorObject[], type: string): Refusal {
  const error = errors[0];
  if (error === undefined)
    return { code: 'schema-violation', pointer: '/data', message: `'data' is not as '${type}' has it.` };
  const inside =
    error.keyword === 'required' ? `/${(error.params as { missingProperty: string }).missingProperty}` : '';
  return { code: 'schema-violation', pointer: `/data${error.instancePath}${inside}`, message: sentence(error, type) };
}

function sentence(error: ErrorObject, type: string): string {
  const field = error.instancePath === '' ? 'data' : `data${error.instancePath.replaceAll('/', '.')}`;
  const got = shorten(error.data);
  switch (error.keyword) {
    case 'required':
      return `'${(error.params as { missingProperty: string }).missingProperty}' is missing; '${type}' needs it.`;
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const params = error.params as { additionalProperty?: string; unevaluatedProperty?: string };
      const extra = params.additionalProperty ?? params.unevaluatedProperty ?? '';
      const known = Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {});
      const meant = nearest(extra, known);
      return `'${type}' has no field '${extra}'${meant === undefined ? '; leave it out or add it to the event type' : `; did you mean '${meant}'?`}.`;
    }
    case 'enum':
      return `'${field}' is ${got}; it must be one of ${(error.params as { allowedValues: unknown[] }).allowedValues.map((v) => JSON.stringify(v)).join(', ')}.`;
    case 'pattern': {
      const example = (error.parentSchema as { examples?: readonly unknown[] } | undefined)?.examples?.[0];
      return `'${field}' is ${got}; it ${error.message ?? 'must match its pattern'}${example === undefined ? '' : `, for example ${JSON.stringify(example)}`}.`;
    }
    default:
      return `'${field}' is ${got}; it ${error.message ?? 'is not as the schema has it'}.`;
  }
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
