import { ClickHouseError } from '@clickhouse/client';
import type { NotReadyReason, Transactions } from '@hermes/contracts/console-api';
import type { ProjectRecord } from '@hermes/contracts/control';
import { type Range, unitOf } from './range.ts';
import { toSeries } from './series.ts';
import type { RecentRow, Scope, TransactionsRepository } from './transactions.repository.ts';

/** ClickHouse database of a project's tables. */
export const projectDatabase = (project: string): string => `project_${project.replaceAll('-', '_')}`;

const instant = (seconds: number): string => new Date(seconds * 1_000).toISOString();
const amount = (deals: string, value: string): { deals: number; value: string } => ({ deals: Number(deals), value });

const toRecent = ({ timeMs, ...deal }: RecentRow): Transactions['recent'][number] => ({
  ...deal,
  time: new Date(Number(timeMs)).toISOString(),
});

/** Why ClickHouse has no answer, or undefined for a defect. UNKNOWN_TABLE 60, UNKNOWN_DATABASE 81, ACCESS_DENIED 497. */
export function notReadyReason(error: unknown): NotReadyReason | undefined {
  if (error instanceof ClickHouseError) {
    if (error.code === '60' || error.code === '81') return 'no-table';
    return error.code === '497' ? 'no-access' : undefined;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const away = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EHOSTUNREACH'].includes(code);
  return away || (error instanceof Error && /timeout|socket hang up/i.test(error.message)) ? 'unreachable' : undefined;
}

const nothing = (project: ProjectRecord, range: Range, reason: NotReadyReason): Transactions => {
  const zero = { deals: 0, value: '0' };
  return {
    ready: false,
    reason,
    timeZone: project.timeZone,
    currency: project.currency,
    unit: unitOf(range),
    buckets: [],
    series: [],
    today: zero,
    yesterdayByNow: zero,
    lastHour: zero,
    hourBefore: zero,
    total: zero,
    districts: [],
    recent: [],
    newestAt: null,
  };
};

/** The transactions of a project as the dashboard shows them. */
export class TransactionsService {
  private readonly repository: TransactionsRepository;
  constructor(repository: TransactionsRepository) {
    this.repository = repository;
  }

  /** An answer for every case but a defect: without a table, a right or a server it is `ready: false` with the reason. */
  async read(project: ProjectRecord, range: Range, nowMs: number): Promise<Transactions> {
    try {
      if (!(await this.repository.hasTable(projectDatabase(project.id)))) return nothing(project, range, 'no-table');
      return await this.picture(project, range, Math.floor(nowMs / 1_000));
    } catch (error) {
      const reason = notReadyReason(error);
      if (reason === undefined) throw error;
      return nothing(project, range, reason);
    }
  }

  private async picture(project: ProjectRecord, range: Range, now: number): Promise<Transactions> {
    const unit = unitOf(range);
    const start = { database: projectDatabase(project.id), timeZone: project.timeZone, unit, now };
    const scope: Scope = { ...start, from: await this.repository.rangeStart(start, range) };
    const [buckets, rows, summary, districts, recent] = await Promise.all([
      this.repository.buckets(scope),
      this.repository.series(scope),
      this.repository.summary(scope),
      this.repository.districts(scope),
      this.repository.recent(scope),
    ]);
    const newest = recent[0];
    return {
      ready: true,
      reason: null,
      timeZone: project.timeZone,
      currency: project.currency,
      unit,
      buckets: buckets.map(instant),
      series: toSeries(buckets, rows),
      today: amount(summary.todayDeals, summary.todayValue),
      yesterdayByNow: amount(summary.yesterdayDeals, summary.yesterdayValue),
      lastHour: amount(summary.hourDeals, summary.hourValue),
      hourBefore: amount(summary.hourBeforeDeals, summary.hourBeforeValue),
      total: amount(summary.totalDeals, summary.totalValue),
      districts: districts.map(({ district, deals, value, average }) => ({
        district,
        ...amount(deals, value),
        averagePrice: average,
      })),
      recent: recent.map(toRecent),
      newestAt: newest === undefined ? null : new Date(Number(newest.timeMs)).toISOString(),
    };
  }
}
