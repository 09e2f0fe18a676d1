import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { openRedis } from '@hermes/connectors/redis/client';
import { serverUrl } from '@hermes/service-kit/testing/service-process';
import { makeTestProject, type TestProject } from '@hermes/service-kit/testing/test-project';
import { INGEST_JOB } from '../processing/project-worker.ts';

/** A project of one test with a key that sends and one that reads. */
export interface IngestProject extends TestProject {
  readonly writeKey: string;
  readonly readKey: string;
}

export async function makeProject(kafka: KafkaDriver, partitions = 2): Promise<IngestProject> {
  const project = await makeTestProject(kafka, partitions);
  return {
    ...project,
    writeKey: await project.key(['events:write']),
    readKey: await project.key(['events:read']),
    async remove() {
      await project.remove();
      await forget(project.id);
    },
  };
}

/** What ingest left of a project in its databases. */
async function forget(project: string): Promise<void> {
  const redis = openRedis(serverUrl('REDIS_URL'));
  const stream = redis.scanStream({ match: `{${INGEST_JOB}:${project}:*`, count: 1_000 }) as AsyncIterable<string[]>;
  for await (const keys of stream) if (keys.length > 0) await redis.unlink(...keys);
  redis.disconnect();
  const clickhouse = openClickHouse(serverUrl('CLICKHOUSE_URL'));
  for (const table of ['event_log', 'dead_letter']) {
    await clickhouse.command({
      query: `DELETE FROM ingest.${table} WHERE project = {project:String}`,
      query_params: { project },
    });
  }
  await clickhouse.close();
  const postgres = openPostgres(serverUrl('DATABASE_URL'));
  await postgres.query('DELETE FROM ingest.event_type WHERE project = $1', [project]);
  await postgres.end();
}
