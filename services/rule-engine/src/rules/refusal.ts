import type { Bilingual } from '@hermes/contracts/event-type';
import type { Language } from '@hermes/contracts/language';
import type { RuleRemark } from '@hermes/contracts/rule-api';
import { both } from '@hermes/rules/words';
import { andMore, ProblemError } from '@hermes/service-kit/problem';

export const INVALID = both('The rule is not valid', '规则无效');

/** What is wrong with what a person wrote: the first of it in a sentence, and all of it in `errors`. */
export function refused(
  code: string,
  title: Bilingual,
  problems: readonly RuleRemark[],
  language: Language,
  status = 400,
): ProblemError {
  const [first] = problems;
  const where = first?.pointer ? `${first.pointer}: ` : '';
  return new ProblemError({
    status,
    code,
    title: title[language],
    detail: `${where}${first?.message ?? ''}${andMore(problems, language)}`,
    extra: { errors: problems },
  });
}
