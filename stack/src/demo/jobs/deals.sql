-- One row for each signed deal, as soon as it is accepted. ${project} is the project that the job belongs to.
CREATE TABLE events (
  id STRING,
  subject STRING,
  `type` STRING,
  `time` TIMESTAMP_LTZ(3),
  data ROW<
    line STRING,
    district STRING,
    totalPriceCny DECIMAL(18, 2),
    areaM2 DOUBLE
  >
) WITH (
  'connector' = 'kafka',
  'topic' = '${project}.events',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE deals (
  event_id STRING NOT NULL,
  subject STRING NOT NULL,
  line STRING NOT NULL,
  district STRING NOT NULL,
  price_cny DECIMAL(18, 2) NOT NULL,
  area_m2 DOUBLE,
  `time` TIMESTAMP_LTZ(3) NOT NULL
) WITH (
  'connector' = 'clickhouse',
  'table-name' = 'deals',
  'table.create' = 'true',
  'table.order-by' = 'time, event_id'
);

INSERT INTO deals
SELECT id, subject, data.line, data.district, data.totalPriceCny, data.areaM2, `time`
FROM events
WHERE `type` = 'deal.signed';
