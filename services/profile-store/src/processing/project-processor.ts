import type { ProjectRecord } from '@hermes/contracts/control';
import { consumerGroup, eventsTopic, processorDeadLetterTopic, projectTopics } from '@hermes/contracts/topics';
import { PartitionFaults } from '@hermes/service-kit/partition-faults';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { ProcessorObserver, RunningProcessor } from '@hermes/stream-runtime/processor-options';
import { startProcessor } from '@hermes/stream-runtime/start-processor';
import type { ProfileStoreConfig } from '../config.ts';
import { PROFILE_JOB, profileLogic, profileStateCodec } from './profile.logic.ts';

/** Starts the project's processor: `<project>.events` into profiles in Valkey. */
export async function startProjectProcessor(
  runtime: Pick<ServiceRuntime<ProfileStoreConfig>, 'kafka' | 'config' | 'logger' | 'metrics'>,
  project: ProjectRecord,
  observer: ProcessorObserver,
): Promise<RunningProcessor> {
  const { kafka, config, logger, metrics } = runtime;
  const admin = await kafka.admin();
  await admin.ensureTopics(projectTopics(project.id, project.partitions)).finally(() => admin.close());
  return startProcessor({
    job: PROFILE_JOB,
    project: project.id,
    partitions: project.partitions,
    inputTopic: eventsTopic(project.id),
    groupId: consumerGroup(PROFILE_JOB, project.id),
    deadLetterTopic: processorDeadLetterTopic(project.id, PROFILE_JOB),
    logic: profileLogic,
    codec: profileStateCodec,
    kafka,
    redisUrl: config.REDIS_URL,
    sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
    logger,
    observer: new PartitionFaults(metrics, PROFILE_JOB, project.id).observing(observer),
  });
}
