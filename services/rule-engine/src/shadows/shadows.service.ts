import { isConnectionError } from '@hermes/connectors/clickhouse/retry';
import type { Language } from '@hermes/contracts/language';
import type { Rule } from '@hermes/contracts/rule';
import { type RuleShadow, RuleShadowBody, type ShadowComparison } from '@hermes/contracts/rule-shadow';
import { both } from '@hermes/rules/words';
import { isRolledOut } from '@hermes/rules/rollout';
import type { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { notFound, parse, ProblemError, unavailable } from '@hermes/service-kit/problem';
import { revisionConflict } from '@hermes/service-kit/revision-etag';
import type { DecisionsService } from '../decisions/decisions.service.ts';
import type { Author } from '../rules/draft-record.ts';
import { noDraft, refusedPublication } from '../rules/drafts.service.ts';
import type { ComparisonRepository } from './comparison.repository.ts';
import { comparedSpan, comparisonNotes } from './comparison-span.ts';
import { type ShadowRun, shadowView } from './shadow-run.ts';
import type { OtherCandidate, ShadowsRepository } from './shadows.repository.ts';
import { whySilent } from './why-silent.ts';

/** What is to be compared; instants are ms since the epoch. */
export interface AskedComparison {
  /** Without it the newest that ever ran. */
  readonly version: number | undefined;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly samples: number;
}

export interface ShadowsParts {
  readonly shadows: ShadowsRepository;
  readonly publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>;
  readonly comparison: ComparisonRepository;
  readonly decisions: Pick<DecisionsService, 'keptSince'>;
}

const NOT_STARTED = both('The draft cannot run in the shadow', '草稿不能在影子中运行');
const NOT_PROMOTED = both('The version cannot be promoted yet', '该版本还不能转正');

const noShadow = (id: string): ProblemError =>
  notFound('shadow', id, 'Nothing runs in the shadow of the rule: save a draft, and start it (POST .../shadow).');

const otherCandidate = ({ version }: OtherCandidate): ProblemError =>
  new ProblemError({
    status: 409,
    code: 'other-candidate',
    title: 'Another version runs in the shadow',
    detail: `Version ${version} does: look at that one.`,
  });

/** Versions in the shadow of the one in force: started, compared, approved of, promoted or ended. A change is taken up within a second of its answer. */
export class ShadowsService {
  private readonly parts: ShadowsParts;
  constructor(parts: ShadowsParts) {
    this.parts = parts;
  }

  /** @throws ProblemError 503 */
  async list(project: string, language: Language): Promise<readonly RuleShadow[]> {
    const running = await orUnavailable(this.parts.shadows.list(project));
    return running.map((run) => shadowView(run, language));
  }

  /** @throws ProblemError 404, 503 */
  async get(project: string, id: string, language: Language): Promise<RuleShadow> {
    const run = await orUnavailable(this.parts.shadows.find(project, id));
    if (run === undefined) throw noShadow(id);
    return shadowView(run, language);
  }

  /** @throws ProblemError 400 `failed-tests`, `no-tests`, `shadow-draft`, 404, 409 `not-in-force`, `outdated-draft`, `nothing-new`, 412, 503 */
  async start(project: string, id: string, by: string, language: Language, expected?: number): Promise<RuleShadow> {
    const started = await orUnavailable(this.parts.shadows.start(project, id, by, expected));
    switch (started.kind) {
      case 'missing':
        throw noDraft(id);
      case 'conflict':
        throw revisionConflict('draft', id, started.revision);
      case 'refused':
        throw refusedPublication(started.problems, language, NOT_STARTED);
      case 'started':
        await this.parts.publisher.publishSoon(project);
        return shadowView(started.run, language);
    }
  }

  /** @throws ProblemError 400, 404, 409 `own-draft`, `other-candidate`, 503 */
  async approve(project: string, id: string, input: unknown, by: Author, language: Language): Promise<RuleShadow> {
    const { version } = parse(RuleShadowBody, input);
    const approved = await orUnavailable(this.parts.shadows.approve(project, id, version, by));
    switch (approved.kind) {
      case 'missing':
        throw noShadow(id);
      case 'other':
        throw otherCandidate(approved);
      case 'own':
        throw new ProblemError({
          status: 409,
          code: 'own-draft',
          title: 'It was your own draft',
          detail: 'You saved the draft last that this version was made of: another person has to approve it.',
        });
      case 'approved':
        return shadowView(approved.run, language);
    }
  }

  /** @throws ProblemError 400 `failed-tests`, 404, 409 `needs-approval`, `outdated-draft`, `other-candidate`, 503 */
  async promote(project: string, id: string, input: unknown, by: string, language: Language): Promise<Rule> {
    const { version } = parse(RuleShadowBody, input);
    const promoted = await orUnavailable(this.parts.shadows.promote(project, id, version, by));
    switch (promoted.kind) {
      case 'missing':
        throw noShadow(id);
      case 'other':
        throw otherCandidate(promoted);
      case 'refused':
        throw refusedPublication(promoted.problems, language, NOT_PROMOTED);
      case 'promoted':
        await this.parts.publisher.publishSoon(project);
        return promoted.rule;
    }
  }

  /** @throws ProblemError 404, 503 */
  async end(project: string, id: string, by: string): Promise<void> {
    if (!(await orUnavailable(this.parts.shadows.end(project, id, by)))) throw noShadow(id);
    await this.parts.publisher.publishSoon(project);
  }

  /** Of the candidate, or of one that is over. @throws ProblemError 404, 503 */
  async compare(
    project: string,
    ruleId: string,
    asked: AskedComparison,
    language: Language,
  ): Promise<ShadowComparison> {
    const { shadows, comparison, decisions } = this.parts;
    const ever = await orUnavailable(shadows.ever(project, ruleId));
    const run = asked.version === undefined ? ever[0] : ever.find(({ version }) => version === asked.version);
    if (run === undefined) throw noRun(ruleId, asked.version);
    const inForce = await orUnavailable(shadows.inForce(project, ruleId));
    const span = comparedSpan(run, asked, Date.now());
    const { version } = run;
    const question = {
      project,
      ruleId,
      version,
      otherCandidates: formerCandidates(ever, run),
      from: new Date(span.fromMs).toISOString(),
      to: new Date(span.toMs).toISOString(),
    };
    const percent = run.outcome === null ? inForce?.rollout?.percent : undefined;
    try {
      const counts = await comparison.counts(question);
      const isOneInForce = counts.inForceVersions.length <= 1 && run.outcome === null;
      const samples = await comparison.samples(question, asked.samples, {
        candidate: whySilent(run.draft),
        inForce: whySilent(isOneInForce ? inForce : undefined),
      });
      const notRolledOut =
        percent === undefined || percent === 100
          ? 0
          : await comparison.moreOf(question, (key) => !isRolledOut(ruleId, key, percent));
      const notes = comparisonNotes(run, inForce, span, counts.inForceVersions.length);
      return {
        ruleId,
        version,
        from: question.from,
        to: question.to,
        keptSince: decisions.keptSince(),
        candidate: { hits: counts.candidateHits },
        inForce: { hits: counts.inForceHits, versions: [...counts.inForceVersions] },
        difference: { ...counts.difference },
        notRolledOut,
        samples,
        notes: notes.map(({ code, text }) => ({ code, message: text[language] })),
      };
    } catch (error) {
      if (isConnectionError(error)) throw unavailable('ClickHouse', error);
      throw error;
    }
  }
}

const noRun = (ruleId: string, version: number | undefined): ProblemError =>
  version === undefined
    ? noShadow(ruleId)
    : notFound('shadow', `${ruleId}/${version}`, 'This version never ran in the shadow.');

const formerCandidates = (ever: readonly ShadowRun[], run: ShadowRun): readonly number[] =>
  ever.flatMap(({ version }) => (version === run.version ? [] : [version]));
