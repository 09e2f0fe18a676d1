import type { RuleDraft } from '@hermes/contracts/rule';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import type { Finding } from '@hermes/rules/finding';
import { personMismatches, personProblems, untimelyPersons } from '@hermes/rules/person-findings';
import { personsNamed } from '@hermes/rules/persons-named';
import { both } from '@hermes/rules/words';

/** What is said of a draft that asks for the person. */
export interface PersonAdvice {
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}

const WARMS_UP: Finding = {
  pointer: '/conditions',
  code: 'warms-up',
  text: both(
    'a feature of the person is known from the first change on that is told after the rule has come into force; until then the place is undefined',
    '规则生效后，主体的特征从第一次被通知的变化起才可知；在此之前该处为 undefined',
  ),
};

const NOTHING: PersonAdvice = { problems: [], warnings: [] };

/** @param published - undefined where the draft asks for no person */
export function personAdvice(
  { conditions, key }: Pick<RuleDraft, 'conditions' | 'key'>,
  published: Pick<FeatureSet, 'answered' | 'segments'> | undefined,
): PersonAdvice {
  if (published === undefined || personsNamed(conditions).length === 0) return NOTHING;
  const features = new Map(
    [...published.answered].map(([id, one]) => [id, one.kind === 'counted' ? one.feature.feature : one.feature]),
  );
  const known = { features, segments: published.segments.set.all.map(({ id }) => id) };
  const warmsUp = personsNamed(conditions).some(({ kind }) => kind === 'feature');
  return {
    problems: [...personProblems(conditions, known), ...untimelyPersons(conditions, key !== undefined)],
    warnings: [...personMismatches(conditions, known), ...(warmsUp ? [WARMS_UP] : [])],
  };
}
