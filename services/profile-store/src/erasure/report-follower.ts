import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import type { ProjectRecord } from '@hermes/contracts/control';
import { ErasureReport } from '@hermes/contracts/erasure';
import { erasureReportsTopic, projectTopics } from '@hermes/contracts/topics';
import type { ProjectWorker } from '@hermes/service-kit/project-workers';
import type { Logger } from 'pino';
import type { ErasurePublisher } from './erasure-publisher.ts';
import type { ErasuresRepository } from './erasures.repository.ts';

const TRY_AGAIN_AFTER_MS = 1_000;

export interface ErasureParts {
  readonly kafka: KafkaDriver;
  readonly erasures: ErasuresRepository;
  readonly publisher: ErasurePublisher;
  readonly logger: Logger;
}

function reportOf(value: Buffer | null): ErasureReport | undefined {
  try {
    return ErasureReport.parse(JSON.parse(value?.toString() ?? ''));
  } catch {
    return undefined;
  }
}

/**
 * One project's erasures: they are published, and what the stores report comes into the database. Reads all reports that are there, each
 * of which may be taken again; several processes may do the same. While PostgreSQL is away reports wait.
 */
export async function startErasures(parts: ErasureParts, project: ProjectRecord): Promise<ProjectWorker> {
  const { kafka, erasures, publisher, logger } = parts;
  const admin = await kafka.admin();
  await admin.ensureTopics(projectTopics(project.id, project.partitions)).finally(() => admin.close());
  const closing = new AbortController();

  const take = async (report: ErasureReport): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        if (await erasures.takeReport(project.id, report)) publisher.publishSoon();
        return;
      } catch (error) {
        if (!isPostgresAway(error)) {
          // The erasure stays open and is announced again: the store reports again.
          logger.error({ err: error, project: project.id, report }, 'a report of an erasure could not be taken');
          return;
        }
        await sleep(TRY_AGAIN_AFTER_MS, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  };
  const follower = await kafka.follow({
    topic: erasureReportsTopic(project.id),
    onRecord: async ({ offset, value }) => {
      const report = reportOf(value);
      if (report === undefined) logger.error({ project: project.id, offset }, 'a report of an erasure cannot be read');
      else await take(report);
    },
  });
  publisher.takeUp(project.id);
  return {
    async close() {
      publisher.release(project.id);
      closing.abort();
      await follower.close();
    },
  };
}
