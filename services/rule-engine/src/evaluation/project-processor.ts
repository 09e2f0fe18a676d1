import type { ProjectRecord } from '@hermes/contracts/control';
import { consumerGroup, eventsTopic, processorDeadLetterTopic, rulesTopic } from '@hermes/contracts/topics';
import type { CountingJob } from '@hermes/feature-counting/counting-job';
import type { ListLookup } from '@hermes/rules/list-operators';
import { PartitionFaults } from '@hermes/service-kit/partition-faults';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { ProcessorObserver, RunningProcessor } from '@hermes/stream-runtime/processor-options';
import { startProcessor } from '@hermes/stream-runtime/start-processor';
import type { RuleEngineConfig } from '../config.ts';
import { evaluationLogic, type EvaluationObserver } from './evaluation.logic.ts';
import { evaluationCodec } from './evaluation-state.ts';
import { type CheckObserver, ReferenceCheck } from './reference-check.ts';
import { RULE_JOB } from './rule-job.ts';
import { countedFeatureId, EMPTY_RULE_SET, ruleSetOf } from './rule-set.ts';

/** What the processors of all projects tell. */
export type RuleObserver = ProcessorObserver & EvaluationObserver & CheckObserver;

/** A project's processor, and what counts features in it. */
export interface RunningRules extends Pick<RunningProcessor, 'lag' | 'close'> {
  readonly job: CountingJob;
}

/** Starts the project's processor: `<project>.events` through the published rules into `<project>.decisions`. */
export async function startProjectProcessor(
  runtime: Pick<ServiceRuntime<RuleEngineConfig>, 'kafka' | 'config' | 'logger' | 'metrics'>,
  project: ProjectRecord,
  list: ListLookup,
  observer: RuleObserver,
): Promise<RunningRules> {
  const { kafka, config, logger, metrics } = runtime;
  const check = new ReferenceCheck({
    project: project.id,
    everyEvents: config.RULE_ENGINE_REFERENCE_EVERY,
    metrics,
    observer,
    logger,
  });
  const processor = await startProcessor({
    job: RULE_JOB,
    project: project.id,
    partitions: project.partitions,
    inputTopic: eventsTopic(project.id),
    groupId: consumerGroup(RULE_JOB, project.id),
    deadLetterTopic: processorDeadLetterTopic(project.id, RULE_JOB),
    logic: evaluationLogic(
      { ...observer, onDecided: (facts, rules, decided) => check.look(facts, rules, decided) },
      list,
    ),
    codec: evaluationCodec,
    definitions: {
      topic: rulesTopic(project.id),
      build: ruleSetOf,
      empty: EMPTY_RULE_SET,
    },
    kafka,
    redisUrl: config.REDIS_URL,
    sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
    logger,
    observer: new PartitionFaults(metrics, RULE_JOB, project.id).observing(observer),
  });
  return {
    lag: () => processor.lag(),
    job: {
      job: RULE_JOB,
      counts: 'subjects',
      owned: () => processor.owned(),
      features: () => processor.definitions()?.value.features,
      firstSetWith: ({ slot }) => processor.firstSetWith(countedFeatureId(slot), 1),
      inject: (partition, injection) => processor.inject(partition, injection),
    },
    close: async () => {
      await processor.close();
      check.close();
    },
  };
}
