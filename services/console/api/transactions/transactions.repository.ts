import type { ClickHouseClient } from '@clickhouse/client';
import type { BucketUnit } from '@hermes/contracts/console-api';
import type { Range } from './range.ts';
import type { SeriesRow } from './series.ts';

/** What every query of one picture shares. */
export interface Scope {
  /** ClickHouse database of the project. */
  readonly database: string;
  readonly timeZone: string;
  readonly unit: BucketUnit;
  /** Unix seconds. */
  readonly now: number;
  readonly from: number;
}

export interface SummaryRow {
  readonly todayDeals: string;
  readonly todayValue: string;
  readonly yesterdayDeals: string;
  readonly yesterdayValue: string;
  readonly hourDeals: string;
  readonly hourValue: string;
  readonly hourBeforeDeals: string;
  readonly hourBeforeValue: string;
  readonly totalDeals: string;
  readonly totalValue: string;
}

export interface DistrictRow {
  readonly district: string;
  readonly deals: string;
  readonly value: string;
  readonly average: string;
}

export interface RecentRow {
  readonly id: string;
  readonly subject: string;
  readonly line: string;
  readonly district: string;
  readonly price: string;
  readonly areaM2: number;
  readonly timeMs: string;
}

/** Start of the bucket that holds `t` (a DateTime in the project's zone). */
const startOf: Readonly<Record<BucketUnit, (t: string) => string>> = {
  minute: (t) => `toStartOfMinute(${t})`,
  quarter: (t) => `toStartOfInterval(${t}, INTERVAL 15 MINUTE)`,
  hour: (t) => `toStartOfHour(${t})`,
  day: (t) => `toStartOfDay(${t})`,
  month: (t) => `toDateTime(toStartOfMonth(${t}), {timeZone:String})`,
};

/** How many buckets lie between two starts, and the start of the nth. */
const stepOf: Readonly<Record<BucketUnit, { readonly add: string; readonly size: number; readonly diff: string }>> = {
  minute: { add: 'addMinutes', size: 1, diff: 'minute' },
  quarter: { add: 'addMinutes', size: 15, diff: 'minute' },
  hour: { add: 'addHours', size: 1, diff: 'hour' },
  day: { add: 'addDays', size: 1, diff: 'day' },
  month: { add: 'addMonths', size: 1, diff: 'month' },
};

const NOW = 'toDateTime({now:UInt32}, {timeZone:String})';
const FROM = 'toDateTime({from:UInt32}, {timeZone:String})';
const DEAL_TIME = 'toDateTime(time, {timeZone:String})';

/** Reads `deals` as the read-only analyst. Every query is bounded: one hung dashboard must not take the server. */
export class TransactionsRepository {
  private readonly client: ClickHouseClient;
  constructor(client: ClickHouseClient) {
    this.client = client;
  }

  /** Whether the project has its table: asked first, because an error would fill the log once a second until the job runs. */
  async hasTable(database: string): Promise<boolean> {
    const result = await this.client.query({ query: `EXISTS TABLE \`${database}\`.deals`, format: 'JSONEachRow' });
    const [row] = await result.json<{ result: number }>();
    return row?.result === 1;
  }

  /** Start of the range in unix seconds; a range by month begins no earlier than the first deal. */
  async rangeStart(scope: Omit<Scope, 'from'>, range: Range): Promise<number> {
    const asked =
      'minutes' in range
        ? `subtractMinutes(${NOW}, {back:UInt32})`
        : `subtractDays(toStartOfDay(${NOW}), {back:UInt32})`;
    const oldest =
      scope.unit === 'month' ? `greatest(${asked}, least(${NOW}, (SELECT min(${DEAL_TIME}) FROM deals)))` : asked;
    const back = 'minutes' in range ? range.minutes - 1 : range.days - 1;
    const [row] = await this.rows<{ start: number }>(
      `SELECT toUnixTimestamp(${startOf[scope.unit](oldest)}) AS start`,
      {
        ...scope,
        from: 0,
        back,
      },
    );
    return row?.start ?? scope.now;
  }

  /** Starts of the buckets in unix seconds, without gaps, also over a change of the clocks. */
  async buckets(scope: Scope): Promise<readonly number[]> {
    const { add, size, diff } = stepOf[scope.unit];
    const rows = await this.rows<{ bucket: number }>(
      `SELECT toUnixTimestamp(${add}(${FROM}, number * ${size})) AS bucket
         FROM numbers(toUInt64(intDiv(dateDiff('${diff}', ${FROM}, ${NOW}, {timeZone:String}), ${size}) + 1))`,
      scope,
    );
    return rows.map(({ bucket }) => bucket);
  }

  async series(scope: Scope): Promise<readonly SeriesRow[]> {
    return await this.rows<SeriesRow>(
      `SELECT toUnixTimestamp(${startOf[scope.unit](DEAL_TIME)}) AS bucket, line, count() AS deals, toString(sum(price_cny)) AS value
         FROM deals WHERE time >= ${FROM} AND time <= ${NOW} GROUP BY bucket, line`,
      scope,
    );
  }

  async summary(scope: Scope): Promise<SummaryRow> {
    const of = (name: string, condition: string): string =>
      `countIf(${condition}) AS ${name}Deals, toString(sumIf(price_cny, ${condition})) AS ${name}Value`;
    const [row] = await this.rows<SummaryRow>(
      `WITH ${NOW} AS t, toStartOfDay(t) AS midnight, subtractDays(midnight, 1) AS yesterday
       SELECT ${of('today', 'time >= midnight')}, ${of('yesterday', 'time >= yesterday AND time <= subtractDays(t, 1)')},
              ${of('hour', 'time > subtractHours(t, 1)')}, ${of('hourBefore', 'time > subtractHours(t, 2) AND time <= subtractHours(t, 1)')},
              ${of('total', `time >= ${FROM}`)}
         FROM deals WHERE time >= least(${FROM}, yesterday) AND time <= t`,
      scope,
    );
    return row!;
  }

  async districts(scope: Scope): Promise<readonly DistrictRow[]> {
    return await this.rows<DistrictRow>(
      `SELECT district, count() AS deals, toString(sum(price_cny)) AS value, toString(toDecimal64(sum(price_cny) / count(), 2)) AS average
         FROM deals WHERE time >= ${FROM} AND time <= ${NOW} GROUP BY district ORDER BY sum(price_cny) DESC, district LIMIT 8`,
      scope,
    );
  }

  async recent(scope: Scope): Promise<readonly RecentRow[]> {
    return await this.rows<RecentRow>(
      `SELECT event_id AS id, subject, line, district, toString(price_cny) AS price, ifNull(area_m2, 0) AS areaM2, toUnixTimestamp64Milli(time) AS timeMs
         FROM deals WHERE time <= ${NOW} ORDER BY time DESC, event_id LIMIT 8`,
      scope,
    );
  }

  private async rows<T>(
    query: string,
    { database, ...params }: Scope & { readonly back?: number },
  ): Promise<readonly T[]> {
    const result = await this.client.query({
      query: query.replaceAll('FROM deals', `FROM \`${database}\`.deals`),
      query_params: params,
      format: 'JSONEachRow',
      clickhouse_settings: { max_execution_time: 10, max_result_rows: '100000' },
    });
    return await result.json<T>();
  }
}
