import type { ProjectRecord } from '@hermes/contracts/control';
import {
  consumerGroup,
  eventsTopic,
  processorDeadLetterTopic,
  ruleKeysTopic,
  rulesTopic,
} from '@hermes/contracts/topics';
import type { CountingJob } from '@hermes/feature-counting/counting-job';
import type { Evaluator } from '@hermes/rules/decide';
import type { ListLookup } from '@hermes/rules/list-operators';
import { PartitionFaults } from '@hermes/service-kit/partition-faults';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { Injection } from '@hermes/stream-runtime/injection-queue';
import type { ProcessorObserver, RunningProcessor } from '@hermes/stream-runtime/processor-options';
import { startProcessor } from '@hermes/stream-runtime/start-processor';
import type { RuleEngineConfig } from '../config.ts';
import { evaluationLogic, type EvaluationObserver } from './evaluation.logic.ts';
import { evaluationCodec, type EvaluationState } from './evaluation-state.ts';
import type { LookupDesk } from '../lookups/lookup-desk.ts';
import { answersTo } from './looked-up.ts';
import { keyedLogic } from './keyed.logic.ts';
import { type CheckObserver, ReferenceCheck } from './reference-check.ts';
import { RULE_JOB, RULE_KEYED_JOB, type RuleJob } from './rule-job.ts';
import { countedFeatureId, EMPTY_RULE_SET, type RuleSet, sharedRuleSets } from './rule-set.ts';

/** What the processors of all projects tell. */
export type RuleObserver = ProcessorObserver & EvaluationObserver & CheckObserver;

/** A project's processors, and what counts features in them. */
export interface RunningRules extends Pick<RunningProcessor, 'lag' | 'close'> {
  /** Of events' subjects. */
  readonly job: CountingJob;
  /** Of other keys. */
  readonly keyedJob: CountingJob;
  readonly inject: Readonly<Record<RuleJob, InjectIntoRules>>;
  /** What the newest rules ask for of persons, by name; undefined before any were read. */
  personsAsked(): readonly string[] | undefined;
}

/** Changes what rules keep in a partition that this process owns. */
export type InjectIntoRules = (
  partition: number,
  injection: Injection<EvaluationState, RuleSet>,
) => Promise<'applied' | 'not-owned'>;

/** By an evaluator that is waited for: the group hears nothing of this process within a step. */
const EVENTS_A_STEP = 10;

type RuleProcessor = RunningProcessor<EvaluationState, RuleSet>;

/**
 * Starts the project's processors: `<project>.events` through the published rules into `<project>.decisions`, and what rules on other keys than the subject
 * need by way of `<project>.rule-keys`.
 */
export async function startProjectProcessors(
  runtime: Pick<ServiceRuntime<RuleEngineConfig>, 'kafka' | 'config' | 'logger' | 'metrics'>,
  project: ProjectRecord,
  list: ListLookup,
  observers: Readonly<Record<RuleJob, RuleObserver>>,
  desk: Pick<LookupDesk, 'answer'>,
  evaluator?: Evaluator,
): Promise<RunningRules> {
  const { kafka, config, logger, metrics } = runtime;
  const check = new ReferenceCheck({
    project: project.id,
    // It would be held against itself.
    everyEvents: evaluator === undefined ? config.RULE_ENGINE_REFERENCE_EVERY : 0,
    metrics,
    observer: observers[RULE_JOB],
    logger,
  });
  const build = sharedRuleSets();
  const start = async (job: RuleJob): Promise<RuleProcessor> => {
    const observer: RuleObserver = {
      ...observers[job],
      onDecided: (facts, rules, decided, inForce) => {
        check.look(facts, rules, decided, inForce);
        observers[job].onDecided?.(facts, rules, decided, inForce);
      },
    };
    const processor: RuleProcessor = await startProcessor<EvaluationState, RuleSet>({
      job,
      project: project.id,
      partitions: project.partitions,
      inputTopic: job === RULE_JOB ? eventsTopic(project.id) : ruleKeysTopic(project.id),
      groupId: consumerGroup(job, project.id),
      deadLetterTopic: processorDeadLetterTopic(project.id, RULE_JOB),
      logic: (job === RULE_JOB ? evaluationLogic : keyedLogic)(observer, list, evaluator),
      ...(evaluator === undefined ? {} : { limits: { maxRecordsPerStep: EVENTS_A_STEP } }),
      codec: evaluationCodec,
      definitions: {
        topic: rulesTopic(project.id),
        build,
        empty: EMPTY_RULE_SET,
      },
      kafka,
      redisUrl: config.REDIS_URL,
      sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
      logger,
      // With those that are known by now: a partition that still evaluates with the set before sees what they answer.
      ask: (questions) =>
        answersTo(processor.definitions()?.value ?? EMPTY_RULE_SET, questions, (lookup, key) =>
          desk.answer(project.id, lookup, key),
        ),
      observer: new PartitionFaults(metrics, job, project.id).observing(observer),
    });
    return processor;
  };
  const atSubjects = await start(RULE_JOB);
  const atKeys = await start(RULE_KEYED_JOB).catch(async (error: unknown) => {
    await atSubjects.close();
    throw error;
  });
  return {
    lag: () => atSubjects.lag() + atKeys.lag(),
    job: countingJob(RULE_JOB, 'subjects', atSubjects),
    keyedJob: countingJob(RULE_KEYED_JOB, 'keys', atKeys),
    personsAsked: () => {
      const rules = atSubjects.definitions()?.value;
      return rules && [...rules.persons.keys()];
    },
    inject: {
      [RULE_JOB]: (partition, injection) => atSubjects.inject(partition, injection),
      [RULE_KEYED_JOB]: (partition, injection) => atKeys.inject(partition, injection),
    },
    close: async () => {
      await Promise.all([atSubjects.close(), atKeys.close()]);
      check.close();
    },
  };
}

const countingJob = (job: RuleJob, counts: CountingJob['counts'], processor: RuleProcessor): CountingJob => ({
  job,
  counts,
  owned: () => processor.owned(),
  features: () => processor.definitions()?.value.features,
  firstSetWith: ({ slot }) => processor.firstSetWith(countedFeatureId(slot), 1),
  inject: (partition, injection) => processor.inject(partition, injection),
});
