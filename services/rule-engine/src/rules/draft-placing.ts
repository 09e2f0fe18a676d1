import type { Feature } from '@hermes/contracts/feature';
import type { Language } from '@hermes/contracts/language';
import type { RuleDraft } from '@hermes/contracts/rule';
import type { RuleRemark, RuleStateSize } from '@hermes/contracts/rule-api';
import type { PlacesOf } from '@hermes/itinerary/observed-events';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { type CheckedRule, checkRule } from '@hermes/rules/check-rule';
import { MAX_DEPTH } from '@hermes/rules/rule-limits';
import { isFields } from '@hermes/rules/fields';
import { type Finding, inLanguage } from '@hermes/rules/finding';
import { conditionRefsIn, type KnownConditions, withNamedConditions } from '@hermes/rules/named-conditions';
import { timelessFeatures } from '@hermes/rules/memory/memory-findings';
import { isDecidedByTime, memoriesNamed } from '@hermes/rules/memory/memories-named';
import { placedMemories } from '@hermes/rules/memory/placed-memories';
import { personsNamed } from '@hermes/rules/persons-named';
import { featuresOfRule } from '@hermes/rules/features-of-rule';
import { inTimeZone } from '@hermes/rules/in-time-zone';
import { runTimesInZone } from '@hermes/rules/run-times';
import { both } from '@hermes/rules/words';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { notFound, unavailable } from '@hermes/service-kit/problem';
import { webhookFindings } from '../actions/webhook-findings.ts';
import type { ConditionsRepository } from '../conditions/conditions.repository.ts';
import type { CountedFeaturesRepository } from '../features/counted-features.ts';
import { asksOfChange, withChangeFeatures } from '../features/change-features.ts';
import { attributeWarnings } from '../features/attribute-warnings.ts';
import { personAdvice } from '../persons/person-advice.ts';
import { findFeatures } from '../features/rule-features.ts';
import type { StateSizes } from '../features/state-sizes.ts';
import { INVALID, refused } from './refusal.ts';
import type { RuleAdvice } from './rule-advice.ts';

export interface PlacingParts {
  /** A project's, as an IANA name; undefined when there is no such project. */
  readonly timeZoneOf: (project: string) => string | undefined;
  /** The features that are published now; undefined until they have been read. */
  readonly featuresOf: (project: string) => FeatureSet | undefined;
  readonly features: Pick<CountedFeaturesRepository, 'remember'>;
  /** Ids of the webhooks that are registered; undefined: nobody can say. */
  readonly webhooksOf: (project: string) => Promise<readonly string[] | undefined>;
  readonly conditions: Pick<ConditionsRepository, 'known'>;
  /** What a rule names and the project does not have. */
  readonly missing: (project: string, rule: RuleDraft) => Promise<readonly Finding[]>;
  readonly advice: Pick<RuleAdvice, 'about'>;
  readonly sizes: StateSizes;
  /** The places of an event type, as the project's catalogue has it now. */
  readonly placesOf: (project: string) => PlacesOf;
}

/** A rule as it is kept, and what is doubtful about it. */
export interface PlacedDraft {
  readonly draft: RuleDraft;
  readonly warnings: readonly RuleRemark[];
}

type Placed =
  | (PlacedDraft & {
      readonly kind: 'ok';
      readonly features: readonly Feature[];
      readonly state: readonly RuleStateSize[];
    })
  | { readonly kind: 'rejected'; readonly problems: readonly RuleRemark[]; readonly warnings: readonly RuleRemark[] };

const NO_CONDITIONS: KnownConditions = { ids: [], newest: () => undefined, version: () => undefined };

/** Of which a feature counts events. */
const MAX_TYPES = 50;
/** Once the time is over, the event in hand may be the newest no more. */
const NOT_LATER = {
  pointer: '/conditions',
  code: 'no-changes',
  text: both(
    'a rule that waits for a time does not know any more what was before its event: ask that of another rule',
    '等待时间的规则不再知道其事件之前的值：请用另一条规则询问',
  ),
};
const TOO_MANY_TYPES = {
  pointer: '/eventTypes',
  code: 'too-many-types',
  text: both(
    `a rule that asks what was before looks at most at ${MAX_TYPES} event types`,
    `询问之前的值的规则最多看 ${MAX_TYPES} 个事件类型`,
  ),
};

/** Features of another key than the one that the rule goes by. */
const featuresOfOthers = ({ key: own }: RuleDraft, features: readonly Feature[]): readonly string[] =>
  features
    .filter(({ key }) =>
      key.kind === 'field' ? key.path !== own?.path || key.entity !== own.entity : own !== undefined,
    )
    .map(({ id }) => id);

/** Makes of what a person wrote what is kept: it means the same from then on, whatever becomes of the project's time zone and features. */
export class DraftPlacing {
  private readonly parts: PlacingParts;
  constructor(parts: PlacingParts) {
    this.parts = parts;
  }

  /**
   * Checks a rule, says of its times where on earth they are meant, and of its features which version; these are remembered.
   *
   * @param id - under which it is to be saved; undefined: a new one
   * @throws ProblemError 400 `invalid-rule` with everything that is wrong, 404, 503
   */
  async place(project: string, input: unknown, id: string | undefined, language: Language): Promise<PlacedDraft> {
    const placed = await this.tried(project, input, id, language);
    if (placed.features.length > 0) await orUnavailable(this.parts.features.remember(project, placed.features));
    return placed;
  }

