import type { ClickHouseClient } from '@clickhouse/client';
import type { EventFigures } from '@hermes/contracts/event-figures';

/** Figures are for people who wait: what takes longer is not worth it. */
const MAX_SECONDS = 5;
const DAY_MS = 86_400_000;

/** How many events there were, and of how many subjects. */
export class EventFiguresRepository {
  private readonly clickhouse: ClickHouseClient;
  constructor(clickhouse: ClickHouseClient) {
    this.clickhouse = clickhouse;
  }

  /** Repeats that have not fallen together yet count. @param types - those that had none are left out */
  async of(project: string, types: readonly string[], days: number): Promise<EventFigures> {
    const result = await this.clickhouse.query({
      query: `
        SELECT type, count() AS events, uniqCombined64(subject) AS subjects, toUnixTimestamp64Milli(min(time)) AS firstMs,
               toUnixTimestamp64Milli(now64(3)) AS nowMs
        FROM ingest.event_log
        WHERE project = {project:String} AND type IN {types:Array(String)} AND time >= now() - toIntervalDay({days:UInt32}) AND time <= now()
        GROUP BY type ORDER BY type`,
      query_params: { project, types: [...types], days },
      format: 'JSONEachRow',
      clickhouse_settings: { max_execution_time: MAX_SECONDS },
    });
    const rows = await result.json<Record<'type' | 'events' | 'subjects' | 'firstMs' | 'nowMs', string>>();
    const spans = rows.map(({ firstMs, nowMs }) => (Number(nowMs) - Number(firstMs)) / DAY_MS);
    return {
      // A history that began today says nothing of a day before.
      days: rows.length === 0 ? days : Math.min(days, Math.max(1 / 24, ...spans)),
      types: rows.map(({ type, events, subjects }) => ({ type, events: Number(events), subjects: Number(subjects) })),
    };
  }
}
