import type { ClickHouseClient } from '@clickhouse/client';
import { isConnectionError } from '@hermes/connectors/clickhouse/retry';
import { unavailable } from '@hermes/service-kit/problem';
import { type DeadLetterRow, utc } from './event-log.row.ts';
import { type EventQuery, eventSql } from './event-query.ts';
import type { HistoryTables } from './history-tables.ts';

export interface DeadLetter {
  readonly at: string;
  readonly code: string;
  readonly reason: string;
  readonly from: string;
  readonly subject: string | null;
  /** The record as it came. */
  readonly value: string;
}

/** Memory of a sort before it goes to ClickHouse's disk. */
const SORT_IN_MEMORY_BYTES = 128_000_000;

export class HistoryRepository {
  private readonly clickhouse: ClickHouseClient;
  private readonly tables: HistoryTables;
  /** @param clickhouse - with patience for a sort before its first row */
  constructor(clickhouse: ClickHouseClient, tables: HistoryTables) {
    this.clickhouse = clickhouse;
    this.tables = tables;
  }

  /**
   * The events as lines of NDJSON, as many at a time as have come; no more of them are held than the reader has not taken yet. ClickHouse breaks off an answer of which
   * nothing is taken for 30 s (its `http_send_timeout`, which a query cannot change): then this throws.
   */
  async *events(project: string, partitions: number, query: EventQuery, signal: AbortSignal): AsyncGenerator<string> {
    this.mustBeWhole();
    const sql = eventSql(project, partitions, query);
    const result = await this.clickhouse.query({
      query: sql.query,
      query_params: { ...sql.parameters },
      format: 'TabSeparatedRaw',
      abort_signal: signal,
      clickhouse_settings: {
        output_format_json_escape_forward_slashes: 0,
        // Rows go out while they are read; an error on the way breaks the stream, so that nobody takes a part for the whole.
        wait_end_of_query: 0,
        optimize_read_in_order: 1,
        max_bytes_before_external_sort: String(SORT_IN_MEMORY_BYTES),
      },
    });
    for await (const rows of result.stream()) yield rows.map(({ text }) => `${text}\n`).join('');
  }

  /** About how many there are: repeats that have not fallen together yet count. */
  async count(project: string, partitions: number, query: EventQuery, signal: AbortSignal): Promise<number> {
    this.mustBeWhole();
    const sql = eventSql(project, partitions, query);
    const result = await this.clickhouse.query({
      query: sql.count,
      query_params: { ...sql.parameters },
      format: 'JSONEachRow',
      abort_signal: signal,
    });
    return Number((await result.json<{ events: string }>())[0]?.events ?? 0);
  }

  /** @throws ProblemError 503: while rows of an older build are brought over, what is there is not the whole */
  private mustBeWhole(): void {
    if (!this.tables.made) throw unavailable('The history');
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
