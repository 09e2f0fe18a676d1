import type { LookupPlan } from '../plan/job-plan.ts';
import type { LookupRow } from '../operators/lookup.ts';
import { jsonRowReader } from './json-row.ts';

/** The part of a feature's answer that a row is made of. */
export interface LookedUpValue {
  readonly value?: unknown;
  /** The same number with every digit. */
  readonly exact?: string | undefined;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Makes rows of a lookup's columns out of a profile's features, by the conversions of the kafka source: a feature that is missing is
 * NULL, a list or an object is its JSON in a STRING, an exact decimal keeps its digits.
 */
export function lookupRowReader(
  plan: LookupPlan,
): (features: Readonly<Record<string, LookedUpValue | undefined>>) => LookupRow {
  const asked = plan.columns.filter(({ role }) => role === 'feature');
  const read = jsonRowReader(asked, {
    ignoreParseErrors: false,
    failOnMissingField: false,
    timestampFormat: 'ISO-8601',
  });
  const places = plan.columns.map((column) => asked.indexOf(column));
  return (features) => {
    const members = asked.flatMap(({ name }) => {
      const found = Object.hasOwn(features, name) ? features[name] : undefined;
      if (found === undefined) return [];
      const { value = null, exact } = found;
      const text = exact !== undefined && NUMBER.test(exact) ? exact : JSON.stringify(value);
      return [`${JSON.stringify(name)}:${text}`];
    });
    const row = read(`{${members.join(',')}}`);
    if (row.kind !== 'row')
      return { kind: 'bad', reason: `the profile does not fit: ${row.kind === 'bad' ? row.reason : 'not an object'}` };
    return { kind: 'row', values: places.map((place) => (place < 0 ? null : row.values[place]!)) };
  };
}

/** The features that a lookup asks for. */
export const lookupFeatures = (plan: LookupPlan): readonly string[] =>
  plan.columns.filter(({ role }) => role === 'feature').map(({ name }) => name);
