import { madeOnce } from '@hermes/connectors/clickhouse/made-once';
import type { ClickHouseClient } from '@clickhouse/client';
import type { RuleCount } from './rule-counts.ts';

const TABLE = 'rule_engine.rule_counts';

const tableOf = (keepMonths: number): readonly string[] => [
  'CREATE DATABASE IF NOT EXISTS rule_engine',
  `CREATE TABLE IF NOT EXISTS ${TABLE}
(
  project LowCardinality(String),
  rule_id LowCardinality(String),
  rule_version UInt32,
  at DateTime('UTC'),
  evaluated UInt64,
  undecided UInt64
)
ENGINE = SummingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (project, rule_id, rule_version, at)
TTL at + INTERVAL ${keepMonths} MONTH
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000`,
];

/** How often versions of rules were asked, by the minute. */
export class CountsRepository {
  private readonly clickhouse: ClickHouseClient;
  /** Makes the table when it is missing; asked before each use. */
  readonly ensureTable: () => Promise<void>;

  constructor(clickhouse: ClickHouseClient, keepMonths: number) {
    this.clickhouse = clickhouse;
    this.ensureTable = madeOnce(async () => {
      for (const query of tableOf(keepMonths)) await clickhouse.command({ query });
    });
  }

  /** @param token - of these counts: they are added once, however often that is tried */
  async add(counts: readonly RuleCount[], atMs: number, token: string): Promise<void> {
    await this.ensureTable();
    await this.clickhouse.insert({
      table: TABLE,
      values: counts.map(({ project, ruleId, ruleVersion, evaluated, undecided }) => ({
        project,
        rule_id: ruleId,
        rule_version: ruleVersion,
        at: Math.floor(atMs / 60_000) * 60,
        evaluated,
        undecided,
      })),
      format: 'JSONEachRow',
      clickhouse_settings: { insert_deduplication_token: token, insert_deduplicate: 1 },
    });
  }
}
