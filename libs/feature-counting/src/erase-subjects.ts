import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import type { ProjectRecord } from '@hermes/contracts/control';
import type { ERASURE_STORES, ErasureReport } from '@hermes/contracts/erasure';
import { partitionOf } from '@hermes/contracts/partitioning';
import { erasureReportsTopic } from '@hermes/contracts/topics';
import { SubjectState } from '@hermes/profiles/features/subject-state';
import type { OpenErasure } from '@hermes/service-kit/erasure-copy';
import { stateKey } from '@hermes/stream-runtime/state-keys';
import type { Logger } from 'pino';
import { eraseInjection, groupsOf } from './erase-subject.ts';
import type { CountingJob } from './counting-job.ts';
import { groupKey } from './state-of-subject.ts';

const TRY_EVERY_MS = 250;

/** A processor's state as a store that erasures reach. */
export interface CountingStore {
  readonly job: CountingJob;
  /** Its name in reports. */
  readonly store: (typeof ERASURE_STORES)[number];
  /** Erases what else is kept of subjects beside their features; undefined when another process owns the partition. */
  readonly eraseMore?: (subject: string, erasedAtMs: number) => Promise<ErasedMore | undefined>;
}

/** What an erasure removed, and what it found when it looked again. */
export type ErasedMore = Pick<ErasureReport, 'removed' | 'remaining'>;

export interface ErasingParts {
  readonly project: ProjectRecord;
  readonly stores: readonly CountingStore[];
  readonly redis: RedisOrCluster;
  readonly isOpen: (erasure: OpenErasure) => boolean;
  readonly kafka: KafkaDriver;
  readonly logger: Logger;
}

/**
 * Erases subjects from the partitions that this process owns, looks again, and reports. An erasure stays open until its report is on
 * Kafka: whoever owns the partition then, does it (again), which changes nothing.
 */
export function eraseSubjects(parts: ErasingParts): { take(erasure: OpenErasure): void; close(): Promise<void> } {
  const open = new Map<string, OpenErasure & { readonly left: Set<CountingStore> }>();
  let working: Promise<void> | undefined;
  let producer: Promise<KafkaProducer> | undefined;

  const look = async (): Promise<void> => {
    for (const erasure of open.values()) {
      // Whoever owns the partition has done it.
      if (!parts.isOpen(erasure)) {
        open.delete(erasure.id);
        continue;
      }
      for (const store of erasure.left) {
        try {
          const report = await erase(parts, store, erasure);
          if (report === undefined) continue;
          producer ??= parts.kafka.producer();
          const message = {
            topic: erasureReportsTopic(parts.project.id),
            key: erasure.id,
            value: JSON.stringify(report),
          };
          await (await producer).send([message]);
          erasure.left.delete(store);
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
    take: (erasure) => void open.set(erasure.id, { ...erasure, left: new Set(parts.stores) }),
    async close() {
      clearInterval(timer);
      await working;
      await (await producer)?.close();
    },
  };
}

/** Erases, and looks again; undefined when another process owns the partition. */
async function erase(
  { project, redis }: ErasingParts,
  { job, store, eraseMore }: CountingStore,
  { id, subject, subjectHash, erasedAt }: OpenErasure,
): Promise<ErasureReport | undefined> {
  const partition = partitionOf(subject, project.partitions);
  const groups = groupsOf(job.features());
  const erasedAtMs = Date.parse(erasedAt);
  let removed = 0;
  const injection = eraseInjection(subject, erasedAtMs, groups, (values) => (removed = values));
  if ((await job.inject(partition, injection)) === 'not-owned') return undefined;
  let remaining = 0;
  for (const group of groups) {
    const bytes = await redis.getBuffer(stateKey(job.job, project.id, partition, groupKey(subject, group)));
    const state = bytes === null ? undefined : SubjectState.decode(bytes);
    if (state !== undefined && (state.erasedAtMs ?? 0) < erasedAtMs) remaining += 1;
  }
  const more = eraseMore === undefined ? { removed: 0, remaining: 0 } : await eraseMore(subject, erasedAtMs);
  if (more === undefined) return undefined;
  const at = new Date().toISOString();
  return {
    erasureId: id,
    subjectHash,
    store,
    removed: removed + more.removed,
    remaining: remaining + more.remaining,
    at,
  };
}
