import type { ProjectRecord } from '@hermes/contracts/control';
import { consumerGroup, decisionsTopic, projectTopics } from '@hermes/contracts/topics';
import { followErasures } from '@hermes/service-kit/erasure-copy';
import { eraseOnRequest } from '@hermes/service-kit/erasure-work';
import type { Rule } from '@hermes/contracts/rule';
import type { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import type { ProjectWorker } from '@hermes/service-kit/project-workers';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { LandingObserver } from '@hermes/stream-runtime/land-topic';
import { hasLanded } from '@hermes/stream-runtime/landing-progress';
import type { RunningProcessor } from '@hermes/stream-runtime/processor-options';
import type { RuleEngineConfig } from '../config.ts';
import { LANDING_JOB, startDecisionsLanding } from '../decisions/decisions-landing.ts';
import type { DecisionsRepository } from '../decisions/decisions.repository.ts';
import { type RuleObserver, startProjectProcessor } from './project-processor.ts';

export interface ProjectParts {
  readonly runtime: Pick<ServiceRuntime<RuleEngineConfig>, 'kafka' | 'config' | 'logger' | 'metrics'>;
  readonly publisher: DefinitionPublisher<readonly Rule[]>;
  readonly decisions: DecisionsRepository;
  readonly observer: RuleObserver;
  readonly landingObserver: LandingObserver;
}

export interface RunningProject extends ProjectWorker {
  /** Events not evaluated yet, of the partitions that this process owns. */
  lag(): number;
}

/** How long an erasure waits at once for what was under way to land; it tries again after that. */
const LANDED_WITHIN_MS = 60_000;

/** Everything that one project needs of this service: its rules on Kafka, its evaluation, its decisions in ClickHouse. */
export async function startProject(parts: ProjectParts, project: ProjectRecord): Promise<RunningProject> {
  const { runtime, publisher } = parts;
  const admin = await runtime.kafka.admin();
  await admin.ensureTopics(projectTopics(project.id, project.partitions)).finally(() => admin.close());
  publisher.takeUp(project.id);
  // Whole before anything lands.
  const erased = await followErasures(runtime.kafka, project.id, runtime.logger);
  let processor: Pick<RunningProcessor, 'close'> | undefined;
  try {
    const evaluating = (processor = await startProjectProcessor(runtime, project, parts.observer));
    const landing = await startDecisionsLanding(
      {
        kafka: runtime.kafka,
        decisions: parts.decisions,
        erased,
        metrics: runtime.metrics,
        observer: parts.landingObserver,
        logger: runtime.logger,
        sessionTimeoutMs: runtime.config.KAFKA_SESSION_TIMEOUT_MS,
      },
      project,
    );
    const erasing = eraseOnRequest({
      kafka: runtime.kafka,
      project: project.id,
      copy: erased,
      stores: [parts.decisions.store()],
      settled: (signal) =>
        hasLanded(runtime.kafka, {
          groupId: consumerGroup(LANDING_JOB, project.id),
          targets: [{ topic: decisionsTopic(project.id) }],
          withinMs: LANDED_WITHIN_MS,
          signal,
        }),
      logger: runtime.logger,
    });
    return {
      lag: () => evaluating.lag(),
      close: async () => {
        publisher.release(project.id);
        await Promise.all([evaluating.close(), landing.close(), erasing.close()]);
        await erased.close();
      },
    };
  } catch (error) {
    await Promise.all([processor?.close(), erased.close()]);
    throw error;
  }
}
