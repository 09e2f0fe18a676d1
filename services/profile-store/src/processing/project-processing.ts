import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import type { ProjectRecord } from '@hermes/contracts/control';
import {
  consumerGroup,
  eventsTopic,
  keyedTopic,
  processorDeadLetterTopic,
  projectTopics,
} from '@hermes/contracts/topics';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { followErasures } from '@hermes/service-kit/erasure-copy';
import type { ProjectWorker } from '@hermes/service-kit/project-workers';
import type { ProcessorObserver, RunningProcessor } from '@hermes/stream-runtime/processor-options';
import type { StateMirror } from '@hermes/stream-runtime/state-mirror';
import { startProcessor } from '@hermes/stream-runtime/start-processor';
import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import type { Logger } from 'pino';
import { eraseSubjects } from '@hermes/feature-counting/erase-subjects';
import type { CountingJob } from '@hermes/feature-counting/counting-job';
import { FeatureFiller, type History } from '@hermes/feature-counting/feature-filler';
import { featuresBinding } from '@hermes/feature-counting/features-binding';
import { eraseSegments } from './erase-segments.ts';
import { keyedLogic } from './keyed.logic.ts';
import { profileLogic } from './profile.logic.ts';
import type { CountingObserver } from '@hermes/feature-counting/count-event';
import { profileCodec, type ProfileValue } from '@hermes/feature-counting/state-of-subject';
import { KEYED_JOB, PROFILE_JOB, type ProfileJob } from './profile-jobs.ts';

/**
 * A step of one event costs as much as one of ten, in Kafka and in Valkey as well. Freshness is promised to 50 ms at p99; this is what an event
 * waits at most for others.
 */
const GATHER_MS = 15;

export interface ProcessingParts {
  readonly kafka: KafkaDriver;
  readonly redisUrl: string;
  readonly redis: RedisOrCluster;
  readonly mirror: StateMirror | undefined;
  readonly sessionTimeoutMs: number;
  readonly logger: Logger;
  readonly history: (project: string) => History;
  readonly observer: (project: string, job: ProfileJob) => ProcessorObserver;
  readonly counting: (project: string) => CountingObserver;
  readonly onFillTrouble: (project: string, slot: number, reason: string | null) => void;
}

export interface RunningProject extends ProjectWorker {
  lag(): number;
  partitions(): number;
}

/** Everything that counts for one project: its two processors, the fills of new features, and the erasures. */
export async function startProject(parts: ProcessingParts, project: ProjectRecord): Promise<RunningProject> {
  const admin = await parts.kafka.admin();
  await admin.ensureTopics(projectTopics(project.id, project.partitions)).finally(() => admin.close());
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const erasures = await followErasures(parts.kafka, project.id, parts.logger);
    closers.push(() => erasures.close());
    const start = async (job: ProfileJob): Promise<RunningProcessor<ProfileValue, FeatureSet>> => {
      const processor = await startProcessor<ProfileValue, FeatureSet>({
        job,
        project: project.id,
        partitions: project.partitions,
        inputTopic: job === PROFILE_JOB ? eventsTopic(project.id) : keyedTopic(project.id),
        groupId: consumerGroup(job, project.id),
        deadLetterTopic: processorDeadLetterTopic(project.id, PROFILE_JOB),
        logic: (job === PROFILE_JOB ? profileLogic : keyedLogic)(parts.counting(project.id)),
        codec: profileCodec,
        definitions: featuresBinding(project.id),
        kafka: parts.kafka,
        redisUrl: parts.redisUrl,
        sessionTimeoutMs: parts.sessionTimeoutMs,
        gatherMs: GATHER_MS,
        logger: parts.logger,
        observer: parts.observer(project.id, job),
        ...(parts.mirror === undefined ? {} : { mirror: parts.mirror }),
      });
      closers.push(() => processor.close());
      return processor;
    };
    const [ofSubjects, ofKeys] = [await start(PROFILE_JOB), await start(KEYED_JOB)];
    const jobs = {
      [PROFILE_JOB]: countingJob(PROFILE_JOB, 'subjects', ofSubjects),
      [KEYED_JOB]: countingJob(KEYED_JOB, 'keys', ofKeys),
    };
    const filler = new FeatureFiller({
      project: project.id,
      partitions: project.partitions,
      jobs: Object.values(jobs),
      eventsJob: PROFILE_JOB,
      redis: parts.redis,
      history: parts.history(project.id),
      erasedAtMs: (subject) => erasures.erasedAtMs(subject),
      logger: parts.logger,
      onTrouble: (slot, reason) => parts.onFillTrouble(project.id, slot, reason),
    });
    closers.push(() => filler.close());
    const erasing = eraseSubjects({
      project,
      stores: [
        { job: jobs[PROFILE_JOB], store: 'profiles', eraseMore: eraseSegments(parts.redis, project, ofSubjects) },
        { job: jobs[KEYED_JOB], store: 'profiles_keyed' },
      ],
      redis: parts.redis,
      kafka: parts.kafka,
      logger: parts.logger,
      isOpen: (erasure) => erasures.isOpen(erasure),
    });
    closers.push(() => erasing.close());
    erasures.onOpen((erasure) => erasing.take(erasure));
    const running = [ofSubjects, ofKeys];
    return {
      lag: () => running.reduce((sum, processor) => sum + processor.lag(), 0),
      partitions: () => running.reduce((sum, processor) => sum + processor.owned().length, 0),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const countingJob = (
  job: ProfileJob,
  counts: CountingJob['counts'],
  processor: RunningProcessor<ProfileValue, FeatureSet>,
): CountingJob => ({
  job,
  counts,
  owned: () => processor.owned(),
  features: () => processor.definitions()?.value,
  firstSetWith: ({ feature }) => processor.firstSetWith(feature.id, feature.version),
  inject: (partition, injection) => processor.inject(partition, injection),
});
