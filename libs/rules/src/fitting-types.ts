import type { RuleOperator } from '@hermes/contracts/rule';
import { itemsOf, type Kind, kindsOf, type Schema, schemaAt, valuesOf } from './event-schema.ts';

/** What an operator compares with: a place of which this schema is known, or one of these literals. */
export type Expected =
  | { readonly kind: 'place'; readonly schema: Schema }
  | { readonly kind: 'literals'; readonly values: readonly unknown[] };

/** What an operator looks at and looks for. */
export type Needed = 'number' | 'text' | 'instant' | 'list' | 'position' | 'entry';

/** Why a comparison looks like a mistake, by what the schemas say of its two sides. */
export type Misfit =
  /** The place (or the other one) is nothing that the operator looks at. */
  | { readonly kind: 'needs'; readonly needed: Needed; readonly side: 'actual' | 'expected' }
  /** The two are of kinds that are never the same. */
  | { readonly kind: 'kinds'; readonly actual: Schema; readonly expected: Schema }
  /** The place never has this value. */
  | { readonly kind: 'value'; readonly value: unknown; readonly known: readonly unknown[] }
  /** Two numbers that are written as texts are compared as texts. */
  | { readonly kind: 'texts' };

const has = (schema: Schema, ...wanted: readonly Kind[]): boolean => {
  const kinds = kindsOf(schema);
  // Of what nobody can tell it may be.
  return kinds === undefined || wanted.some((kind) => kinds.has(kind));
};
const literal = (value: unknown): Schema => ({ const: value });
const schemasOf = (expected: Expected): readonly Schema[] =>
  expected.kind === 'place' ? [expected.schema] : expected.values.map(literal);

const needs = (needed: Needed, side: 'actual' | 'expected' = 'actual'): Misfit => ({ kind: 'needs', needed, side });

/** Whether the two can be equal. */
function equality(actual: Schema, expected: Schema): Misfit | undefined {
  const [kinds, others] = [kindsOf(actual), kindsOf(expected)];
  if (kinds !== undefined && others !== undefined && ![...kinds].some((kind) => others.has(kind)))
    return { kind: 'kinds', actual, expected };
  const [values, wanted] = [valuesOf(actual), valuesOf(expected)];
  if (values === undefined || wanted === undefined || wanted.some((value) => values.includes(value))) return undefined;
  return { kind: 'value', value: wanted[0], known: values };
}

/** The first of the literals, or the place, that does not fit. */
const eachOf =
  (fits: (actual: Schema, expected: Schema) => Misfit | undefined) =>
  (actual: Schema, expected: Expected): Misfit | undefined => {
    for (const one of schemasOf(expected)) {
      const misfit = fits(actual, one);
      if (misfit !== undefined) return misfit;
    }
    return undefined;
  };

const IS_NUMBER = /^\s*[-+]?\d+(?:\.\d+)?\s*$/u;
const isNumberInText = (value: unknown): boolean => typeof value === 'string' && IS_NUMBER.test(value);

/** How an order sees a value of the schema; undefined: nobody can tell. Money is a text with a unit. */
function orderedAs(schema: Schema): 'number' | 'number-in-text' | 'text' | undefined {
  const kinds = kindsOf(schema);
  const isText = kinds?.has('string') === true;
  if (kinds === undefined || (isText && (kinds.has('integer') || kinds.has('fraction')))) return undefined;
  if (!isText) return 'number';
  const { examples } = schema;
  const samples = valuesOf(schema) ?? (Array.isArray(examples) ? (examples as readonly unknown[]) : []);
  const isNumber = Object.hasOwn(schema, 'x-unit') || (samples.length > 0 && samples.every(isNumberInText));
  return isNumber ? 'number-in-text' : 'text';
}

