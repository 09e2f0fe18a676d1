import type { Rule } from '@hermes/contracts/rule';
import { type RuleDraftView, RuleApprovalBody, RulePublishBody, type RuleSchedule } from '@hermes/contracts/rule-api';
import type { Language } from '@hermes/contracts/language';
import { type Finding, inLanguage } from '@hermes/rules/finding';
import { both } from '@hermes/rules/words';
import type { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { notFound, parse, ProblemError } from '@hermes/service-kit/problem';
import { revisionConflict } from '@hermes/service-kit/revision-etag';
import { type Author, type DraftRecord, draftView } from './draft-record.ts';
import type { DraftConflict, DraftsRepository, Missing, Refused } from './drafts.repository.ts';
import type { DraftPlacing } from './draft-placing.ts';
import { INVALID, refused } from './refusal.ts';
import { checkedId } from './rules.service.ts';
import type { SchedulesRepository } from './schedules.repository.ts';

/** A view with the revision that its ETag is made of. */
export interface ViewedDraft {
  readonly view: RuleDraftView;
  readonly revision: number;
}

export type Publication =
  | { readonly kind: 'published'; readonly rule: Rule; readonly isNew: boolean }
  | { readonly kind: 'scheduled'; readonly schedule: RuleSchedule };

const viewed = (record: DraftRecord, language: Language): ViewedDraft => ({
  view: draftView(record, language),
  revision: record.revision,
});
export const noDraft = (id: string): ProblemError => notFound('draft', id, 'Save one first (PUT .../draft).');

const problem = (status: number, code: string, title: string, detail: string): ProblemError =>
  new ProblemError({ status, code, title, detail });

/** Names that stand for all problems of a kind, and for what the caller can do: correct the draft, or wait for another person. */
const REFUSALS: Readonly<Record<string, { readonly status: number; readonly code: string }>> = {
  'failed-test': { status: 400, code: 'failed-tests' },
  'no-tests': { status: 400, code: 'no-tests' },
  'outdated-draft': { status: 409, code: 'outdated-draft' },
  'needs-approval': { status: 409, code: 'needs-approval' },
  'shadow-draft': { status: 400, code: 'shadow-draft' },
  'not-in-force': { status: 409, code: 'not-in-force' },
  'nothing-new': { status: 409, code: 'nothing-new' },
};

const NOT_YET = both('The draft cannot be published yet', '草稿还不能发布');

/** What keeps a draft, or a version in the shadow, from what was asked for: at least one. */
export function refusedPublication(problems: readonly Finding[], language: Language, title = NOT_YET): ProblemError {
  const { status, code } = REFUSALS[problems[0]?.code ?? ''] ?? { status: 400, code: 'invalid-rule' };
  return refused(code, title, inLanguage(problems, language), language, status);
}

/** From a draft to a version: saved, approved, published at once or at a time. */
export class DraftsService {
  private readonly drafts: DraftsRepository;
  private readonly schedules: SchedulesRepository;
  private readonly publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>;
  private readonly placing: DraftPlacing;

  constructor(
    drafts: DraftsRepository,
    schedules: SchedulesRepository,
    publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>,
    placing: DraftPlacing,
  ) {
    this.drafts = drafts;
    this.schedules = schedules;
    this.publisher = publisher;
    this.placing = placing;
  }

  async list(project: string, language: Language): Promise<readonly RuleDraftView[]> {
    return (await orUnavailable(this.drafts.list(project))).map((record) => draftView(record, language));
  }

  /** @throws ProblemError 404, 503 */
  async get(project: string, id: string, language: Language): Promise<ViewedDraft> {
    const record = await orUnavailable(this.drafts.find(project, id));
    if (record === undefined) throw noDraft(id);
    return viewed(record, language);
  }

  /**
   * Keeps a draft and says what still keeps it from being published; what is in force does not change.
   *
   * @throws ProblemError 400 `invalid-rule`, `invalid-rule-id`, 412, 503
   */
  async save(
    project: string,
    id: string,
    input: unknown,
    by: Author,
    language: Language,
    expected?: number,
  ): Promise<ViewedDraft & { readonly isNew: boolean }> {
    checkedId(id);
    const { draft } = await this.placing.place(project, input, id, language);
    const saved = await orUnavailable(this.drafts.save(project, id, draft, by, expected));
    if (saved.kind === 'conflict') throw revisionConflict('draft', id, saved.revision);
    if (saved.kind === 'refused')
      throw refused('invalid-rule', INVALID, inLanguage(saved.problems, language), language);
    return { ...viewed(saved.record, language), isNew: saved.isNew };
  }

  /** @throws ProblemError 404, 412, 503 */
  async delete(project: string, id: string, by: string, expected?: number): Promise<void> {
    const deleted = await orUnavailable(this.drafts.delete(project, id, by, expected));
    if (deleted.kind === 'missing') throw noDraft(id);
    if (deleted.kind === 'conflict') throw revisionConflict('draft', id, deleted.revision);
  }

  /** @throws ProblemError 400, 404, 409 `own-draft`, `draft-changed`, 503 */
  async approve(project: string, id: string, input: unknown, by: Author, language: Language): Promise<ViewedDraft> {
    const { hash } = parse(RuleApprovalBody, input);
    const approved = await orUnavailable(this.drafts.approve(project, id, hash, by));
    switch (approved.kind) {
      case 'missing':
        throw noDraft(id);
      case 'own': {
        const detail = 'You saved this draft last: another person has to approve it.';
        throw problem(409, 'own-draft', 'It is your own draft', detail);
      }
      case 'changed': {
        const detail = `${approved.record.savedBy} has changed the draft: read it, and approve it with its hash as it is now.`;
        throw problem(409, 'draft-changed', 'The draft is no longer what you have read', detail);
      }
      case 'approved':
        return viewed(approved.record, language);
    }
  }

  /**
   * Makes the draft a version, now or, with `at` in the body, then. The same as in force publishes nothing.
   *
   * @throws ProblemError 400 `failed-tests`, `no-tests`, `not-in-future`, 404, 409 `needs-approval`, `outdated-draft`, 412, 503
   */
  async publish(
    project: string,
    id: string,
    input: unknown,
    by: string,
    language: Language,
    expected?: number,
  ): Promise<Publication> {
    const { at } = parse(RulePublishBody, input ?? {});
    if (at !== undefined) return this.schedule(project, id, new Date(at), by, language, expected);
    const published = await orUnavailable(this.drafts.publish(project, id, by, expected));
    if (published.kind === 'unchanged') return { kind: 'published', rule: published.rule, isNew: false };
    if (published.kind !== 'published') throw this.unfit(id, published, language);
    await this.publisher.publishSoon(project);
    return published;
  }

  schedulesOf(project: string): Promise<readonly RuleSchedule[]> {
    return orUnavailable(this.schedules.list(project));
  }

  /** @throws ProblemError 404, 503 */
  async cancelSchedule(project: string, id: string, by: string): Promise<void> {
    if (!(await orUnavailable(this.schedules.cancel(project, id, by)))) throw notFound('schedule', id);
  }

  private async schedule(
    project: string,
    id: string,
    at: Date,
    by: string,
    language: Language,
    expected?: number,
  ): Promise<Publication> {
    if (at.getTime() <= Date.now()) {
      const detail = 'A draft is scheduled for an instant in the future; leave out "at" to publish it now.';
      throw problem(400, 'not-in-future', 'This instant is over', detail);
    }
    const scheduled = await orUnavailable(this.schedules.schedule(project, id, at, by, expected));
    if (scheduled.kind !== 'scheduled') throw this.unfit(id, scheduled, language);
    return scheduled;
  }

  private unfit(id: string, outcome: Missing | DraftConflict | Refused, language: Language): ProblemError {
    if (outcome.kind === 'missing') return noDraft(id);
    return outcome.kind === 'conflict'
      ? revisionConflict('draft', id, outcome.revision)
      : refusedPublication(outcome.problems, language);
  }
}
