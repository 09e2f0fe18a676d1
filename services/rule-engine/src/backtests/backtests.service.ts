import type { Feature } from '@hermes/contracts/feature';
import type { ProjectRecord } from '@hermes/contracts/control';
import type { Language } from '@hermes/contracts/language';
import type { Rule, RuleDraft } from '@hermes/contracts/rule';
import {
  type Backtest,
  type BacktestBody,
  BacktestSetting,
  type BacktestView,
  type PastPersons,
} from '@hermes/contracts/rule-backtest';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { personsNamed } from '@hermes/rules/persons-named';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { notFound, ProblemError, unavailable } from '@hermes/service-kit/problem';
import { z } from 'zod';
import type { DraftPlacing } from '../rules/draft-placing.ts';
import { type FoundPersons, pastPersons } from '../persons/past-persons.ts';
import { checkedId } from '../rules/rules.service.ts';
import { toldBacktest, toldView } from './backtest-words.ts';
import type { BacktestSources } from './backtest-sources.ts';
import type { BacktestsRepository } from './backtests.repository.ts';

const DAY_MS = 86_400_000;
/** More of one project's do not wait at once: they are done one after the other. */
const MAX_OPEN = 20;

const Id = z.uuid();

export interface BacktestsParts {
  readonly backtests: BacktestsRepository;
  readonly sources: BacktestSources;
  readonly placing: Pick<DraftPlacing, 'tried'>;
  readonly projectOf: (id: string) => Pick<ProjectRecord, 'timeZone' | 'partitions'> | undefined;
  /** Features and segments that are published now; undefined until they have been read. */
  readonly publishedOf: (project: string) => FeatureSet | undefined;
  readonly nowMs: () => number;
}

/** What is tried, with what it asks for. */
interface Tried {
  readonly candidate: RuleDraft;
  readonly version: number | undefined;
  readonly features: readonly Feature[];
}

const tooMany = (): ProblemError =>
  new ProblemError({
    status: 429,
    code: 'too-many-backtests',
    title: 'Too many backtests are waiting',
    detail: `A project has at most ${MAX_OPEN} backtests that are not over; wait for one to end, or cancel one.`,
    headers: { 'retry-after': '30' },
  });

const unknownPerson = ({ kind, id }: Exclude<FoundPersons, { kind: 'found' }>): ProblemError =>
  new ProblemError({
    status: 400,
    code: 'person-in-backtest',
    title: 'What the rule asks for of the person cannot be computed over the past',
    detail:
      kind === 'missing'
        ? `There is no published feature or segment '${id}' any more: publish it again, or save the rule without it.`
        : `'${id}' is a feature of another key than the events' subject: what it was for a subject at an event is not kept.`,
  });

/** What a draft adds to a rule that is kept, which this does not have. */
function draftOf(rule: Rule): RuleDraft {
  const { id: _id, project: _project, version: _version, publishedAt: _publishedAt, ...draft } = rule;
  return draft;
}

/** Asking for runs of rules over the past, and reading them. */
export class BacktestsService {
  private readonly parts: BacktestsParts;
  constructor(parts: BacktestsParts) {
    this.parts = parts;
  }

