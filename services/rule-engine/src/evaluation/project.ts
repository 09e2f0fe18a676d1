import type { ProjectRecord } from '@hermes/contracts/control';
import { projectTopics } from '@hermes/contracts/topics';
import type { Rule } from '@hermes/contracts/rule';
import type { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import type { ProjectWorker } from '@hermes/service-kit/project-workers';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import type { LandingObserver } from '@hermes/stream-runtime/land-topic';
import type { ProcessorObserver } from '@hermes/stream-runtime/processor-options';
import type { RuleEngineConfig } from '../config.ts';
import { startDecisionsLanding } from '../decisions/decisions-landing.ts';
import type { DecisionsRepository } from '../decisions/decisions.repository.ts';
import type { EvaluationObserver } from './evaluation.logic.ts';
import { startProjectProcessor } from './project-processor.ts';

export interface ProjectParts {
  readonly runtime: Pick<ServiceRuntime<RuleEngineConfig>, 'kafka' | 'config' | 'logger' | 'metrics'>;
  readonly publisher: DefinitionPublisher<readonly Rule[]>;
  readonly decisions: DecisionsRepository;
  readonly observer: ProcessorObserver & EvaluationObserver;
  readonly landingObserver: LandingObserver;
}

export interface RunningProject extends ProjectWorker {
  /** Events not evaluated yet, of the partitions that this process owns. */
  lag(): number;
}

/** Everything that one project needs of this service: its rules on Kafka, its evaluation, its decisions in ClickHouse. */
export async function startProject(parts: ProjectParts, project: ProjectRecord): Promise<RunningProject> {
  const { runtime, publisher } = parts;
  const admin = await runtime.kafka.admin();
  await admin.ensureTopics(projectTopics(project.id, project.partitions)).finally(() => admin.close());
  publisher.takeUp(project.id);
  const processor = await startProjectProcessor(runtime, project, parts.observer);
  try {
    const landing = await startDecisionsLanding(
      {
        kafka: runtime.kafka,
        decisions: parts.decisions,
        metrics: runtime.metrics,
        observer: parts.landingObserver,
        logger: runtime.logger,
        sessionTimeoutMs: runtime.config.KAFKA_SESSION_TIMEOUT_MS,
      },
      project,
    );
    return {
      lag: () => processor.lag(),
      close: async () => {
        publisher.release(project.id);
        await Promise.all([processor.close(), landing.close()]);
      },
    };
  } catch (error) {
    await processor.close();
    throw error;
  }
}
