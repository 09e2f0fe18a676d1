import { randomBytes } from 'node:crypto';
import type { Language } from '@hermes/contracts/language';
import { type GivenLists, Rule } from '@hermes/contracts/rule';
import type { ArchivedRule, RuleCheck, SavedRule } from '@hermes/contracts/rule-api';
import { dryRun, type DryRun, type DryRunEvent, type GivenFacts } from '@hermes/rules/decide';
import { inLanguage } from '@hermes/rules/finding';
import { givenLists } from '@hermes/rules/list-operators';
import { both } from '@hermes/rules/words';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { notFound, ProblemError } from '@hermes/service-kit/problem';
import { revisionConflict } from '@hermes/service-kit/revision-etag';
import type { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import type { ListCopies } from '../lists/lists-copy.ts';
import { testProblems } from './draft-check.ts';
import type { DraftPlacing, PlacedDraft } from './draft-placing.ts';
import { INVALID, refused } from './refusal.ts';
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

/** What a dry run is told beside the event. */
export interface GivenInRun extends Omit<GivenFacts, 'list'> {
  /** Lists that are not given are asked as they are now. */
  readonly lists?: GivenLists | undefined;
  /** Which version of the rule, one in the shadow too; without it the newest. */
  readonly version?: number | undefined;
}

const UNTESTED = both('The rule has no test', '规则没有测试');
const FAILED = both('The rule does not pass its tests', '规则没有通过自己的测试');

/** @throws ProblemError 400 `invalid-rule-id` */
export function checkedId(id: string): string {
  if (RuleId.safeParse(id).success) return id;
  throw new ProblemError({
    status: 400,
    code: 'invalid-rule-id',
    title: 'The rule id is not valid',
    detail: 'A rule id is 1 to 64 characters: lower-case letters, digits and "-", the first one no "-".',
  });
}

const fourEyes = (id: string): ProblemError =>
  new ProblemError({
    status: 409,
    code: 'four-eyes',
    title: 'Another person has to approve of it',
    detail: `This project publishes rules under four eyes: save a draft (PUT .../rules/${id}/draft), let another person approve it (POST .../rules/${id}/draft/approve), then publish it (POST .../rules/${id}/publish).`,
  });

/** Writing and reading rules. A change is in force within a second of its answer, on every partition. */
export class RulesService {
  private readonly rules: RulesRepository;
  private readonly publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>;
  private readonly placing: DraftPlacing;
  private readonly lists: Pick<ListCopies, 'lookupOf'>;

  constructor(
    rules: RulesRepository,
    publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>,
    placing: DraftPlacing,
    lists: Pick<ListCopies, 'lookupOf'>,
  ) {
    this.rules = rules;
    this.publisher = publisher;
    this.placing = placing;
    this.lists = lists;
  }

  list(project: string): Promise<readonly Rule[]> {
    return orUnavailable(this.rules.list(project));
  }

  archived(project: string): Promise<readonly ArchivedRule[]> {
    return orUnavailable(this.rules.archived(project));
  }

  async get(project: string, id: string): Promise<Rule> {
    const rule = await orUnavailable(this.rules.find(project, id));
    if (rule === undefined) throw notFound('rule', id);
    return rule;
  }

  async create(project: string, input: unknown, by: string, language: Language): Promise<SavedRule> {
    const placed = await this.placing.place(project, input, undefined, language);
    return (await this.save(project, newRuleId(placed.draft.name), placed, by, language)).rule;
  }

  /** What saving and publishing a draft would say, under that id or a new one. Nothing is saved. @throws ProblemError 404, 503 */
  async check(project: string, input: unknown, id: string | undefined, language: Language): Promise<RuleCheck> {
    const told = await this.placing.check(project, input, id, language);
    if (told.kind === 'rejected') return { problems: [...told.problems], warnings: [...told.warnings] };
    const problems = inLanguage(testProblems(told.draft), language);
    return { problems: [...problems], warnings: [...told.warnings], state: [...told.state] };
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
    checkedId(id);
    const placed = await this.placing.place(project, input, id, language);
    return this.save(project, id, placed, by, language, expectedVersion);
  }

  async delete(project: string, id: string, by: string): Promise<void> {
    if (!(await orUnavailable(this.rules.delete(project, id, by)))) throw notFound('rule', id);
    await this.publisher.publishSoon(project);
  }

  async dryRun(
    project: string,
    id: string,
    event: DryRunEvent,
    { lists = {}, version, ...given }: GivenInRun = {},
  ): Promise<DryRun & { readonly rule: Rule }> {
    const rule = version === undefined ? await this.get(project, id) : await this.version(project, id, version);
    const list = givenLists(lists, this.lists.lookupOf(project));
    return { rule, ...dryRun(rule, event, { ...given, list }) };
  }

  private async version(project: string, id: string, version: number): Promise<Rule> {
    const rule = await orUnavailable(this.rules.version(project, id, version));
    if (rule === undefined) throw notFound('version', `${id}/${version}`);
    return rule;
  }

  private async save(
    project: string,
    id: string,
    { draft, warnings }: PlacedDraft,
    by: string,
    language: Language,
    expectedVersion?: number,
  ): Promise<{ readonly rule: SavedRule; readonly isNew: boolean }> {
    const problems = inLanguage(testProblems(draft), language);
    if (problems[0]?.code === 'no-tests') throw refused('no-tests', UNTESTED, problems, language);
    if (problems.length > 0) throw refused('failed-tests', FAILED, problems, language);
    const saved = await orUnavailable(this.rules.save(project, id, draft, by, expectedVersion));
    if (saved.kind === 'four-eyes') throw fourEyes(id);
    if (saved.kind === 'refused')
      throw refused('invalid-rule', INVALID, inLanguage(saved.problems, language), language);
    if (saved.kind === 'conflict') throw revisionConflict('rule', id, saved.version);
    if (saved.kind === 'unchanged') return { rule: { ...saved.rule, warnings: [...warnings] }, isNew: false };
    await this.publisher.publishSoon(project);
    return { rule: { ...saved.rule, warnings: [...warnings] }, isNew: saved.isNew };
  }
}
