import type { ClickHouseClient } from '@clickhouse/client';
import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { buildService, serverUrl } from '@hermes/service-kit/testing/service-process';
import { makeTestProject, type TestProject } from '@hermes/service-kit/testing/test-project';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { dropTables } from './deals.ts';

/** What a test of runs works with. */
export interface RunRoom {
  readonly kafka: KafkaDriver;
  readonly producer: KafkaProducer;
  readonly clickhouse: ClickHouseClient;
  /** Made anew for each test. */
  readonly project: TestProject;
}

/**
 * The servers of a test file and a project for each of its tests, with the built worker. Call it once, outside of tests; its members are there from the first
 * `beforeEach` on. `topics` of the project, by their last names, and its tables of ClickHouse are deleted after each test.
 */
export function openRunRoom(partitions: number, topics: readonly string[] = []): RunRoom {
  const room = {} as { -readonly [Member in keyof RunRoom]: RunRoom[Member] };
  beforeAll(async () => {
    buildService(new URL('../..', import.meta.url));
    room.kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'sql-executor-test' });
    room.producer = await room.kafka.producer();
    room.clickhouse = openClickHouse(serverUrl('CLICKHOUSE_URL'));
  });
  afterAll(async () => {
    await room.kafka.close();
    await room.clickhouse.close();
  });
  beforeEach(async () => {
    room.project = await makeTestProject(room.kafka, partitions);
  });
  afterEach(async () => {
    if (topics.length > 0) {
      const admin = await room.kafka.admin();
      await admin.deleteTopics(topics.map((name) => `${room.project.id}.${name}`));
      await admin.close();
    }
    await dropTables(room.clickhouse, room.project.id);
    await room.project.remove();
  });
  return room;
}
