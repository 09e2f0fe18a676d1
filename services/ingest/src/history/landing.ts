import type { ClickHouseClient } from '@clickhouse/client';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { consumerGroup, eventsDeadLetterTopic, eventsTopic } from '@hermes/contracts/topics';
import type { ErasedSubjects } from '@hermes/service-kit/erasure-copy';
import type { ServiceMetrics } from '@hermes/service-kit/metrics';
import { PartitionFaults } from '@hermes/service-kit/partition-faults';
import { landTopic, type LandingObserver, type RunningLanding } from '@hermes/stream-runtime/land-topic';
import type { RuntimeLogger } from '@hermes/stream-runtime/runtime-logger';
import { deadLetterRow, type DeadLetterRow, eventLogRow, type EventLogRow } from './event-log.row.ts';
import type { HistoryTables } from './history-tables.ts';

type Landed =
  | { readonly table: 'event_log'; readonly row: EventLogRow }
  | { readonly table: 'dead_letter'; readonly row: DeadLetterRow };

/** In the consumer group, and in the name of a partition that stopped. */
export const HISTORY_JOB = 'ingest-history';
/** Rows wait this long for company; with the fetch and the insert they are readable well within the 5 s that are promised. */
const MAX_DELAY_MS = 1_000;

export interface LandingSetting {
  readonly kafka: KafkaDriver;
  readonly clickhouse: ClickHouseClient;
  readonly tables: HistoryTables;
  readonly metrics: Pick<ServiceMetrics, 'component'>;
  readonly logger: RuntimeLogger;
  readonly sessionTimeoutMs: number;
  readonly observer: LandingObserver;
}

/**
 * Lands a project's accepted events and dead letters in ClickHouse, but nothing that an erasure covers: neither what is read (again) later,
 * nor what was read before the erasure and waits for its insert.
 */
export function landHistory(project: string, erased: ErasedSubjects, setting: LandingSetting): Promise<RunningLanding> {
  const { kafka, clickhouse, tables, metrics, logger, sessionTimeoutMs, observer } = setting;
  const deadLetterTopic = eventsDeadLetterTopic(project);
  const isKept = ({ table, row }: Landed): boolean =>
    !erased.covers(row.subject, Date.parse(table === 'event_log' ? row.time : row.at));
  const insert = async (table: Landed['table'], rows: readonly Landed[]): Promise<void> => {
    const values = rows.filter((landed) => landed.table === table && isKept(landed)).map(({ row }) => row);
    if (values.length > 0) await clickhouse.insert({ table: `ingest.${table}`, values, format: 'JSONEachRow' });
  };
  return landTopic<Landed>({
    kafka,
    topics: [eventsTopic(project), deadLetterTopic],
    groupId: consumerGroup(HISTORY_JOB, project),
    deadLetterTopic,
    toRow: (record) => {
      if (record.topic === deadLetterTopic) return { table: 'dead_letter', row: deadLetterRow(record, project) };
      const row = eventLogRow(record);
      return row === undefined ? undefined : { table: 'event_log', row };
    },
    insert: async (rows) => {
      // The landing tries again: into a table of an older build rows would go without their places.
      if (!tables.made) throw new Error('the tables of the history are not made yet');
      await insert('event_log', rows);
      await insert('dead_letter', rows);
    },
    maxDelayMs: MAX_DELAY_MS,
    sessionTimeoutMs,
    logger,
    observer: new PartitionFaults(metrics, HISTORY_JOB, project).observing(observer),
  });
}
