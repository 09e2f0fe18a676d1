import { isConnectionError } from '@hermes/connectors/clickhouse/retry';
import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import type { Decision } from '@hermes/contracts/decision';
import type { DecisionView } from '@hermes/contracts/review-api';
import { notFound, unavailable } from '@hermes/service-kit/problem';
import type { FeedbackRepository } from '../feedback/feedback.repository.ts';
import type { ReviewsRepository } from '../reviews/reviews.repository.ts';
import type { DecisionsFilter, DecisionsRepository } from './decisions.repository.ts';

/** Decisions as people read them: what was decided, and what people said of it. */
export class DecisionsService {
  private readonly decisions: DecisionsRepository;
  private readonly reviews: Pick<ReviewsRepository, 'find'>;
  private readonly feedback: Pick<FeedbackRepository, 'of'>;
  private readonly keepMonths: number;

  constructor(
    decisions: DecisionsRepository,
    reviews: Pick<ReviewsRepository, 'find'>,
    feedback: Pick<FeedbackRepository, 'of'>,
    keepMonths: number,
  ) {
    this.decisions = decisions;
    this.reviews = reviews;
    this.feedback = feedback;
    this.keepMonths = keepMonths;
  }

  /** Newest receipt first. @throws ProblemError 503 */
  list(project: string, filter: DecisionsFilter): Promise<readonly Decision[]> {
    return orUnavailable(this.decisions.list(project, filter));
  }

  /** @throws ProblemError 404, 503 */
  async get(project: string, id: string): Promise<Decision> {
    const decision = await orUnavailable(this.decisions.find(project, id));
    if (decision === undefined)
      throw notFound(
        'decision',
        id,
        `It may be less than 5 s old, or have expired: decisions are kept since ${this.keptSince()}.`,
      );
    return decision;
  }

  /** With what people said of it, unless that cannot be read: a decision is explained without PostgreSQL, too. @throws ProblemError 404, 503 */
  async view(project: string, id: string): Promise<DecisionView> {
    const decision = await this.get(project, id);
    try {
      const feedback = await this.feedback.of(project, id);
      const review = decision.held === true ? await this.reviews.find(project, id) : undefined;
      if (review === undefined) return { ...decision, feedback };
      const { status, by, at, note } = review;
      return { ...decision, feedback, review: { status, by, at, note } };
    } catch (error) {
      if (isPostgresAway(error)) return decision;
      throw error;
    }
  }

  /** Decisions on events received before this instant have expired. */
  keptSince(): string {
    const since = new Date();
    since.setUTCMonth(since.getUTCMonth() - this.keepMonths);
    return since.toISOString();
  }
}

async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (isConnectionError(error)) throw unavailable('ClickHouse', error);
    throw error;
  }
}
