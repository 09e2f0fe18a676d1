-- CEIL ... TO over ordinary values, limits and NULLs.
-- covers: CEIL ... TO
-- input times from ../../rows/times.ndjson
CREATE TABLE times (
  id INT, d DATE, t TIME(0), ts TIMESTAMP(3), tn TIMESTAMP(9), z TIMESTAMP_LTZ(3), s STRING
) WITH ('connector' = 'conformance');
SELECT
  id,
  CEIL(ts TO YEAR),
  CEIL(ts TO QUARTER),
  CEIL(ts TO MONTH),
  CEIL(ts TO WEEK),
  CEIL(ts TO DAY),
  CEIL(ts TO HOUR),
  CEIL(ts TO MINUTE),
  CEIL(ts TO SECOND),
  CEIL(d TO YEAR),
  CEIL(d TO MONTH),
  CEIL(d TO WEEK)
FROM times WHERE id NOT IN (7, 8);
