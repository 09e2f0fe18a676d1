-- UNIX_TIMESTAMP, FROM_UNIXTIME, table.local-time-zone over ordinary values, limits and NULLs.
-- covers: UNIX_TIMESTAMP, FROM_UNIXTIME, table.local-time-zone
-- input times from ../../rows/times.ndjson
SET 'table.local-time-zone' = 'Asia/Shanghai';
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  UNIX_TIMESTAMP('2024-02-29 12:34:56'),
  FROM_UNIXTIME(1709210096),
  UNIX_TIMESTAMP('2024-02-29 12:34:56 +0000', 'yyyy-MM-dd HH:mm:ss X')
FROM times;
