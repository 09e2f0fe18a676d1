import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import type { ProjectRecord } from '@hermes/contracts/control';
import { consumerGroup, decisionsTopic, processorDeadLetterTopic } from '@hermes/contracts/topics';
import type { ErasedSubjects } from '@hermes/service-kit/erasure-copy';
import type { ServiceMetrics } from '@hermes/service-kit/metrics';
import { PartitionFaults } from '@hermes/service-kit/partition-faults';
import { landTopic, type RunningLanding } from '@hermes/stream-runtime/land-topic';
import type { RuntimeLogger } from '@hermes/stream-runtime/runtime-logger';
import { isErased } from '../decisions/erased-decision.ts';
import { type HeldDecision, heldDecision } from './held-decision.ts';
import type { ReviewsRepository } from './reviews.repository.ts';

/** In the consumer group, and in the name of a partition that stopped. */
export const REVIEWS_JOB = 'rule-engine-reviews';
/** People wait for it, and there are few. */
const MAX_DELAY_MS = 100;

export interface ReviewsLandingParts {
  readonly kafka: KafkaDriver;
  readonly reviews: Pick<ReviewsRepository, 'add'>;
  readonly erased: ErasedSubjects;
  readonly metrics: Pick<ServiceMetrics, 'component'>;
  readonly logger: RuntimeLogger;
  readonly sessionTimeoutMs: number;
}

/** What PostgreSQL will never take: a value that it cannot hold, or that breaks a constraint. */
const isPoison = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23]/.test(error.code);

/**
 * Brings held decisions of `<project>.decisions` into the table of reviews, at least once: the topic is what was decided, and offsets are committed after
 * the insert. By itself, so that neither ClickHouse nor PostgreSQL holds up the other.
 */
export function startReviewsLanding(parts: ReviewsLandingParts, project: ProjectRecord): Promise<RunningLanding> {
  return landTopic<HeldDecision>({
    kafka: parts.kafka,
    topics: [decisionsTopic(project.id)],
    groupId: consumerGroup(REVIEWS_JOB, project.id),
    toRow: heldDecision,
    insert: (rows) =>
      parts.reviews.add(
        project.id,
        rows.filter(({ decision }) => !isErased(parts.erased, decision)),
      ),
    deadLetterTopic: processorDeadLetterTopic(project.id, 'rule-engine'),
    maxDelayMs: MAX_DELAY_MS,
    isPoison,
    sessionTimeoutMs: parts.sessionTimeoutMs,
    logger: parts.logger,
    observer: new PartitionFaults(parts.metrics, REVIEWS_JOB, project.id).observing({}),
  });
}
