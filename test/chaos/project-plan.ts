import type { ProjectPlan } from '../scenario/fresh-project.ts';
import { DEAL_TYPE } from './deals.ts';

export const PROJECT = 'chaos';
export const PARTITIONS = 4;
/** Events that only push time forward, so that the last windows close. */
export const TICK_TYPE = 'clock.tick';

/** One rule raises alerts, the other only decides. */
export const BIG_DEAL = { id: 'big-deal', fromCny: 10_000_000 };
export const SMALL_HOME = { id: 'small-home', district: '8', belowM2: 60 };

const title = (en: string, zh: string) => ({ 'x-title': { en, zh } });

export const plan = (receiver: string): ProjectPlan => ({
  id: PROJECT,
  partitions: PARTITIONS,
  receivers: [receiver],
  eventTypes: {
    [DEAL_TYPE]: {
      title: { en: 'Deal closed', zh: '成交' },
      description: {
        en: 'A row of the replayed file. The subject is the community.',
        zh: '回放文件中的一行。主体为小区。',
      },
      schema: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        required: ['district', 'tradeDay', 'totalPriceCny', 'areaM2'],
        properties: {
          district: { type: 'string', ...title('District', '城区') },
          tradeDay: { type: 'string', pattern: '^\\d{8}$', ...title('Day of the deal', '成交日') },
          totalPriceCny: { type: 'string', pattern: '^\\d+\\.\\d{2}$', 'x-unit': 'CNY', ...title('Price', '总价') },
          areaM2: { type: 'number', 'x-unit': 'm2', ...title('Area', '面积') },
        },
      },
      example: { district: '6', tradeDay: '20161231', totalPriceCny: '2250000.00', areaM2: 157.16 },
    },
    [TICK_TYPE]: {
      title: { en: 'Tick', zh: '时钟' },
      description: { en: 'Pushes time forward.', zh: '推进时间。' },
      schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' },
      example: {},
    },
  },
  rules: {
    [BIG_DEAL.id]: {
      name: 'A deal of 10 million CNY or more',
      eventTypes: [DEAL_TYPE],
      conditions: {
        all: [
          { fact: 'event', path: '$.data.totalPriceCny', operator: 'greaterThanInclusive', value: BIG_DEAL.fromCny },
        ],
      },
      event: { type: 'big-deal' },
      severity: 'critical',
      tests: [{ name: 'a big one', event: { data: { totalPriceCny: '12000000.00' } }, fires: true }],
    },
    [SMALL_HOME.id]: {
      name: 'A small home in one district',
      eventTypes: [DEAL_TYPE],
      conditions: {
        all: [
          { fact: 'event', path: '$.data.district', operator: 'equal', value: SMALL_HOME.district },
          { fact: 'event', path: '$.data.areaM2', operator: 'lessThan', value: SMALL_HOME.belowM2 },
        ],
      },
      event: { type: 'small-home' },
      severity: 'info',
      alert: false,
      tests: [
        {
          name: 'a small one',
          event: { data: { district: SMALL_HOME.district, areaM2: SMALL_HOME.belowM2 - 1 } },
          fires: true,
        },
      ],
    },
  },
});

const SOURCE_TABLE = `CREATE TABLE events (
  id STRING,
  type STRING,
  receivedat TIMESTAMP_LTZ(3),
  data ROW<district STRING, tradeDay STRING, totalPriceCny DECIMAL(18, 2)>,
  WATERMARK FOR receivedat AS receivedat - INTERVAL '30' SECOND
) WITH (
  'connector' = 'kafka', 'topic' = '${PROJECT}.events', 'format' = 'json',
  'scan.startup.mode' = 'earliest-offset', 'json.timestamp-format.standard' = 'ISO-8601'
);`;

/** Windows of 10 s over the receipt, 30 s of patience: they close this long after the last event at most. */
export const WINDOWS_CLOSE_AFTER_MS = 42_000;

/** Two jobs: every deal as a row, and sums by window, district and month. Both write into tables that would show a repeat. */
export const JOBS: Readonly<Record<string, string>> = {
  deals: `${SOURCE_TABLE}
CREATE TABLE deals (id STRING NOT NULL, district STRING, deal_month STRING, price_cny DECIMAL(18, 2))
WITH ('connector' = 'clickhouse', 'table.create' = 'true', 'table.order-by' = 'id');
INSERT INTO deals
SELECT id, data.district, SUBSTRING(data.tradeDay FROM 1 FOR 6), data.totalPriceCny FROM events WHERE type = '${DEAL_TYPE}';`,
  sums: `${SOURCE_TABLE}
CREATE TABLE sums (window_start TIMESTAMP(3) NOT NULL, district STRING, deal_month STRING, deals BIGINT, total_cny DECIMAL(38, 2))
WITH ('connector' = 'clickhouse', 'table.create' = 'true', 'table.order-by' = 'window_start');
INSERT INTO sums
SELECT window_start, data.district, SUBSTRING(data.tradeDay FROM 1 FOR 6), COUNT(*), SUM(data.totalPriceCny)
FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(receivedat), INTERVAL '10' SECOND))
WHERE type = '${DEAL_TYPE}'
GROUP BY window_start, window_end, data.district, SUBSTRING(data.tradeDay FROM 1 FOR 6);`,
};
