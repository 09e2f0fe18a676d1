import type { ProjectRecord } from '@hermes/contracts/control';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { projectTopics } from '@hermes/contracts/topics';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import type { ProjectWorker } from '@hermes/service-kit/project-workers';
import { DefinitionsFollower } from '@hermes/stream-runtime/definitions-follower';
import type { RuntimeLogger } from '@hermes/stream-runtime/runtime-logger';
import { featuresBinding } from './features-binding.ts';

/** A project's published features as the newest set has them: what reads are answered by. */
export interface FeatureCopy extends ProjectWorker {
  newest(): FeatureSet;
}

/** Follows `<project>.features`; resolves when what is there now has been read. */
export async function followFeatures(
  kafka: KafkaDriver,
  project: ProjectRecord,
  logger: RuntimeLogger,
): Promise<FeatureCopy> {
  const admin = await kafka.admin();
  await admin.ensureTopics(projectTopics(project.id, project.partitions)).finally(() => admin.close());
  const binding = featuresBinding(project.id);
  const follower = await DefinitionsFollower.open(kafka, binding, logger);
  return {
    newest: () => follower.get(follower.latest) ?? binding.empty,
    close: () => follower.close(),
  };
}
