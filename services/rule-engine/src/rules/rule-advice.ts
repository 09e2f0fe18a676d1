import type { Language } from '@hermes/contracts/language';
import type { RuleDraft } from '@hermes/contracts/rule';
import type { RuleCheck } from '@hermes/contracts/rule-api';
import { inLanguage } from '@hermes/rules/finding';
import { findingsOf } from '@hermes/rules/findings';
import { conditionHash } from '@hermes/rules/same-rules';
import type { EventCatalogue } from '@hermes/stream-runtime/event-catalogue';
import type { RulesRepository } from './rules.repository.ts';

/** What is said of a draft among the event types and the rules of its project. */
export class RuleAdvice {
  private readonly catalogue: Pick<EventCatalogue, 'types'>;
  private readonly rules: Pick<RulesRepository, 'withCondition'>;

  constructor(catalogue: Pick<EventCatalogue, 'types'>, rules: Pick<RulesRepository, 'withCondition'>) {
    this.catalogue = catalogue;
    this.rules = rules;
  }

  /**
   * @param draft - has passed `checkRule`, its conditions placed in the project's time zone
   * @param id - under which it is to be saved; undefined: a new one
   * @throws Error of PostgreSQL (`isPostgresAway` tells whether it is away)
   */
  async about(project: string, draft: RuleDraft, id: string | undefined, language: Language): Promise<RuleCheck> {
    const same = await this.rules.withCondition(project, conditionHash(draft), id);
    const { problems, warnings } = findingsOf(draft, { catalogue: this.catalogue.types(project), same });
    return { problems: [...inLanguage(problems, language)], warnings: [...inLanguage(warnings, language)] };
  }
}
