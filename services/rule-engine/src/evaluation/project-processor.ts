import type { ProjectRecord } from '@hermes/contracts/control';
import { consumerGroup, eventsTopic, processorDeadLetterTopic, rulesTopic } from '@hermes/contracts/topics';
import { EMPTY_RULE_INDEX } from '@hermes/rules/rule-index';
import { PartitionFaults } from '@hermes/service-kit/partition-faults';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { ProcessorObserver, RunningProcessor } from '@hermes/stream-runtime/processor-options';
import { startProcessor } from '@hermes/stream-runtime/start-processor';
import type { RuleEngineConfig } from '../config.ts';
import { evaluationCodec, evaluationLogic, type EvaluationObserver, rulesOf } from './evaluation.logic.ts';

export const RULE_JOB = 'rule-engine';

/** Starts the project's processor: `<project>.events` through the published rules into `<project>.decisions`. */
export function startProjectProcessor(
  runtime: Pick<ServiceRuntime<RuleEngineConfig>, 'kafka' | 'config' | 'logger' | 'metrics'>,
  project: ProjectRecord,
  observer: ProcessorObserver & EvaluationObserver,
): Promise<RunningProcessor> {
  const { kafka, config, logger, metrics } = runtime;
  return startProcessor({
    job: RULE_JOB,
    project: project.id,
    partitions: project.partitions,
    inputTopic: eventsTopic(project.id),
    groupId: consumerGroup(RULE_JOB, project.id),
    deadLetterTopic: processorDeadLetterTopic(project.id, RULE_JOB),
    logic: evaluationLogic(observer),
    codec: evaluationCodec,
    definitions: {
      topic: rulesTopic(project.id),
      build: (_number, members) => rulesOf(members),
      empty: EMPTY_RULE_INDEX,
    },
    kafka,
    redisUrl: config.REDIS_URL,
    sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
    logger,
    observer: new PartitionFaults(metrics, RULE_JOB, project.id).observing(observer),
  });
}
