import { randomBytes } from 'node:crypto';
import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import type { HermesEvent } from '@hermes/contracts/event';
import type { Bilingual } from '@hermes/contracts/event-type';
import type { Language } from '@hermes/contracts/language';
import { Rule, type RuleDraft } from '@hermes/contracts/rule';
import type { RuleCheck, RuleRemark, SavedRule } from '@hermes/contracts/rule-api';
import { checkRule } from '@hermes/rules/check-rule';
import { dryRun, type DryRun } from '@hermes/rules/decide';
import { inTimeZone } from '@hermes/rules/in-time-zone';
import { failedTests } from '@hermes/rules/rule-tests';
import { both } from '@hermes/rules/words';
import { notFound, ProblemError, unavailable } from '@hermes/service-kit/problem';
import type { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import type { RuleAdvice } from './rule-advice.ts';
import type { RulesRepository } from './rules.repository.ts';

const RuleId = Rule.shape.id;

/** `big-deal-over-10-million-3f9c2a`: readable where the name is, unique always. */
function newRuleId(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .replaceAll(/^-+|-+$/gu, '')
    .slice(0, 40);
  return `${slug === '' ? 'rule' : slug}-${randomBytes(3).toString('hex')}`;
}

const INVALID = both('The rule is not valid', '规则无效');
const FAILED = both('The rule does not pass its tests', '规则没有通过自己的测试');

function checked(input: unknown, language: Language): RuleDraft {
  const result = checkRule(input, language);
  if (result.kind === 'ok') return result.draft;
  throw refused('invalid-rule', INVALID, result.problems, language);
}

/** Placed it is longer, and has to be checked again: it must be fit to be read and saved. */
const inTimeZoneOf = (draft: RuleDraft, timeZone: string): RuleDraft => ({
  ...draft,
  conditions: inTimeZone(draft.conditions, timeZone),
});

function refused(code: string, title: Bilingual, problems: readonly RuleRemark[], language: Language): ProblemError {
  const [first, ...others] = problems;
  const more =
    others.length === 0 ? both('', '') : both(` (and ${others.length} more)`, `（另有 ${others.length} 处）`);
  return new ProblemError({
    status: 400,
    code,
    title: title[language],
    detail: `${first?.pointer ?? ''}: ${first?.message ?? ''}${more[language]}`,
    extra: { errors: problems },
  });
}

/** What the database answered, or a 503 when it is away. */
async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (isPostgresAway(error)) throw unavailable('PostgreSQL', error);
    throw error;
  }
}

/** Writing and reading rules. A change is in force within a second of its answer, on every partition. */
export class RulesService {
  private readonly rules: RulesRepository;
  private readonly publisher: DefinitionPublisher<readonly Rule[]>;
  private readonly advice: RuleAdvice;
  private readonly timeZoneOf: (project: string) => string | undefined;

  /** @param timeZoneOf - a project's, as an IANA name; undefined when there is no such project */
  constructor(
    rules: RulesRepository,
    publisher: DefinitionPublisher<readonly Rule[]>,
    advice: RuleAdvice,
    timeZoneOf: (project: string) => string | undefined,
  ) {
    this.rules = rules;
    this.publisher = publisher;
    this.advice = advice;
    this.timeZoneOf = timeZoneOf;
  }

  list(project: string): Promise<readonly Rule[]> {
    return orUnavailable(this.rules.list(project));
  }

  async get(project: string, id: string): Promise<Rule> {
    const rule = await orUnavailable(this.rules.find(project, id));
    if (rule === undefined) throw notFound('rule', id);
    return rule;
  }

  async create(project: string, input: unknown, by: string, language: Language): Promise<SavedRule> {
    const draft = checked(input, language);
    return (await this.save(project, newRuleId(draft.name), draft, by, language)).rule;
  }

  /** What saving a draft would say, under that id or a new one. Nothing is saved. @throws ProblemError 404, 503 */
  async check(project: string, input: unknown, id: string | undefined, language: Language): Promise<RuleCheck> {
    const timeZone = this.timeZone(project);
    const written = checkRule(input, language);
    if (written.kind === 'rejected') return { problems: [...written.problems], warnings: [] };
    const placed = checkRule(inTimeZoneOf(written.draft, timeZone), language);
    if (placed.kind === 'rejected') return { problems: [...placed.problems], warnings: [] };
    const told = await orUnavailable(this.advice.about(project, placed.draft, id, language));
    // One that never fires fails its tests for that.
    return told.problems.length > 0 ? told : { ...told, problems: [...failedTests(placed.draft)] };
  }

  /** Publishes a new version, or the first one under this id. The same draft again publishes nothing. */
  async put(
    project: string,
    id: string,
    input: unknown,
    by: string,
    language: Language,
    expectedVersion?: number,
  ): Promise<{ readonly rule: SavedRule; readonly isNew: boolean }> {
    if (!RuleId.safeParse(id).success) {
      throw new ProblemError({
        status: 400,
        code: 'invalid-rule-id',
        title: 'The rule id is not valid',
        detail: 'A rule id is 1 to 64 characters: lower-case letters, digits and "-", the first one no "-".',
      });
    }
    return this.save(project, id, checked(input, language), by, language, expectedVersion);
  }

  async delete(project: string, id: string): Promise<void> {
    if (!(await orUnavailable(this.rules.delete(project, id)))) throw notFound('rule', id);
    await this.publisher.publishSoon(project);
  }

  async dryRun(
    project: string,
    id: string,
    event: Pick<HermesEvent, 'type' | 'data'>,
  ): Promise<DryRun & { readonly rule: Rule }> {
    const rule = await this.get(project, id);
    return { rule, ...dryRun(rule, event) };
  }

  private async save(
    project: string,
    id: string,
    draft: RuleDraft,
    by: string,
    language: Language,
    expectedVersion?: number,
  ): Promise<{ readonly rule: SavedRule; readonly isNew: boolean }> {
    const placed = checked(inTimeZoneOf(draft, this.timeZone(project)), language);
    const { problems, warnings } = await orUnavailable(this.advice.about(project, placed, id, language));
    if (problems.length > 0) throw refused('invalid-rule', INVALID, problems, language);
    const failed = failedTests(placed);
    if (failed.length > 0) throw refused('failed-tests', FAILED, failed, language);
    const saved = await orUnavailable(this.rules.save(project, id, placed, by, expectedVersion));
    if (saved.kind === 'conflict') {
      throw new ProblemError({
        status: 412,
        code: 'version-conflict',
        title: 'Somebody else was faster',
        detail:
          saved.version === undefined
            ? `There is no rule '${id}' yet; leave out If-Match.`
            : `Version ${saved.version} is published now; read it and try again.`,
      });
    }
    if (saved.kind === 'unchanged') return { rule: { ...saved.rule, warnings }, isNew: false };
    await this.publisher.publishSoon(project);
    return { rule: { ...saved.rule, warnings }, isNew: saved.isNew };
  }

  private timeZone(project: string): string {
    const timeZone = this.timeZoneOf(project);
    if (timeZone === undefined) throw notFound('project', project);
    return timeZone;
  }
}
