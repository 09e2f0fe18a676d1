-- FROM_UNIXTIME over ordinary values, limits and NULLs.
-- covers: FROM_UNIXTIME
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  FROM_UNIXTIME(0),
  FROM_UNIXTIME(44),
  FROM_UNIXTIME(CAST(id AS BIGINT) * 86400),
  FROM_UNIXTIME(1709210096, 'yyyy/MM/dd HH:mm'),
  FROM_UNIXTIME(-1)
FROM times;
