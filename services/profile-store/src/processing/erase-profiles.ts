import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import type { ProjectRecord } from '@hermes/contracts/control';
import type { ErasureReport } from '@hermes/contracts/erasure';
import { partitionOf } from '@hermes/contracts/partitioning';
import { erasureReportsTopic } from '@hermes/contracts/topics';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { SubjectState } from '@hermes/profiles/features/subject-state';
import type { OpenErasure } from '@hermes/service-kit/erasure-copy';
import type { RunningProcessor } from '@hermes/stream-runtime/processor-options';
import { stateKey } from '@hermes/stream-runtime/state-keys';
import type { Logger } from 'pino';
import { eraseInjection, groupsOf } from './erase-subject.ts';
import { groupKey, KEYED_JOB, PROFILE_JOB, type ProfileJob, type ProfileValue } from './state-of-subject.ts';

const TRY_EVERY_MS = 250;

export interface ErasingParts {
  readonly project: ProjectRecord;
  readonly processors: Readonly<Record<ProfileJob, RunningProcessor<ProfileValue, FeatureSet>>>;
  readonly redis: RedisOrCluster;
  readonly kafka: KafkaDriver;
  readonly logger: Logger;
}

const STORES = { [PROFILE_JOB]: 'profiles', [KEYED_JOB]: 'profiles_keyed' } as const;

/**
 * Erases subjects from the partitions that this process owns, looks again, and reports. An erasure stays open until its report is on
 * Kafka: whoever owns the partition then, does it (again), which changes nothing.
 */
export function eraseProfiles(parts: ErasingParts): { take(erasure: OpenErasure): void; close(): Promise<void> } {
  const open = new Map<string, OpenErasure & { readonly left: Set<ProfileJob> }>();
  let working: Promise<void> | undefined;
  let producer: Promise<KafkaProducer> | undefined;

  const look = async (): Promise<void> => {
    for (const erasure of open.values()) {
      for (const job of erasure.left) {
        try {
          const report = await erase(parts, job, erasure);
          if (report === undefined) continue;
          producer ??= parts.kafka.producer();
          const message = {
            topic: erasureReportsTopic(parts.project.id),
            key: erasure.id,
            value: JSON.stringify(report),
          };
          await (await producer).send([message]);
          erasure.left.delete(job);
        } catch (error) {
          parts.logger.warn(
            { err: error, project: parts.project.id, erasure: erasure.id },
            'an erasure waits, and is tried again',
          );
        }
      }
      if (erasure.left.size === 0) open.delete(erasure.id);
    }
  };
  const timer = setInterval(() => {
    if (open.size > 0) working ??= look().finally(() => (working = undefined));
  }, TRY_EVERY_MS);

  return {
    take: (erasure) => void open.set(erasure.id, { ...erasure, left: new Set<ProfileJob>([PROFILE_JOB, KEYED_JOB]) }),
    async close() {
      clearInterval(timer);
      await working;
      await (await producer)?.close();
    },
  };
}

/** Erases, and looks again; undefined when another process owns the partition. */
async function erase(
  { project, processors, redis }: ErasingParts,
  job: ProfileJob,
  { id, subject, subjectHash, erasedAt }: OpenErasure,
): Promise<ErasureReport | undefined> {
  const processor = processors[job];
  const partition = partitionOf(subject, project.partitions);
  const groups = groupsOf(processor.definitions()?.value);
  const erasedAtMs = Date.parse(erasedAt);
  let removed = 0;
  const injection = eraseInjection(subject, erasedAtMs, groups, (values) => (removed = values));
  if ((await processor.inject(partition, injection)) === 'not-owned') return undefined;
  let remaining = 0;
  for (const group of groups) {
    const bytes = await redis.getBuffer(stateKey(job, project.id, partition, groupKey(subject, group)));
    const state = bytes === null ? undefined : SubjectState.decode(bytes);
    if (state !== undefined && (state.erasedAtMs ?? 0) < erasedAtMs) remaining += 1;
  }
  return { erasureId: id, subjectHash, store: STORES[job], removed, remaining, at: new Date().toISOString() };
}
