import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import type { ProjectRecord } from '@hermes/contracts/control';
import { consumerGroup, decisionsTopic, processorDeadLetterTopic } from '@hermes/contracts/topics';
import type { ErasedSubjects } from '@hermes/service-kit/erasure-copy';
import type { ServiceMetrics } from '@hermes/service-kit/metrics';
import { PartitionFaults } from '@hermes/service-kit/partition-faults';
import { landTopic, type LandingObserver, type RunningLanding } from '@hermes/stream-runtime/land-topic';
import type { RuntimeLogger } from '@hermes/stream-runtime/runtime-logger';
import { DECISION_HEADERS } from '../evaluation/decision-message.ts';
import { decisionRow, type DecisionRow } from './decision.row.ts';
import type { DecisionsRepository } from './decisions.repository.ts';
import { isErased } from './erased-decision.ts';

/** In the consumer group, and in the name of a partition that stopped. */
export const LANDING_JOB = 'rule-engine-landing';

export interface LandingParts {
  readonly kafka: KafkaDriver;
  readonly decisions: DecisionsRepository;
  readonly erased: ErasedSubjects;
  readonly metrics: Pick<ServiceMetrics, 'component'>;
  readonly observer: LandingObserver;
  readonly logger: RuntimeLogger;
  readonly sessionTimeoutMs: number;
}

/**
 * Lands `<project>.decisions` in ClickHouse, at least once. It reads the topic rather than being told by the processor: what was
 * decided is what stands on Kafka, and a ClickHouse that is away holds up no decision. A group of its own, because a group's
 * members all read the same topics. A decision on an event that an erasure covers, of its
 * subject or of the key that the rule goes by, does not land: neither one that is read (again) later, nor
 * one that was read before the erasure and waits for its insert.
 */
export function startDecisionsLanding(parts: LandingParts, project: ProjectRecord): Promise<RunningLanding> {
  return landTopic<DecisionRow>({
    kafka: parts.kafka,
    topics: [decisionsTopic(project.id)],
    groupId: consumerGroup(LANDING_JOB, project.id),
    // One that was released is the one that landed when it was held.
    toRow: ({ headers, value }) => (headers[DECISION_HEADERS.released] === undefined ? decisionRow(value) : undefined),
    insert: (rows) =>
      parts.decisions.insert(
        rows.filter(({ subject, key, event_time: time }) => !isErased(parts.erased, { subject, key, event: { time } })),
      ),
    deadLetterTopic: processorDeadLetterTopic(project.id, 'rule-engine'),
    sessionTimeoutMs: parts.sessionTimeoutMs,
    logger: parts.logger,
    observer: new PartitionFaults(parts.metrics, LANDING_JOB, project.id).observing(parts.observer),
  });
}
