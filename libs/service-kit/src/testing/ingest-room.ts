import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver, KafkaProducer, ProducedAt } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { openRedis } from '@hermes/connectors/redis/client';
import type { HermesEvent } from '@hermes/contracts/event';
import { eventRecord, sampleEvent } from './sample-event.ts';
import { buildService, eventually, type ServiceProcess, serverUrl, startService } from './service-process.ts';
import { makeTestProject, type TestProject } from './test-project.ts';

const INGEST = new URL('../../../../services/ingest/', import.meta.url);

/** A project whose history ingest keeps, in a process of its own. */
export class IngestRoom {
  readonly kafka: KafkaDriver;
  readonly project: TestProject;
  readonly ingest: ServiceProcess;
  private readonly producer: KafkaProducer;
  private made = 0;

  private constructor(kafka: KafkaDriver, producer: KafkaProducer, project: TestProject, ingest: ServiceProcess) {
    this.kafka = kafka;
    this.producer = producer;
    this.project = project;
    this.ingest = ingest;
  }

  static async open(partitions = 2): Promise<IngestRoom> {
    buildService(INGEST);
    const kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'history-test' });
    const producer = await kafka.producer();
    const project = await makeTestProject(kafka, partitions);
    const room = new IngestRoom(kafka, producer, project, await startService(INGEST));
    const authorization = `Bearer ${await project.token('viewer')}`;
    await eventually('ingest keeps the history of the project', async () => {
      const answer = await fetch(`${room.ingest.url}/v1/projects/${project.id}/events?limit=1&complete=true`, {
        headers: { authorization },
      });
      await answer.body?.cancel();
      return answer.status === 200 ? true : undefined;
    });
    return room;
  }

  event(more: Partial<HermesEvent>): HermesEvent {
    return sampleEvent(this.project.id, { id: `e-${this.made++}`, ...more });
  }

  /** Onto `<project>.events`, as ingest's outbox writes. */
  async write(events: readonly HermesEvent[]): Promise<readonly ProducedAt[]> {
    return this.producer.send(events.map(eventRecord));
  }

  /** Call after `endServices`. */
  async remove(): Promise<void> {
    const { id } = this.project;
    await this.project.remove();
    await this.kafka.close();
    const redis = openRedis(serverUrl('REDIS_URL'));
    const keys = redis.scanStream({ match: `*:${id}:*`, count: 1_000 }) as AsyncIterable<string[]>;
    for await (const some of keys) if (some.length > 0) await redis.unlink(...some);
    redis.disconnect();
    const clickhouse = openClickHouse(serverUrl('CLICKHOUSE_URL'));
    await clickhouse.command({
      query: 'DELETE FROM ingest.event_log WHERE project = {project:String}',
      query_params: { project: id },
    });
    await clickhouse.close();
    const postgres = openPostgres(serverUrl('DATABASE_URL'));
    await postgres.query('DELETE FROM ingest.event_type WHERE project = $1', [id]);
    await postgres.end();
  }
}
