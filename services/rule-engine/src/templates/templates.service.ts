import type { Language } from '@hermes/contracts/language';
import type { RuleDraft } from '@hermes/contracts/rule';
import type { FilledTemplate } from '@hermes/contracts/rule-template';
import { isTemplate, templateDraft } from '@hermes/rules/templates/rule-template';
import { both } from '@hermes/rules/words';
import { notFound } from '@hermes/service-kit/problem';
import type { PlacingParts } from '../rules/draft-placing.ts';
import { refused } from '../rules/refusal.ts';

const INVALID = both('The form is not filled in well', '表单填写有误');

/** Rules that are filled in with a form: a draft of what a form gave, and nothing is saved. */
export class TemplatesService {
  private readonly parts: Pick<PlacingParts, 'placesOf' | 'timeZoneOf'>;
  constructor(parts: Pick<PlacingParts, 'placesOf' | 'timeZoneOf'>) {
    this.parts = parts;
  }

  /** @throws ProblemError 400 `invalid-template` with everything that is wrong with the form, 404 */
  draft(project: string, kind: string, given: FilledTemplate, language: Language): RuleDraft {
    const timeZone = this.parts.timeZoneOf(project);
    if (timeZone === undefined) throw notFound('project', project);
    if (!isTemplate(kind)) throw notFound('template', kind);
    const made = templateDraft(kind, given, { placesOf: this.parts.placesOf(project), timeZone, language });
    if (made.kind === 'rejected') throw refused('invalid-template', INVALID, made.problems, language);
    return made.draft;
  }
}