function order(actual: Schema, expected: Schema): Misfit | undefined {
  if (!has(actual, 'integer', 'fraction', 'string')) return needs('number');
  if (!has(expected, 'integer', 'fraction', 'string')) return needs('number', 'expected');
  const [one, other] = [orderedAs(actual), orderedAs(expected)];
  if (one === undefined || other === undefined) return undefined;
  if (one === 'number-in-text' && other === 'number-in-text') return { kind: 'texts' };
  const isMixed = (one === 'text') !== (other === 'text');
  // A plain text may be compared with one that happens to be digits.
  return isMixed && (one === 'number' || other === 'number') ? { kind: 'kinds', actual, expected } : undefined;
}

/** In a list each value should be one that the place can have; in a text it may stand as a part. */
function membership(actual: Schema, expected: Expected): Misfit | undefined {
  if (expected.kind === 'place') {
    if (!has(expected.schema, 'array', 'string')) return needs('list', 'expected');
    return has(expected.schema, 'string') ? undefined : equality(actual, itemsOf(expected.schema));
  }
  const [list] = expected.values;
  if (!Array.isArray(list)) return has(actual, 'string', 'integer', 'fraction') ? undefined : needs('text');
  return eachOf(equality)(actual, { kind: 'literals', values: list as readonly unknown[] });
}

const containing = eachOf((actual, expected) =>
  has(actual, 'array') ? equality(itemsOf(actual), expected) : needs('list'),
);

const ofTexts = eachOf((actual, expected) => {
  if (!has(actual, 'string')) return needs('text');
  return has(expected, 'string') ? undefined : needs('text', 'expected');
});

/** Whether instants may stand there: texts of which the schema says so, or says nothing. */
function isInstant(schema: Schema): boolean {
  if (!has(schema, 'string')) return false;
  return kindsOf(schema) === undefined || schema['format'] === 'date-time';
}
/** A literal has been checked; of `within` the place in `of` is what it compares with. */
function ofInstants(actual: Schema, expected: Expected): Misfit | undefined {
  if (!isInstant(actual)) return needs('instant');
  return expected.kind === 'literals' || isInstant(expected.schema) ? undefined : needs('instant', 'expected');
}

const hasPosition = (schema: Schema): boolean =>
  has(schema, 'object') &&
  (kindsOf(schema) === undefined ||
    ['longitude', 'latitude'].every((axis) => schemaAt(schema, [axis]).kind !== 'unknown'));
function ofPositions(actual: Schema, expected: Expected): Misfit | undefined {
  if (!hasPosition(actual)) return needs('position');
  return expected.kind === 'literals' || hasPosition(expected.schema) ? undefined : needs('position', 'expected');
}

/** What can be said to have changed. */
const ofChanges = (actual: Schema): Misfit | undefined =>
  has(actual, 'string', 'integer', 'fraction', 'boolean') ? undefined : needs('entry');

/** What stands in named lists. */
const ofEntries = (actual: Schema): Misfit | undefined =>
  has(actual, 'string', 'integer', 'fraction') ? undefined : needs('entry');

const ofLists = (actual: Schema): Misfit | undefined => (has(actual, 'array') ? undefined : needs('list'));

/** Why a comparison by the operator looks like a mistake; undefined where it does not, or nobody can tell. */
export const MISFITS: Readonly<Record<RuleOperator, (actual: Schema, expected: Expected) => Misfit | undefined>> = {
  equal: eachOf(equality),
  notEqual: eachOf(equality),
  in: membership,
  notIn: membership,
  contains: containing,
  doesNotContain: containing,
  lessThan: eachOf(order),
  lessThanInclusive: eachOf(order),
  greaterThan: eachOf(order),
  greaterThanInclusive: eachOf(order),
  startsWith: ofTexts,
  endsWith: ofTexts,
  matches: ofTexts,
  before: ofInstants,
  after: ofInstants,
  within: ofInstants,
  during: ofInstants,
  withinKm: ofPositions,
  insidePolygon: ofPositions,
  anyElement: ofLists,
  allElements: ofLists,
  noElement: ofLists,
  countElements: ofLists,
  inList: ofEntries,
  notInList: ofEntries,
  was: eachOf(equality),
  became: eachOf(equality),
  changed: ofChanges,
};
