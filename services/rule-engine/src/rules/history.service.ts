import type { Rule } from '@hermes/contracts/rule';
import type { Language } from '@hermes/contracts/language';
import type { RuleAuditLine, RuleSettings, RuleVersion, RuleVersionView } from '@hermes/contracts/rule-api';
import { inLanguage } from '@hermes/rules/finding';
import { both } from '@hermes/rules/words';
import type { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { notFound, ProblemError } from '@hermes/service-kit/problem';
import type { RuleHistoryRepository } from './history.repository.ts';
import { refused } from './refusal.ts';
import type { RuleSettingsRepository } from './settings.repository.ts';

const GONE = both('The version names lists or lookups that are gone', '此版本用到的名单或外部查询已不存在');

const noVersion = (id: string, version: number): Error => notFound('version', `${id}/${version}`);

/** What there was of rules, the way back to it, and what the project asks of changes. */
export class RuleHistoryService {
  private readonly history: RuleHistoryRepository;
  private readonly settings: RuleSettingsRepository;
  private readonly publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>;

  constructor(
    history: RuleHistoryRepository,
    settings: RuleSettingsRepository,
    publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>,
  ) {
    this.history = history;
    this.settings = settings;
    this.publisher = publisher;
  }

  /** Newest first, of an archived rule too. @throws ProblemError 404 for a rule that was never published, 503 */
  async versions(project: string, id: string, limit: number): Promise<readonly RuleVersion[]> {
    const versions = await orUnavailable(this.history.versions(project, id, limit));
    if (versions.length === 0) throw notFound('rule', id, 'It was never published.');
    return versions;
  }

  /** @throws ProblemError 404, 503 */
  async version(project: string, id: string, version: number): Promise<RuleVersionView> {
    const found = await orUnavailable(this.history.version(project, id, version));
    if (found === undefined) throw noVersion(id, version);
    return found;
  }

  /** Puts an earlier version's content in force as a new version. @throws ProblemError 404, 409 `unknown-list`, `unknown-lookup`, `never-in-force`, 503 */
  async rollBack(project: string, id: string, version: number, by: string, language: Language): Promise<Rule> {
    const rolledBack = await orUnavailable(this.history.rollBack(project, id, version, by));
    if (rolledBack.kind === 'missing') throw noVersion(id, version);
    if (rolledBack.kind === 'never-in-force')
      throw new ProblemError({
        status: 409,
        code: 'never-in-force',
        title: 'The version never was in force',
        detail: `Version ${version} only ran in the shadow: promote it while it runs, or save what it says as a draft.`,
      });
    if (rolledBack.kind === 'refused')
      throw refused(rolledBack.problems[0]!.code, GONE, inLanguage(rolledBack.problems, language), language, 409);
    if (rolledBack.kind === 'rolled-back') await this.publisher.publishSoon(project);
    return rolledBack.rule;
  }

  /** Newest first, of a rule that is archived or only drafted too. @throws ProblemError 404, 503 */
  async audit(project: string, id: string, limit: number): Promise<readonly RuleAuditLine[]> {
    const audit = await orUnavailable(this.history.audit(project, limit, id));
    // A rule from before there was an audit has none.
    if (audit.length === 0) await this.versions(project, id, 1);
    return audit;
  }

  /** Newest first. @throws ProblemError 503 */
  auditOfProject(project: string, limit: number): Promise<readonly RuleAuditLine[]> {
    return orUnavailable(this.history.audit(project, limit));
  }

  settingsOf(project: string): Promise<RuleSettings> {
    return orUnavailable(this.settings.get(project));
  }

  async saveSettings(project: string, settings: RuleSettings, by: string): Promise<void> {
    await orUnavailable(this.settings.save(project, settings, by));
  }
}