  /**
   * Puts a run of a rule in line. `ruleId` undefined: of one that is not there yet.
   *
   * @throws ProblemError 400 `invalid-rule`, `invalid-rule-id`, 404, 429 `too-many-backtests`, 503
   */
  async request(
    project: string,
    ruleId: string | undefined,
    body: BacktestBody,
    by: string,
    language: Language,
  ): Promise<Backtest> {
    const { backtests, sources, projectOf, nowMs } = this.parts;
    if (ruleId !== undefined) checkedId(ruleId);
    const record = projectOf(project);
    if (record === undefined) throw notFound('project', project);
    const live = ruleId === undefined ? undefined : await orUnavailable(sources.inForce(project, ruleId));
    const tried = await this.tried(project, ruleId, body, language);
    const rules = live === undefined ? [tried.candidate] : [tried.candidate, live];
    const persons = this.persons(project, rules);
    if ((await orUnavailable(backtests.open(project))) >= MAX_OPEN) throw tooMany();
    const ofLive = live === undefined ? [] : await orUnavailable(sources.featuresOf(project, [live]));
    const lookups = await orUnavailable(sources.lookupsOf(project, rules));
    const toMs = nowMs();
    const setting = BacktestSetting.parse({
      project,
      timeZone: record.timeZone,
      partitions: record.partitions,
      ruleId: ruleId ?? null,
      candidate: tried.candidate,
      live: live ?? null,
      features: each(tried.features, ofLive),
      lookups,
      ...(persons === undefined ? {} : { persons }),
      from: new Date(toMs - body.days * DAY_MS).toISOString(),
      to: new Date(toMs).toISOString(),
    });
    const { version } = tried;
    return toldBacktest(await orUnavailable(backtests.add(project, { ruleId, version, setting, by })), language);
  }

  /** Newest first. `ruleId` null: of rules that are not there yet. @throws ProblemError 503 */
  async list(project: string, ruleId: string | null, language: Language): Promise<Backtest[]> {
    const kept = await orUnavailable(this.parts.backtests.list(project, ruleId));
    return kept.map((one) => toldBacktest(one, language));
  }

  /** @throws ProblemError 404, 503 */
  async get(project: string, ruleId: string | null, id: string, language: Language): Promise<BacktestView> {
    const found = Id.safeParse(id).success ? await orUnavailable(this.parts.backtests.find(project, id)) : undefined;
    if (found === undefined || found.backtest.ruleId !== ruleId)
      throw notFound('backtest', id, 'Results are kept for 30 days.');
    return toldView(found.backtest, found.result, language);
  }

  /** Ends it; one that is over stays as it is. @throws ProblemError 404, 503 */
  async cancel(project: string, ruleId: string | null, id: string, language: Language): Promise<void> {
    await this.get(project, ruleId, id, language);
    await orUnavailable(this.parts.backtests.cancel(project, id));
  }

  /** @throws ProblemError 400 `person-in-backtest`, 503 */
  private persons(project: string, rules: readonly RuleDraft[]): PastPersons | undefined {
    const conditions = rules.map((rule) => rule.conditions);
    if (!conditions.some((condition) => personsNamed(condition).length > 0)) return undefined;
    const published = this.parts.publishedOf(project);
    if (published === undefined) throw unavailable('The list of features');
    const found = pastPersons(conditions, published);
    if (found.kind !== 'found') throw unknownPerson(found);
    return found.persons;
  }

  private async tried(
    project: string,
    ruleId: string | undefined,
    { version, draft }: BacktestBody,
    language: Language,
  ): Promise<Tried> {
    const { sources, placing } = this.parts;
    if (draft !== undefined || ruleId === undefined) {
      const placed = await placing.tried(project, draft, ruleId, language);
      return { candidate: placed.draft, version: undefined, features: placed.features };
    }
    const saved = version === undefined ? await orUnavailable(sources.draft(project, ruleId)) : undefined;
    if (saved === undefined) {
      // Without a draft it is what is in force that somebody wants to see over the past.
      const rule = await orUnavailable(
        version === undefined ? sources.inForce(project, ruleId) : sources.version(project, ruleId, version),
      );
      if (rule === undefined)
        throw version === undefined
          ? notFound('rule', ruleId, 'Save a draft first (PUT .../draft), or send a "draft" to try.')
          : notFound('version', `${ruleId} ${String(version)}`);
      const features = await orUnavailable(sources.featuresOf(project, [rule]));
      return { candidate: draftOf(rule), version: rule.version, features };
    }
    return {
      candidate: saved,
      version: undefined,
      features: await orUnavailable(sources.featuresOf(project, [saved])),
    };
  }
}

const each = (...lists: readonly (readonly Feature[])[]): readonly Feature[] => [
  ...new Map(lists.flat().map((feature) => [`${feature.id} ${feature.version}`, feature])).values(),
];
