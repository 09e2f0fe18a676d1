import type { ClickHouseClient } from '@clickhouse/client';
import { isConnectionError } from '@hermes/connectors/clickhouse/retry';
import { unavailable } from '@hermes/service-kit/problem';
import { type DeadLetterRow, type EventLogRow, utc } from './event-log.row.ts';

/** Which events of a project; instants are ISO 8601, `from` included, `to` not. */
export interface EventQuery {
  readonly type?: string | undefined;
  readonly subject?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit?: number | undefined;
}

export interface DeadLetter {
  readonly at: string;
  readonly code: string;
  readonly reason: string;
  readonly from: string;
  readonly subject: string | null;
  /** The record as it came. */
  readonly value: string;
}

export class HistoryRepository {
  private readonly clickhouse: ClickHouseClient;
  constructor(clickhouse: ClickHouseClient) {
    this.clickhouse = clickhouse;
  }

  /** Rows in the order of the table (type, subject, time, source, id): the same question gets the same order, each event once. */
  async *events(project: string, query: EventQuery, signal: AbortSignal): AsyncGenerator<readonly EventLogRow[]> {
    const filters = ['project = {project:String}'];
    if (query.type !== undefined) filters.push('type = {type:String}');
    if (query.subject !== undefined) filters.push('subject = {subject:String}');
    if (query.from !== undefined) filters.push("time >= parseDateTime64BestEffort({from:String}, 3, 'UTC')");
    if (query.to !== undefined) filters.push("time < parseDateTime64BestEffort({to:String}, 3, 'UTC')");
    const result = await this.clickhouse.query({
      query: `
        SELECT project, type, subject, time, source, id, received_at, accepted_at, data
        FROM ingest.event_log FINAL
        WHERE ${filters.join(' AND ')}
        ORDER BY project, type, subject, time, source, id
        ${query.limit === undefined ? '' : 'LIMIT {limit:UInt64}'}`,
      query_params: { project, ...query },
      format: 'JSONEachRow',
      abort_signal: signal,
      // Rows go out while they are read; an error on the way breaks the stream, so that nobody takes a part for the whole.
      clickhouse_settings: { wait_end_of_query: 0, optimize_read_in_order: 1 },
    });
    for await (const rows of result.stream<EventLogRow>()) yield rows.map((row) => row.json());
  }

  async deadLetters(project: string, limit: number): Promise<readonly DeadLetter[]> {
    const result = await this.clickhouse.query({
      query: `
        SELECT at, code, reason, came_from, subject, value
        FROM ingest.dead_letter FINAL
        WHERE project = {project:String}
        ORDER BY at DESC, dlq_partition, dlq_offset DESC
        LIMIT {limit:UInt32}`,
      query_params: { project, limit },
      format: 'JSONEachRow',
    });
    const rows = await result.json<DeadLetterRow>();
    return rows.map((row) => ({
      at: utc(row.at),
      code: row.code,
      reason: row.reason,
      from: row.came_from,
      subject: row.subject === '' ? null : row.subject,
      value: row.value,
    }));
  }
}

/** What to answer when a question to the history failed: 503 while ClickHouse is away or its tables are not made yet. */
export function historyProblem(error: unknown): unknown {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  const isPassing = isConnectionError(error) || type === 'UNKNOWN_TABLE' || type === 'UNKNOWN_DATABASE';
  return isPassing ? unavailable('The history', error) : error;
}
