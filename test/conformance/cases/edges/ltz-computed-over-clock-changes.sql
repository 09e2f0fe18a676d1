-- Casts, sums and comparisons of instants on days on which the clock changes.
-- covers: CAST, TIMESTAMP_LTZ, INTERVAL, TIMESTAMPADD, comparison, daylight saving
-- input z:
--   {"id": 1, "e": "2024-03-30 22:30:00Z"}
--   {"id": 2, "e": "2024-03-31 00:30:00Z"}
--   {"id": 3, "e": "2024-03-31 01:30:00Z"}
--   {"id": 4, "e": "2024-03-31 22:30:00Z"}
--   {"id": 5, "e": "2024-10-27 00:30:00Z"}
--   {"id": 6, "e": "2024-10-27 01:30:00Z"}
--   {"id": 7, "e": "2024-10-27 23:30:00Z"}
CREATE TABLE z (id INT, e TIMESTAMP_LTZ(3), WATERMARK FOR e AS e - INTERVAL '1' SECOND) WITH ('connector' = 'conformance');
SET 'table.local-time-zone' = 'Europe/Berlin';
SELECT id, CAST(e AS TIMESTAMP(3)), CAST(e AS DATE), EXTRACT(HOUR FROM e), e + INTERVAL '1' DAY, e + INTERVAL '1' MONTH, DATE_FORMAT(e, 'yyyy-MM-dd HH:mm'), CAST(CAST(e AS TIMESTAMP(3)) AS TIMESTAMP_LTZ(3)),
  TIMESTAMPADD(HOUR, 1, e), UNIX_TIMESTAMP(CAST(e AS STRING)), e > TIMESTAMP '2024-03-31 03:00:00', e > TIMESTAMP '2024-03-31 02:10:00', e < '2024-10-27 02:45:00', CAST(TIMESTAMP '2024-03-31 02:20:00' AS TIMESTAMP_LTZ(3)) FROM z;
