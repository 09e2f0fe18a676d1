import type { ProjectRecord } from '@hermes/contracts/control';
import { consumerGroup, eventsDeadLetterTopic, inboxTopic, projectTopics } from '@hermes/contracts/topics';
import type { ErasedSubjects, ErasureCopy } from '@hermes/service-kit/erasure-copy';
import { PartitionFaults } from '@hermes/service-kit/partition-faults';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { RunningLanding } from '@hermes/stream-runtime/land-topic';
import type { ProcessorObserver, RunningProcessor } from '@hermes/stream-runtime/processor-options';
import { startProcessor } from '@hermes/stream-runtime/start-processor';
import { type CatalogueCopy, eventTypesBinding } from '../catalogue/catalogue-copy.ts';
import type { CatalogueService } from '../catalogue/catalogue.service.ts';
import type { IngestConfig } from '../config.ts';
import type { ErasureCopies } from '../erasure/erasure-copies.ts';
import { acceptLogic } from './accept.logic.ts';
import { ingestCodec } from './ingest-state.ts';

/** The job's name: in state keys, in the outbox's origin, in the consumer group. */
export const INGEST_JOB = 'ingest';

const REPUBLISH_EVERY_MS = 5_000;

/** What ingest runs for one project. */
export interface ProjectWorker {
  lag(): number;
  owned(): number;
  close(): Promise<void>;
}

export interface WorkerSetting {
  readonly runtime: ServiceRuntime<IngestConfig>;
  readonly copy: CatalogueCopy;
  readonly catalogue: CatalogueService;
  readonly erasures: ErasureCopies;
  readonly observer: ProcessorObserver & { onErased(): void };
  readonly land: (project: string, erased: ErasedSubjects) => Promise<RunningLanding>;
  /** Deletes on request what has landed. */
  readonly erase: (project: string, copy: ErasureCopy) => { close(): Promise<void> };
}

/** Takes a project up: its topics, its erasures, its event types, the processor from inbox to events, and the landing of its history. */
export async function startProjectWorker(project: ProjectRecord, setting: WorkerSetting): Promise<ProjectWorker> {
  const { runtime, copy, catalogue, erasures, observer, land, erase } = setting;
  const admin = await runtime.kafka.admin();
  await admin.ensureTopics(projectTopics(project.id, project.partitions)).finally(() => admin.close());
  // First of all, and whole: what an erasure covers must not get past the door, the processor or the landing.
  const erased = await erasures.follow(project.id);
  await copy.follow(project.id);
  const gone = new AbortController();
  // The catalogue's database may be away; data goes on with the types that the topic has.
  void publishUntilDone(project, catalogue, runtime, gone.signal);
  let processor: RunningProcessor | undefined;
  try {
    const accepting = (processor = await startAccepting(project, runtime, erased, observer));
    const landing = await land(project.id, erased);
    const erasing = erase(project.id, erased);
    return {
      lag: () => accepting.lag() + landing.lag(),
      owned: () => accepting.owned().length,
      async close() {
        gone.abort();
        await Promise.all([accepting.close(), landing.close(), erasing.close(), copy.forget(project.id)]);
        // Last: what still ran has asked it.
        await erasures.forget(project.id);
      },
    };
  } catch (error) {
    // The copies of the catalogue and the erasures stay: the door goes on checking while the state store is away.
    gone.abort();
    await processor?.close();
    throw error;
  }
}

function startAccepting(
  project: ProjectRecord,
  runtime: ServiceRuntime<IngestConfig>,
  erased: ErasedSubjects,
  observer: WorkerSetting['observer'],
): Promise<RunningProcessor> {
  return startProcessor({
    job: INGEST_JOB,
    project: project.id,
    partitions: project.partitions,
    inputTopic: inboxTopic(project.id),
    groupId: consumerGroup(INGEST_JOB, project.id),
    deadLetterTopic: eventsDeadLetterTopic(project.id),
    logic: acceptLogic(project.dedupWindowMs, erased, () => observer.onErased()),
    codec: ingestCodec,
    definitions: eventTypesBinding(project.id),
    kafka: runtime.kafka,
    redisUrl: runtime.config.REDIS_URL,
    sessionTimeoutMs: runtime.config.KAFKA_SESSION_TIMEOUT_MS,
    observer: new PartitionFaults(runtime.metrics, INGEST_JOB, project.id).observing(observer),
    logger: runtime.logger,
  });
}

/** A version that was kept but not published (the process died in between) comes into force now. */
async function publishUntilDone(
  project: ProjectRecord,
  catalogue: CatalogueService,
  runtime: Pick<ServiceRuntime, 'logger'>,
  gone: AbortSignal,
): Promise<void> {
  while (!gone.aborted) {
    try {
      await catalogue.publish(project);
      return;
    } catch (error) {
      runtime.logger.warn(
        { err: error, project: project.id },
        'the event types could not be published yet; trying again',
      );
      await new Promise((resolve) => setTimeout(resolve, REPUBLISH_EVERY_MS).unref());
    }
  }
}
