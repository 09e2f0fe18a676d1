/** Guards: a ratio is divided from the versions of its features that are written into the rule, as json-rules-engine sees it too. */
import type { TraceEntry } from '@hermes/contracts/decision';
import type { Condition } from '@hermes/contracts/rule';
import { describe, expect, test } from 'vitest';
import { checkCondition } from './check-rule.ts';
import { compileCondition } from './condition.ts';
import { featureIn, type FeatureLookup } from './feature-fact.ts';
import { featuresAsked, featuresNamed, withFeatureVersions } from './features-named.ts';
import { referenceVerdict } from './reference.ts';
import { FALSE, TRUE } from './verdict.ts';

describe('a ratio', () => {
  const params = {
    id: 'share',
    version: 3,
    numerator: { id: 'sold', version: 2 },
    denominator: { id: 'shown', version: 1 },
  };
  const half: Condition = { all: [{ fact: 'feature', params, operator: 'equal', value: 0.5 }] };
  const lookup =
    (values: Readonly<Record<string, unknown>>): FeatureLookup =>
    (id, version = 0) => {
      const value = values[`${id} ${version}`];
      return value === undefined ? undefined : { value, version, key: id, interval: { from: null, to: null } };
    };

  test.each([
    ['is divided from its features in their versions', { 'sold 2': 2, 'shown 1': 4 }, 0.5],
    ['of nothing is no number', { 'sold 2': 2, 'shown 1': 0 }, null],
    ['of what has no value is none', { 'sold 2': null, 'shown 1': 4 }, null],
    ['of a feature that is not there is not there', { 'sold 1': 2, 'shown 1': 4 }, undefined],
    ['that is told itself is what it is told to be', { 'share 3': 0.5 }, 0.5],
  ])('%s', async (_, values, expected) => {
    const facts = { event: {}, feature: lookup(values) };
    const compiled = compileCondition(half);
    expect(compiled.test(facts)).toBe(expected === 0.5 ? TRUE : FALSE);
    expect(await referenceVerdict(half, facts)).toBe(compiled.test(facts));
    const trace: TraceEntry[] = [];
    compiled.explain(facts, trace);
    expect(trace.at(-1)?.actual).toBe(expected);
    expect(featureIn(facts.feature, featuresAsked(half)[0]!)?.value).toBe(expected);
  });

  test('asks for the counting of the features that it divides, and is itself what was asked for', () => {
    const both: Condition = { all: [half, { fact: 'feature', params: params.numerator, operator: 'equal', value: 1 }] };
    expect(featuresNamed(both)).toEqual([params.numerator, params.denominator]);
    expect(featuresAsked(both).map(({ id }) => id)).toEqual(['share', 'sold']);
    const { id, ...pinned } = params;
    const written: Condition = { all: [{ fact: 'feature', params: { id }, operator: 'equal', value: 0.5 }] };
    expect(withFeatureVersions(written, () => pinned)).toEqual(half);
    expect(withFeatureVersions(half, () => 7)).toMatchObject({ all: [{ params: { id, version: 7 } }] });
  });

  test.each([
    [{ ...params, denominator: undefined }, '/conditions/all/0/params/denominator invalid-field'],
    [{ ...params, numerator: 'sold' }, '/conditions/all/0/params/numerator invalid-field'],
    [{ ...params, numerator: { id: 'sold' } }, '/conditions/all/0/params/numerator invalid-field'],
    [{ id: 'share', numerator: params.numerator }, '/conditions/all/0/params invalid-field'],
  ])('that was written by hand and is none is refused', (wrong, expected) => {
    const problems = checkCondition(
      { all: [{ fact: 'feature', params: wrong, operator: 'equal', value: 1 }] },
      '/conditions',
    );
    expect(problems.map(({ pointer, code }) => `${pointer} ${code}`)).toContain(expected);
  });
});
