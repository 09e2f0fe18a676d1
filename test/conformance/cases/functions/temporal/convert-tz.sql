-- CONVERT_TZ over ordinary values, limits and NULLs.
-- covers: CONVERT_TZ
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  CONVERT_TZ('1970-01-01 00:00:00', 'UTC', 'America/Los_Angeles'),
  CONVERT_TZ('2024-03-10 02:30:00', 'America/Los_Angeles', 'UTC'),
  CONVERT_TZ('2024-11-03 01:30:00', 'America/Los_Angeles', 'UTC'),
  CONVERT_TZ(s, 'Asia/Shanghai', 'UTC')
FROM times;