  /** The same with its features, and without keeping anything. @throws ProblemError 400 `invalid-rule`, 404, 503 */
  async tried(
    project: string,
    input: unknown,
    id: string | undefined,
    language: Language,
  ): Promise<PlacedDraft & { readonly features: readonly Feature[] }> {
    const placed = await this.check(project, input, id, language);
    if (placed.kind === 'rejected') throw refused('invalid-rule', INVALID, placed.problems, language);
    return placed;
  }

  /** What `tried` would say, as a value. @throws ProblemError 404, 503 */
  async check(project: string, input: unknown, id: string | undefined, language: Language): Promise<Placed> {
    const timeZone = this.parts.timeZoneOf(project);
    if (timeZone === undefined) throw notFound('project', project);
    const rejected = (problems: readonly Finding[]): Placed => ({
      kind: 'rejected',
      problems: inLanguage(problems, language),
      warnings: [],
    });
    const named = await this.withNamedConditions(project, input);
    if (named.problems.length > 0) return rejected(named.problems);
    const written = checkRule(named.input, language);
    if (written.kind === 'rejected') return { ...written, warnings: [] };
    const missing = await orUnavailable(this.parts.missing(project, written.draft));
    const persons = this.persons(project, written.draft);
    const unknown = [...missing, ...persons.problems];
    if (unknown.length > 0) return rejected(unknown);
    const webhooks = await webhookFindings(written.draft.actions, () => this.parts.webhooksOf(project));
    if (webhooks.problems.length > 0) return rejected(webhooks.problems);
    const remembering = placedMemories(written.draft.conditions, this.parts.placesOf(project), timeZone);
    if (remembering.problems.length > 0) return rejected(remembering.problems);
    const conditions = inTimeZone(remembering.conditions, timeZone);
    const { schedule } = written.draft;
    const found = this.withFeatures(project, {
      ...written.draft,
      conditions,
      ...(schedule === undefined ? {} : { schedule: runTimesInZone(schedule, timeZone) }),
    });
    if (found.kind === 'rejected') return rejected(found.problems);
    const untimely = timelessFeatures(found.draft.conditions, featuresOfOthers(found.draft, found.features));
    if (untimely.length > 0) return rejected(untimely);
    const changes = withChangeFeatures(project, found.draft.conditions, written.draft);
    const asksBefore = asksOfChange(found.draft.conditions);
    if (asksBefore && memoriesNamed(found.draft.conditions).some(isDecidedByTime)) return rejected([NOT_LATER]);
    if (asksBefore && written.draft.eventTypes.length > MAX_TYPES) return rejected([TOO_MANY_TYPES]);
    // Placed it is longer, and has to be fit to be read and saved again.
    const placed: CheckedRule = checkRule({ ...found.draft, conditions: changes.conditions }, language);
    if (placed.kind === 'rejected') return { ...placed, warnings: [] };
    const { draft } = placed;
    const { problems, warnings } = await orUnavailable(this.parts.advice.about(project, draft, id, language));
    if (problems.length > 0) return { kind: 'rejected', problems, warnings };
    const features = [...found.features, ...changes.features];
    const state = await this.parts.sizes.of(project, features);
    const costly = state.flatMap((size) => this.parts.sizes.warning(size) ?? []);
    const doubts = [...webhooks.warnings, ...this.doubtfulAttributes(project, draft), ...costly, ...persons.warnings];
    return {
      kind: 'ok',
      draft,
      warnings: [...warnings, ...inLanguage(doubts, language)],
      features,
      state,
    };
  }

  private async withNamedConditions(
    project: string,
    input: unknown,
  ): Promise<{ readonly input: unknown; readonly problems: readonly Finding[] }> {
    if (!isFields(input)) return { input, problems: [] };
    const { ids, kept } = conditionRefsIn(input['conditions'], MAX_DEPTH);
    const known = ids.length === 0 ? NO_CONDITIONS : await orUnavailable(this.parts.conditions.known(project, kept));
    const { conditions, problems } = withNamedConditions(input['conditions'], '/conditions', known, {
      deepest: MAX_DEPTH,
    });
    return { input: { ...input, conditions }, problems };
  }

  /** What is wrong, and what is to be known, where the draft asks for the person. @throws ProblemError 503 */
  private persons(project: string, draft: RuleDraft): ReturnType<typeof personAdvice> {
    const asks = personsNamed(draft.conditions).length > 0;
    const published = asks ? this.parts.featuresOf(project) : undefined;
    if (asks && published === undefined) throw unavailable('The list of features');
    return personAdvice(draft, published);
  }

  private doubtfulAttributes(project: string, { actions }: RuleDraft): readonly Finding[] {
    const published = this.parts.featuresOf(project);
    return published === undefined ? [] : attributeWarnings(actions, published);
  }

  private withFeatures(project: string, draft: RuleDraft): ReturnType<typeof findFeatures> {
    if (featuresOfRule(draft).length === 0) return { kind: 'found', draft, features: [] };
    const published = this.parts.featuresOf(project);
    if (published === undefined) throw unavailable('The list of features');
    return findFeatures(draft, published);
  }
}
