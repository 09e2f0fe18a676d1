import type { Feature } from '@hermes/contracts/feature';
import type { Condition } from '@hermes/contracts/rule';
import { askedComparisons } from './asked-comparison.ts';
import { referenceIn } from './expected-value.ts';
import type { FactReference } from './fact-reference.ts';
import { featureSchema } from './feature-schema.ts';
import type { Finding } from './finding.ts';
import { isDecidedByTime, memoriesNamed } from './memory/memories-named.ts';
import { PERSON_FACT, type PersonRef, personRefOf } from './person-fact.ts';
import { personsNamed } from './persons-named.ts';
import { unknownWord } from './rule-words.ts';
import { typeMismatch } from './type-mismatches.ts';
import { both } from './words.ts';

/** What there is to be known of a person. */
export interface KnownPersons {
  /** Published features, by id. */
  readonly features: ReadonlyMap<string, Pick<Feature, 'compute'>>;
  /** Ids of segments. */
  readonly segments: readonly string[];
}

/** A condition says which by one of these alone. */
function problemOf(
  { kind, id }: PersonRef,
  pointer: string,
  { features, segments }: KnownPersons,
): Finding | undefined {
  if (kind === 'segment') {
    if (segments.includes(id)) return undefined;
    return {
      pointer: `${pointer}/params/segment`,
      code: 'unknown-segment',
      text: unknownWord('segment', id, segments),
    };
  }
  const feature = features.get(id);
  const at = `${pointer}/params/feature`;
  if (feature === undefined)
    return { pointer: at, code: 'unknown-feature', text: unknownWord('feature', id, [...features.keys()]) };
  if (feature.compute.kind !== 'ratio') return undefined;
  const text = both(
    `changes of the ratio "${id}" are not told: ask for it with {"fact": "feature", "params": {"id": "${id}"}}`,
    `比率“${id}”的变化不会被通知：请用 {"fact": "feature", "params": {"id": "${id}"}} 询问`,
  );
  return { pointer: at, code: 'unfit-feature', text };
}

/** Features and segments that a condition asks for of the person and that there are none of, or whose changes nobody tells. */
export function personProblems(conditions: Condition, known: KnownPersons): readonly Finding[] {
  const found: Finding[] = [];
  for (const { leaf, pointer } of askedComparisons(conditions, '/conditions', [])) {
    const places: readonly (readonly [FactReference | undefined, string])[] = [
      [leaf, pointer],
      [referenceIn(leaf), `${pointer}/value`],
    ];
    for (const [place, at] of places) {
      const ref = place && personRefOf(place);
      const problem = ref && problemOf(ref, at, known);
      if (problem !== undefined) found.push(problem);
    }
  }
  return found;
}

/** What is known of the person stands at the subject, where a rule by another key is not asked once time decides. */
export function untimelyPersons(conditions: Condition, hasOwnKey: boolean): readonly Finding[] {
  if (!hasOwnKey || personsNamed(conditions).length === 0 || !memoriesNamed(conditions).some(isDecidedByTime))
    return [];
  const text = both(
    'when time decides, a rule by another key than the subject knows nothing of the person: ask that of another rule',
    '由时间决定时，按其他键走的规则不知道该主体的画像：请用另一条规则询问',
  );
  return [{ pointer: '/conditions', code: 'unfit-person', text }];
}

/** Comparisons whose operator and literal do not go with what a feature's values are; a person is in a segment, or not. */
export function personMismatches(conditions: Condition, { features }: KnownPersons): readonly Finding[] {
  const found: Finding[] = [];
  for (const { leaf, pointer } of askedComparisons(conditions, '/conditions', [])) {
    const ref = personRefOf(leaf);
    if (ref === undefined || referenceIn(leaf) !== undefined) continue;
    const feature = features.get(ref.id);
    const schema = ref.kind === 'segment' ? { type: 'boolean' } : feature && featureSchema(feature);
    if (schema === undefined) continue;
    const types = [{ type: undefined, facts: { [PERSON_FACT]: schema } }];
    const mismatch = typeMismatch({ leaf, pointer, types });
    if (mismatch !== undefined) found.push(mismatch);
  }
  return found;
}
