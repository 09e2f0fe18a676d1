-- Deals by the minute in which Hermes received them: by receivedat, not by time, so that old deals that are replayed today
-- count too. A partition holds a minute open until it has been silent for 30 s, so that one that catches up is waited for.
SET 'table.exec.source.idle-timeout' = '30 s';

CREATE TABLE events (
  `type` STRING,
  receivedat TIMESTAMP_LTZ(3),
  data ROW<line STRING, district STRING, totalPriceCny DECIMAL(18, 2)>,
  WATERMARK FOR receivedat AS receivedat - INTERVAL '5' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = '${project}.events',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE deal_minutes (
  window_start TIMESTAMP_LTZ(3) NOT NULL,
  line STRING NOT NULL,
  district STRING NOT NULL,
  deals BIGINT NOT NULL,
  total_price_cny DECIMAL(38, 2),
  average_price_cny DECIMAL(38, 6)
) WITH (
  'connector' = 'clickhouse',
  'table-name' = 'deal_minutes',
  'table.create' = 'true',
  'table.order-by' = 'window_start, line, district'
);

INSERT INTO deal_minutes
SELECT window_start, data.line, data.district, COUNT(*), SUM(data.totalPriceCny), AVG(data.totalPriceCny)
FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(receivedat), INTERVAL '1' MINUTE))
WHERE `type` = 'deal.signed'
GROUP BY window_start, window_end, data.line, data.district;
