import type { Language } from '@hermes/contracts/language';
import { type NamedCondition, NamedConditionDraft, type NamedConditionView } from '@hermes/contracts/named-condition';
import { type Condition, ConditionId } from '@hermes/contracts/rule';
import { checkCondition } from '@hermes/rules/check-rule';
import { MAX_DEPTH, MAX_RULE_LENGTH } from '@hermes/rules/rule-limits';
import { inLanguage } from '@hermes/rules/finding';
import { inTimeZone } from '@hermes/rules/in-time-zone';
import { withListFactsTurned } from '@hermes/rules/list-facts';
import { conditionRefsIn, withNamedConditions } from '@hermes/rules/named-conditions';
import { both } from '@hermes/rules/words';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { notFound, parse, ProblemError } from '@hermes/service-kit/problem';
import { refused } from '../rules/refusal.ts';
import type { ConditionsRepository } from './conditions.repository.ts';

const INVALID = both('The condition is not valid', '条件无效');

const problem = (status: number, code: string, title: string, detail: string, extra = {}): ProblemError =>
  new ProblemError({ status, code, title, detail, extra });

/** The project's named conditions. A change of one changes no rule: rules take what it says when they are saved. */
export class ConditionsService {
  private readonly conditions: ConditionsRepository;
  private readonly timeZoneOf: (project: string) => string | undefined;

  constructor(conditions: ConditionsRepository, timeZoneOf: (project: string) => string | undefined) {
    this.conditions = conditions;
    this.timeZoneOf = timeZoneOf;
  }

  list(project: string): Promise<readonly NamedCondition[]> {
    return orUnavailable(this.conditions.list(project));
  }

  /** @throws ProblemError 404, 503 */
  async get(project: string, id: string): Promise<NamedConditionView> {
    const found = await orUnavailable(this.conditions.find(project, id));
    if (found === undefined) throw notFound('condition', id);
    const uses = await orUnavailable(this.conditions.usesOf(project, id));
    return { ...found, usedBy: uses.map((use) => ({ ...use, isOlder: use.version < found.version })) };
  }

  /** @throws ProblemError 400 `invalid-condition`, `invalid-condition-id`, 404, 503 */
  async save(
    project: string,
    id: string,
    input: unknown,
    by: string,
    language: Language,
  ): Promise<{ readonly condition: NamedCondition; readonly isNew: boolean }> {
    const timeZone = this.timeZoneOf(project);
    if (timeZone === undefined) throw notFound('project', project);
    const checked = ConditionId.safeParse(id);
    if (!checked.success)
      throw problem(400, 'invalid-condition-id', 'The condition id is not valid', checked.error.issues[0]!.message);
    const { conditions: written, ...frame } = parse(NamedConditionDraft.omit({ conditions: true }).loose(), input);
    if ((JSON.stringify(written) ?? '').length > MAX_RULE_LENGTH)
      throw problem(
        400,
        'too-long',
        'The condition is too long',
        `It has at most ${MAX_RULE_LENGTH} characters of JSON.`,
      );
    const { kept } = conditionRefsIn(written, MAX_DEPTH);
    const known = await orUnavailable(this.conditions.known(project, kept));
    const resolved = withNamedConditions(written, '/conditions', known, { deepest: MAX_DEPTH, self: id });
    const conditions = withListFactsTurned(resolved.conditions, MAX_DEPTH);
    const problems =
      resolved.problems.length > 0
        ? inLanguage(resolved.problems, language)
        : checkCondition(conditions, '/conditions', language);
    if (problems.length > 0) throw refused('invalid-condition', INVALID, problems, language);
    const draft = parse(NamedConditionDraft, { ...frame, conditions: inTimeZone(conditions as Condition, timeZone) });
    return orUnavailable(this.conditions.save(project, id, draft, by));
  }

  /** @throws ProblemError 404, 409 `condition-in-use`, 503 */
  async delete(project: string, id: string, by: string): Promise<void> {
    const deleted = await orUnavailable(this.conditions.delete(project, id, by));
    if (deleted.kind === 'missing') throw notFound('condition', id);
    if (deleted.kind !== 'in-use') return;
    const { rules } = deleted;
    const detail = `The condition is in ${rules.join(', ')}: change or archive these rules (and their drafts) first.`;
    throw problem(409, 'condition-in-use', 'Rules have the condition in them', detail, { rules });
  }
}
