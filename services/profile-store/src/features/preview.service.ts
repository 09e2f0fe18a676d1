import type { ProjectRecord } from '@hermes/contracts/control';
import type { Feature, FeatureDraft } from '@hermes/contracts/feature';
import { type FeaturePreview, FeaturePreviewBody } from '@hermes/contracts/feature-api';
import { buildFeatureSet } from '@hermes/profiles/features/feature-set';
import { PreviewAccumulator } from '@hermes/profiles/features/preview';
import { parse, ProblemError } from '@hermes/service-kit/problem';
import { type HistoryClient, HistoryError, historyProblem } from '@hermes/service-kit/history/history-client';
import { checkedDraft, invalidFeature } from './feature-problems.ts';
import type { FeaturesService } from './features.service.ts';
import { ratioProblems } from './publish-check.ts';

const DAY_MS = 86_400_000;
/** Previews share the process with the counting of events. */
const MAX_AT_ONCE = 2;
const DRAFT_ID = 'draft';

export interface PreviewLimits {
  readonly withinMs: number;
  readonly maxEvents: number;
}
const LIMITS: PreviewLimits = { withinMs: 30_000, maxEvents: 5_000_000 };

/** Shows what a draft would answer now, from events of the past. Nothing is written. */
export class PreviewService {
  private readonly features: Pick<FeaturesService, 'published'>;
  private readonly history: HistoryClient;
  private readonly limits: PreviewLimits;
  private running = 0;

  constructor(features: Pick<FeaturesService, 'published'>, history: HistoryClient, limits: PreviewLimits = LIMITS) {
    this.features = features;
    this.history = history;
    this.limits = limits;
  }

  /**
   * @param gone - aborted when nobody waits for the answer any more
   * @throws ProblemError 400 `invalid-feature`, 429 `too-many-previews`, 503 `history-behind`, `unavailable`
   */
  async preview(
    project: Pick<ProjectRecord, 'id' | 'timeZone'>,
    input: unknown,
    gone: AbortSignal,
  ): Promise<FeaturePreview> {
    const { draft: given, id, days, subjects } = parse(FeaturePreviewBody, input);
    const draft = checkedDraft(given);
    const nowMs = Date.now();
    const answered = await this.answeredOf(project, id ?? DRAFT_ID, draft, nowMs);
    if (this.running >= MAX_AT_ONCE) throw tooMany();
    this.running += 1;
    try {
      return await this.read(project.id, new PreviewAccumulator(answered, { nowMs, subjects }), nowMs, days, gone);
    } finally {
      this.running -= 1;
    }
  }

  /** The draft ready to count; of a ratio, its two published parts with it. */
  private async answeredOf(
    project: Pick<ProjectRecord, 'id' | 'timeZone'>,
    id: string,
    draft: FeatureDraft,
    nowMs: number,
  ): Promise<ConstructorParameters<typeof PreviewAccumulator>[0]> {
    const publishedAt = new Date(nowMs).toISOString();
    const own: Feature = {
      ...draft,
      id,
      project: project.id,
      version: 1,
      slot: 1,
      timeZone: project.timeZone,
      publishedAt,
    };
    const { compute } = draft;
    const counting: Feature[] = [own];
    if (compute.kind === 'ratio') {
      const published = await this.features.published(project.id);
      const problems = ratioProblems(id, draft, published);
      if (problems.length > 0) throw invalidFeature(problems);
      const parts = published.filter(
        (feature) => feature.id === compute.numerator || feature.id === compute.denominator,
      );
      counting.push(...parts.map((feature, i) => ({ ...feature, version: 1, slot: 2 + i })));
    }
    const live = Object.fromEntries(counting.map((feature) => [feature.id, 1]));
    return buildFeatureSet(1, counting, { live, subscribed: [] }).answered.get(id)!;
  }

  private async read(
    project: string,
    preview: PreviewAccumulator,
    nowMs: number,
    days: number,
    gone: AbortSignal,
  ): Promise<FeaturePreview> {
    const [from, to] = [new Date(nowMs - days * DAY_MS).toISOString(), new Date(nowMs).toISOString()];
    const timeIsUp = AbortSignal.timeout(this.limits.withinMs);
    const query = { types: preview.types, from, receivedTo: to, order: 'subject', complete: true } as const;
    let keptSince: string | null = null;
    let isComplete = true;
    try {
      const opened = await this.history.open(project, query, AbortSignal.any([gone, timeIsUp]));
      if (opened.kind === 'failed') throw opened.error;
      ({ keptSince } = opened);
      for await (const event of opened.events) {
        if (preview.eventsRead >= this.limits.maxEvents) {
          isComplete = false;
          break;
        }
        preview.add(event);
      }
    } catch (error) {
      if (gone.aborted) throw nobodyWaits();
      if (error instanceof HistoryError) throw historyProblem(error);
      if (!timeIsUp.aborted) throw error;
      isComplete = false;
    }
    return { from, to, keptSince, ...preview.finish(isComplete) };
  }
}

/** Nobody reads it; it only keeps a caller's leave from looking like a defect. */
const nobodyWaits = (): ProblemError =>
  new ProblemError({ status: 499, code: 'caller-left', title: 'Nobody waits', detail: 'The caller has left.' });

const tooMany = (): ProblemError =>
  new ProblemError({
    status: 429,
    code: 'too-many-previews',
    title: 'Others are previewing',
    detail: `At most ${MAX_AT_ONCE} previews run at once; try again in a few seconds.`,
    headers: { 'retry-after': '5' },
  });
