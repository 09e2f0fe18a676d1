import { type Rule, type RuleDraft } from '@hermes/contracts/rule';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { checkRule, type RuleProblem } from '@hermes/rules/check-rule';
import { featuresNamed } from '@hermes/rules/features-named';
import { inTimeZone } from '@hermes/rules/in-time-zone';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { notFound, ProblemError, unavailable } from '@hermes/service-kit/problem';
import type { CountedFeaturesRepository } from '../features/counted-features.ts';
import { findFeatures } from '../features/rule-features.ts';

export interface PlacingParts {
  /** A project's, as an IANA name; undefined when there is no such project. */
  readonly timeZoneOf: (project: string) => string | undefined;
  /** The features that are published now; undefined until they have been read. */
  readonly featuresOf: (project: string) => FeatureSet | undefined;
  readonly features: Pick<CountedFeaturesRepository, 'remember'>;
}

function checked(input: unknown): RuleDraft {
  const result = checkRule(input);
  if (result.kind === 'ok') return result.draft;
  throw refused('invalid-rule', 'The rule is not valid', result.problems);
}

export function refused(code: string, title: string, problems: readonly RuleProblem[]): ProblemError {
  const [first] = problems;
  return new ProblemError({
    status: 400,
    code,
    title,
    detail: `${first?.pointer ?? ''}: ${first?.message ?? ''}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`,
    extra: { errors: problems },
  });
}

/** Makes of what a person wrote what is kept: it means the same from then on, whatever becomes of the project's time zone and features. */
export class DraftPlacing {
  private readonly parts: PlacingParts;
  constructor(parts: PlacingParts) {
    this.parts = parts;
  }

  /**
   * Checks a rule, says of its times where on earth they are meant, and of its features which version.
   *
   * @throws ProblemError 400 `invalid-rule` with everything that is wrong, 404, 503
   */
  async place(project: string, input: unknown): Promise<RuleDraft> {
    const timeZone = this.parts.timeZoneOf(project);
    if (timeZone === undefined) throw notFound('project', project);
    const draft = checked(input);
    const conditions = await this.withVersions(project, inTimeZone(draft.conditions, timeZone));
    // Placed it is longer, and has to be fit to be read and saved again.
    return checked({ ...draft, conditions });
  }

  private async withVersions(project: string, conditions: Rule['conditions']): Promise<Rule['conditions']> {
    if (featuresNamed(conditions).length === 0) return conditions;
    const published = this.parts.featuresOf(project);
    if (published === undefined) throw unavailable('The list of features');
    const found = findFeatures(conditions, published);
    if (found.kind === 'rejected') throw refused('invalid-rule', 'The rule is not valid', found.problems);
    await orUnavailable(this.parts.features.remember(project, found.features));
    return found.conditions;
  }
}
